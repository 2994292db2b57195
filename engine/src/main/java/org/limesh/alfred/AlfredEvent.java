package org.limesh.alfred;

import org.limesh.base.MacAddress;

/** Rare facts that A.L.F.R.E.D. reports. */
public sealed interface AlfredEvent {
    /** This node took another role. @param reason for people */
    record RoleChanged(boolean primary, String reason) implements AlfredEvent {}

    /** A primary was heard for the first time. */
    record PrimaryHeard(MacAddress primary) implements AlfredEvent {}

    /** A primary has been silent too long. */
    record PrimaryLost(MacAddress primary) implements AlfredEvent {}

    /** A record is new or its data differ. */
    record RecordChanged(int type, MacAddress source) implements AlfredEvent {}

    /** A record was not heard again for too long. */
    record RecordExpired(int type, MacAddress source) implements AlfredEvent {}
}
