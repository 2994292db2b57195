package org.limesh.guard;

import java.util.List;
import org.limesh.base.MacAddress;

/** Rare facts about who is at a node's client ports, and whether they are kept in their place. */
public sealed interface GuardEvent {
    /**
     * A client sent what only a node may send, and it was dropped. Told when it begins, then once a minute while
     * it goes on.
     *
     * @param port   of the bridge
     * @param deed   what it does, e.g. {@code pretends to be the gateway: ARP}
     * @param frames dropped since this was told last
     */
    record Misbehaved(MacAddress client, String port, String deed, long frames) implements GuardEvent {}

    /** More of that happened than is told one by one. */
    record MoreMisbehaved(long alarms) implements GuardEvent {}

    /** Something else is at the end of a port now, or something else is done about it. */
    record PortChanged(PortKind before, PortView now) implements GuardEvent {}

    /** The self-test found that the gateway is not kept apart. */
    record IsolationBroken(List<String> faults) implements GuardEvent {
        public IsolationBroken {
            faults = List.copyOf(faults);
        }
    }

    /** The self-test finds everything in order again. */
    record IsolationRestored() implements GuardEvent {}

    /** A condition that a person can do something about began. */
    record Warned(String sentence) implements GuardEvent {}

    /** It is over. */
    record WarningEnded(String sentence) implements GuardEvent {}
}
