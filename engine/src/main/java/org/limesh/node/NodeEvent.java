package org.limesh.node;

import org.limesh.access.AccessEvent;
import org.limesh.alfred.AlfredEvent;
import org.limesh.batadv.BatadvEvent;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.gateway.GatewayEvent;
import org.limesh.guard.GuardEvent;

/** Something that happened in a node; when and where is added by whoever collects it. */
public sealed interface NodeEvent {
    record Batadv(BatadvEvent event) implements NodeEvent {}

    record Access(AccessEvent event) implements NodeEvent {}

    record Alfred(AlfredEvent event) implements NodeEvent {}

    record Bmx7(Bmx7Event event) implements NodeEvent {}

    record Gateway(GatewayEvent event) implements NodeEvent {}

    /** Maps of {@code shared-state} were exchanged with other peers than before, or with none any more. */
    record StateExchanged(int asked, int answered) implements NodeEvent {}

    record Guard(GuardEvent event) implements NodeEvent {}
}
