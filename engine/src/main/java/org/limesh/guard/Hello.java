package org.limesh.guard;

import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.packet.Ethernet;

/**
 * "I am on this wire": by this nodes that are cabled together on their client side find each other. It goes
 * out of client ports only, to everybody, and no node's bridge carries it further. LibreMesh's own nodes do not
 * know it.
 *
 * <pre>
 *  octet  0..13     14..17  18       19    20..27    28..33  34..39
 *         Ethernet  "LMSH"  version  port  cloud id  node    originator    zeros up to octet 59
 * </pre>
 *
 * @param cloudId    see {@link GuardConfig#cloudId}
 * @param node       MAC of the sender's bridge
 * @param originator its primary hard interface, zero without layer 2
 * @param port       number of the sender's port, 0..255
 */
public record Hello(long cloudId, MacAddress node, MacAddress originator, int port) {
    /** Local experimental ethertype 2 of IEEE 802. */
    public static final int ETHER_TYPE = 0x88b6;
    public static final int LENGTH_OCTETS = 60;

    private static final int MAGIC = 0x4c4d_5348;
    private static final int VERSION = 1;
    private static final int MAGIC_AT = Ethernet.HEADER_OCTETS;
    private static final int VERSION_AT = MAGIC_AT + 4;
    private static final int PORT_AT = VERSION_AT + 1;
    private static final int CLOUD_AT = PORT_AT + 1;
    private static final int NODE_AT = CLOUD_AT + 8;
    private static final int ORIGINATOR_AT = NODE_AT + 6;
    private static final int END = ORIGINATOR_AT + 6;

    public Frame emit() {
        Frame frame = Frame.allocate(LENGTH_OCTETS);
        Ethernet.put(frame, MacAddress.BROADCAST.bits(), node.bits(), ETHER_TYPE);
        frame.put32(MAGIC_AT, MAGIC);
        frame.put8(VERSION_AT, VERSION);
        frame.put8(PORT_AT, port);
        frame.put32(CLOUD_AT, (int) (cloudId >>> 32));
        frame.put32(CLOUD_AT + 4, (int) cloudId);
        frame.putMac(NODE_AT, node.bits());
        frame.putMac(ORIGINATOR_AT, originator.bits());
        return frame;
    }

    /** Reads a frame of type {@link #ETHER_TYPE}. */
    public static Decoded<Hello> parse(Frame frame) {
        if (frame.length() < END) {
            return new Decoded.Malformed<>("truncated", frame.length());
        }
        if (frame.i32(MAGIC_AT) != MAGIC || frame.u8(VERSION_AT) != VERSION) {
            return new Decoded.Malformed<>("version", MAGIC_AT);
        }
        MacAddress node = new MacAddress(frame.mac(NODE_AT));
        if (node.isZero() || node.isMulticast()) {
            return new Decoded.Malformed<>("node", NODE_AT);
        }
        long cloud = (long) frame.i32(CLOUD_AT) << 32 | frame.i32(CLOUD_AT + 4) & 0xffff_ffffL;
        return new Decoded.Valid<>(new Hello(cloud, node, new MacAddress(frame.mac(ORIGINATOR_AT)), frame.u8(PORT_AT)));
    }
}
