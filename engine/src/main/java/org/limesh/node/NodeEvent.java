package org.limesh.node;

import org.limesh.access.AccessEvent;
import org.limesh.alfred.AlfredEvent;
import org.limesh.batadv.BatadvEvent;

/** Something that happened in a node; when and where is added by whoever collects it. */
public sealed interface NodeEvent {
    record Batadv(BatadvEvent event) implements NodeEvent {}

    record Access(AccessEvent event) implements NodeEvent {}

    record Alfred(AlfredEvent event) implements NodeEvent {}
}
