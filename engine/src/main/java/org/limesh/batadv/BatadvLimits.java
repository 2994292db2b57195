package org.limesh.batadv;

/** Bounds and times of the engine, each with its reason. Bounds protect against a lying neighbour. */
final class BatadvLimits {
    /** Originators known at once; more are refused. Ten times the largest community mesh known. */
    static final int ORIGINATORS = 4096;
    /**
     * Of these, one neighbour may have introduced at most so many: whoever floods leaves room for the others.
     */
    static final int ORIGINATORS_PER_NEIGHBOUR = ORIGINATORS * 3 / 4;
    /** New originators a neighbour may introduce at once: a whole city at the first contact. */
    static final int NEW_ORIGINATORS_BURST = 512;
    /** New originators per neighbour and second after that. */
    static final int NEW_ORIGINATORS_PER_SECOND = 64;
    /** Neighbours on all hard interfaces together: far more than share one radio channel usefully. */
    static final int NEIGHBOURS = 512;
    /** Neighbours that may offer a way to one originator. */
    static final int NEIGHBOURS_PER_ORIGINATOR = 256;
    /** Clients of one other node. Its full table could not be carried in one packet long before. */
    static final int CLIENTS_PER_ORIGINATOR = 4096;
    /** Clients of all other nodes together. */
    static final int GLOBAL_CLIENTS = 65_536;
    /** VLANs of one other node; each costs eight octets in every OGM. */
    static final int VLANS_PER_ORIGINATOR = 64;
    /** Waiting packets of forwarded OGMs, and waiting broadcasts; as in the genuine program. */
    static final int QUEUE = 256;
    /** Clients whose roaming is being counted. */
    static final int ROAMING_CLIENTS = 1024;
    /** Hard interfaces of one node. */
    static final int HARDIFS = 32;

    /** Multicast and broadcast frames that one client may send at once; every node repeats each of them. */
    static final int FLOODS_BURST = 200;
    /** After the burst, one flood per client in so long: a hundred in a second. */
    static final long FLOOD_INTERVAL_NS = 10_000_000L;

    static final int MS = 1_000_000;
    static final long SECOND_NS = 1_000_000_000L;

    /** A neighbour silent for so long is forgotten. */
    static final int NEIGHBOUR_TIMEOUT_MS = 200_000;
    /** An originator silent for so long is forgotten with its clients. */
    static final int ORIGINATOR_TIMEOUT_MS = 400_000;
    static final long PURGE_INTERVAL_NS = SECOND_NS;
    /** After a jump of sequence numbers was accepted, the next one is refused for so long. */
    static final long RESET_PROTECTION_NS = 30 * SECOND_NS;
    /** Sequence numbers may be this far ahead before it counts as a jump. */
    static final int EXPECTED_SEQNO_RANGE = 65_536;
    static final int WINDOW = 64;

    static final long TT_WORK_INTERVAL_NS = 5 * SECOND_NS;
    /** Clients silent for so long, and roamed or temporary entries so old, are forgotten. */
    static final int CLIENT_TIMEOUT_MS = 600_000;
    static final long TT_REQUEST_TIMEOUT_NS = 3 * SECOND_NS;
    /** A diff stays in the OGM of its commit and in so many more. */
    static final int TT_DIFF_REPEATS = 3;
    static final int ROAMING_MAX = 5;
    static final long ROAMING_PERIOD_NS = 20 * SECOND_NS;

    static final int OGM_JITTER_MS = 20;
    /** Forwarded OGMs leave after up to so many milliseconds, so that neighbours do not all send at once. */
    static final int FORWARD_JITTER_MS = 10;
    static final int AGGREGATION_MS = 100;
    static final int AGGREGATION_OCTETS = 512;
    static final int AGGREGATION_OGMS = 32;

    static final int TTL = 50;
    static final int TTL_BROADCAST = 49;
    static final int TTL_SECONDARY_OGM = 2;
    static final long BROADCAST_COPY_INTERVAL_NS = 5L * MS;
    /** A LimitReached event of one table is not repeated for so long. */
    static final long REPORT_INTERVAL_NS = 60 * SECOND_NS;

    /** Parts of one packet. */
    static final int FRAGMENTS = 16;
    /** Longest part with its header, whatever the link could carry. */
    static final int FRAGMENT_OCTETS = 1280;
    /** Longest packet that the protocol can cut. */
    static final int REASSEMBLED_OCTETS = FRAGMENTS * (FRAGMENT_OCTETS - 20);
    /** Packets of one originator that may wait for parts at once. */
    static final int FRAGMENT_CHAINS = 8;
    /** All waiting parts together. */
    static final int REASSEMBLY_OCTETS = 4 << 20;
    static final long FRAGMENT_TIMEOUT_NS = 10 * SECOND_NS;

    private BatadvLimits() {}
}
