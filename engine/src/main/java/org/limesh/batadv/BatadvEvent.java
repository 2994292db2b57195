package org.limesh.batadv;

import org.limesh.base.MacAddress;

/** Rare facts that batman-adv reports. Dropped frames are not among them: they are counted. */
public sealed interface BatadvEvent {
    /** A neighbour was heard for the first time on a hard interface. */
    record NeighbourHeard(String hardif, MacAddress neighbour) implements BatadvEvent {}

    /** A neighbour has been silent too long. */
    record NeighbourLost(String hardif, MacAddress neighbour) implements BatadvEvent {}

    /** An originator became known. */
    record OriginatorHeard(MacAddress originator) implements BatadvEvent {}

    /** An originator has been silent too long and is forgotten with its clients. */
    record OriginatorLost(MacAddress originator) implements BatadvEvent {}

    /**
     * The best next hop to an originator changed.
     *
     * @param from null when there was none
     * @param to   null when there is none now
     */
    record RouteChanged(MacAddress originator, MacAddress from, MacAddress to, int tq)
            implements BatadvEvent {}

    /** A client was seen behind this node for the first time. */
    record ClientAdded(MacAddress client, int vid) implements BatadvEvent {}

    /**
     * A client is no longer behind this node.
     *
     * @param reason {@code timeout} or {@code roamed}
     */
    record ClientRemoved(MacAddress client, int vid, String reason) implements BatadvEvent {}

    /** A client that was behind another node is here now. */
    record ClientRoamedHere(MacAddress client, int vid, MacAddress fromOriginator) implements BatadvEvent {}

    /** A client of this node is behind another one now. */
    record ClientRoamedAway(MacAddress client, int vid, MacAddress toOriginator) implements BatadvEvent {}

    /** The translation table of an originator did not fit what it announces; a table was requested. */
    record TableRequested(MacAddress originator, boolean full) implements BatadvEvent {}

    /** A table was full and something was refused. */
    record LimitReached(String table, long limit) implements BatadvEvent {}
}
