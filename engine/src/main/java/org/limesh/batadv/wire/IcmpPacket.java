package org.limesh.batadv.wire;

/**
 * Echo between originators ({@code batctl ping} and {@code traceroute}); not the ICMP of IP.
 *
 * <pre>
 *  octet  0      1        2    3             4..9         10..15      16   17        18..19  20..115
 *         0x43   version  ttl  message type  destination  originator  uid  reserved  seqno   -
 *         0x43   version  ttl  message type  destination  originator  uid  count     seqno   route record: 16
 * MACs
 * </pre>
 *
 * Only offsets: nothing is decided on but the message type, and all else is passed on or given back.
 */
public final class IcmpPacket {
    public static final int HEADER_OCTETS = 20;
    public static final int MESSAGE_TYPE = 3;
    public static final int DESTINATION = 4;
    public static final int ORIGINATOR = 10;
    /** Number of addresses recorded so far, in the long form. */
    public static final int RECORD_COUNT = 17;
    public static final int RECORDS = 20;
    public static final int RECORD_LIMIT = 16;
    /** From this length on a packet has a route record. */
    public static final int RECORD_ROUTE_OCTETS = 116;

    public static final int ECHO_REPLY = 0;
    public static final int ECHO_REQUEST = 8;
    public static final int TTL_EXCEEDED = 11;

    private IcmpPacket() {}
}
