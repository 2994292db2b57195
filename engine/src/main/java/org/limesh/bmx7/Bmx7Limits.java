package org.limesh.bmx7;

/** Times and bounds; the genuine program's defaults unless a comment says otherwise. */
final class Bmx7Limits {
    static final long MS = 1_000_000L;
    static final long SECOND = 1_000 * MS;

    /** Least distance of two transmit rounds. */
    static final long TX_MIN_INTERVAL_NS = 100 * MS;
    /** Least distance of two choices of tunnels: a whole town's descriptions come within seconds. */
    static final long TUNNELS_INTERVAL_NS = 100 * MS;
    /** Distance of rounds with hellos, replies and OGMs. */
    static final long TX_AVG_INTERVAL_NS = 800 * MS;
    static final double TX_JITTER = 0.05;
    /** Packets of one device in one round; the rest waits for the next. */
    static final int PACKETS_PER_ROUND = 50;
    /** The same answer is not given twice within this time. */
    static final long REPEAT_INTERVAL_NS = 500 * MS;

    /**
     * A new neighbour hears five hellos in its first second: the genuine program takes a link into use when it
     * has five, which takes 4 s at the usual pace.
     */
    static final long GREETING_NS = SECOND;
    static final long GREETING_INTERVAL_NS = 200 * MS;

    /** From an answer about a node to its message once more: the genuine program has read it by then. */
    static final long AGAIN_NS = 200 * MS;

    static final int RESOLVE_TRIES = 4;
    static final long RESOLVE_INTERVAL_NS = 200 * MS;
    static final long MAINTENANCE_INTERVAL_NS = 5 * SECOND;

    /** A link, a neighbour, an id that nobody mentions any more. */
    static final long LINK_TIMEOUT_NS = LinkQuality.TIMEOUT_NS;
    static final long IID_TIMEOUT_NS = 72 * SECOND;
    static final int MIN_LINK_QUALITY = 25;

    /**
     * An own OGM leaves in the first round after this, so every 5.5 to 6.4 s. The genuine program takes up to
     * 7.4 s, and holds what it remembers of a neighbour for 72,000 ms in a number of 16 bits: whoever it heard
     * of exactly 6,464 ms ago when it looks, it forgets, with link and routes. That happens once in an hour or
     * so, but not to who is heard of in time.
     */
    static final long OGM_DUE_NS = 5_500 * MS;
    /** Octets of messages in one aggregation. */
    static final int AGGREGATION_OCTETS = 580;
    static final int AGGREGATION_WINDOW = 256;
    /**
     * A path whose originator was not heard for so many of its intervals is given up. The genuine program
     * waits until its neighbour's short id expires (72 s); OGMs are asked for again when they get lost, so
     * four in a row mean that the originator is gone. Nobody else notices: it is a local decision.
     */
    static final int SILENT_INTERVALS = 4;
    /** Own old link keys still count so long: neighbours use them until they know the new description. */
    static final long OLD_KEY_NS = 30 * SECOND;

    /** More than this many neighbours with MACs, and packets carry one RSA signature instead. */
    static final int MAX_MACS = 17;
    /** The genuine program stops at 100, which tears hubs apart; 512 links still fit into its frames. */
    static final int MAX_NEIGHBOURS = 512;
    static final int MAX_PEERS = 4096;
    /** Peers known only by the id in a packet header: anybody may make up as many as he likes. */
    static final int MAX_UNPROVEN = 1024;
    static final int MAX_WANTED_CONTENTS = 4096;
    static final int MAX_KEPT_CONTENTS = 2048;
    /**
     * Octets of all descriptions together, inflated. A thousand ordinary ones have two million; whoever makes
     * up nodes with the largest descriptions that are allowed shall not fill the memory.
     */
    static final long MAX_DESCRIPTION_OCTETS = 16L << 20;
    static final int MAX_LINKS_PER_NEIGHBOUR = 32;
    static final int MAX_IID = 16382;
    /** Short ids in use: nobody can know more nodes than this one has room for. */
    static final int MAX_IIDS_PER_NEIGHBOUR = MAX_PEERS + 2;
    /** Of all neighbours together; the hub of 246 links has 61,000. */
    static final int MAX_IIDS = 131_072;
    /** Nodes that one neighbour mentioned and that have not yet proved that they exist. */
    static final int MAX_MENTIONED_PER_NEIGHBOUR = 1024;
    static final int OWN_IID = 1;
    /** One RSA verification. */
    static final int EFFORT_RSA = 1;
    /** One Diffie-Hellman secret. */
    static final int EFFORT_DH = 16;
    /** A whole chain hashed for a value that is none of its. */
    static final int EFFORT_CHAIN = 16;
    /** Effort in a second: a hub with 246 links signs some 60 packets, everybody else far less. */
    static final int EFFORT_PER_SENDER = 128;
    /** Effort for all senders together: half a second of a small router's time at worst. */
    static final int EFFORT_OF_ALL = 1024;
    /** Requests per question frame, so that a frame fits beside 17 MACs. */
    static final int HASHES_PER_REQUEST = 28;
    static final int NUMBERS_PER_REQUEST = 256;
    static final int REPLIES_PER_FRAME = 28;
    static final int IIDS_PER_FRAME = 17;
    /** Numbers asked for in one round of one neighbour. */
    static final int OGM_REQUESTS_PER_ROUND = 64;
    /**
     * Who proves nothing for so long may have another description of the same number: two lives of one key.
     */
    static final long UNPROVEN_NS = 5 * SECOND;
    /** Distance of two events about the same full table. */
    static final long TOLD_AGAIN_NS = 60 * SECOND;
    /** Two nodes with one key outbid one another at most so often. */
    static final long TWIN_INTERVAL_NS = 60 * SECOND;

    private Bmx7Limits() {}
}
