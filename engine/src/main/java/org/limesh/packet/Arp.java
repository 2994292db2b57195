package org.limesh.packet;

import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * ARP for IPv4 on Ethernet (RFC 826), with announcements and probes (RFC 5227).
 *
 * <pre>
 *  octet after the Ethernet header
 *   0..1      2..3     4     5     6..7       8..13       14..17     18..23      24..27
 *   hardware  protocol hlen  plen  operation  sender MAC  sender IP  target MAC  target IP
 *   1         0x0800   6     4
 * </pre>
 *
 * @param operation {@link #REQUEST} or {@link #REPLY}
 * @param senderIp  {@code 0.0.0.0} in a probe
 * @param targetMac zero in a request
 */
public record Arp(int operation, MacAddress senderMac, Ip4Address senderIp, MacAddress targetMac, Ip4Address targetIp) {
    public static final int REQUEST = 1;
    public static final int REPLY = 2;

    public static final int LENGTH_OCTETS = 28;
    private static final int BASE = Ethernet.HEADER_OCTETS;
    private static final int FRAME_OCTETS = BASE + LENGTH_OCTETS;
    private static final int HARDWARE = BASE;
    private static final int PROTOCOL = BASE + 2;
    private static final int ADDRESS_LENGTHS = BASE + 4;
    private static final int OPERATION = BASE + 6;
    private static final int SENDER_MAC = BASE + 8;
    private static final int SENDER_IP = BASE + 14;
    private static final int TARGET_MAC = BASE + 18;
    private static final int TARGET_IP = BASE + 24;
    private static final int HARDWARE_ETHERNET = 1;
    private static final int LENGTHS_OF_MAC_AND_IPV4 = 0x0604;

    /** True when the frame is ARP for IPv4 on Ethernet and complete; the accessors below need this. */
    public static boolean is(Frame frame) {
        return frame.length() >= FRAME_OCTETS && Ethernet.type(frame) == Ethernet.TYPE_ARP
                && frame.u16(HARDWARE) == HARDWARE_ETHERNET && frame.u16(PROTOCOL) == Ethernet.TYPE_IPV4
                && frame.u16(ADDRESS_LENGTHS) == LENGTHS_OF_MAC_AND_IPV4;
    }

    /** The operation, or -1 when the frame is not ARP. */
    public static int operation(Frame frame) {
        return is(frame) ? frame.u16(OPERATION) : -1;
    }

    /** Sender's MAC, or -1 when the frame is not ARP. */
    public static long senderMac(Frame frame) {
        return is(frame) ? frame.mac(SENDER_MAC) : -1;
    }

    /** Sender's address as bits. Where the frame is not ARP -1, which no sender has (255.255.255.255). */
    public static int senderIp(Frame frame) {
        return is(frame) ? frame.i32(SENDER_IP) : -1;
    }

    /** Target's MAC, or -1 when the frame is not ARP. */
    public static long targetMac(Frame frame) {
        return is(frame) ? frame.mac(TARGET_MAC) : -1;
    }

    /** Target's address as bits. Where the frame is not ARP -1, which nobody asks for (255.255.255.255). */
    public static int targetIp(Frame frame) {
        return is(frame) ? frame.i32(TARGET_IP) : -1;
    }

    /** True for a request or reply in which a host names its own address to everybody. */
    public static boolean isGratuitous(Frame frame) {
        return is(frame) && frame.i32(SENDER_IP) == frame.i32(TARGET_IP) && frame.i32(SENDER_IP) != 0;
    }

    /** Reads an Ethernet frame. */
    public static Decoded<Arp> parse(Frame frame) {
        if (frame.length() < FRAME_OCTETS) {
            return new Decoded.Malformed<>("truncated", frame.length());
        }
        if (!is(frame)) {
            return new Decoded.Malformed<>("not_ethernet_ipv4", HARDWARE);
        }
        int operation = frame.u16(OPERATION);
        if (operation != REQUEST && operation != REPLY) {
            return new Decoded.Malformed<>("operation", OPERATION);
        }
        return new Decoded.Valid<>(new Arp(operation, new MacAddress(frame.mac(SENDER_MAC)),
                new Ip4Address(frame.i32(SENDER_IP)), new MacAddress(frame.mac(TARGET_MAC)),
                new Ip4Address(frame.i32(TARGET_IP))));
    }

    /** A frame with this content from {@link #senderMac} to {@code destination}. */
    public Frame emit(MacAddress destination) {
        return frame(destination.bits(), operation, senderMac.bits(), senderIp.bits(), targetMac.bits(), targetIp.bits());
    }

    /** A broadcast asking who has {@code targetIp}. With {@code senderIp} zero it is a probe. */
    public static Frame request(long senderMac, int senderIp, int targetIp) {
        return frame(MacAddress.BROADCAST.bits(), REQUEST, senderMac, senderIp, 0, targetIp);
    }

    /** A question to one host, as sent to find out whether a known neighbour is still there. */
    public static Frame unicastRequest(long destination, long senderMac, int senderIp, int targetIp) {
        return frame(destination, REQUEST, senderMac, senderIp, 0, targetIp);
    }

    /** An answer to one host. */
    public static Frame reply(long senderMac, int senderIp, long targetMac, int targetIp) {
        return frame(targetMac, REPLY, senderMac, senderIp, targetMac, targetIp);
    }

    /** A broadcast by which a host tells everybody its own address, in the form of a request. */
    public static Frame gratuitous(long senderMac, int senderIp) {
        return frame(MacAddress.BROADCAST.bits(), REQUEST, senderMac, senderIp, 0, senderIp);
    }

    private static Frame frame(
            long destination, int operation, long senderMac, int senderIp, long targetMac, int targetIp) {
        Frame frame = Frame.allocate(FRAME_OCTETS);
        Ethernet.put(frame, destination, senderMac, Ethernet.TYPE_ARP);
        frame.put16(HARDWARE, HARDWARE_ETHERNET);
        frame.put16(PROTOCOL, Ethernet.TYPE_IPV4);
        frame.put16(ADDRESS_LENGTHS, LENGTHS_OF_MAC_AND_IPV4);
        frame.put16(OPERATION, operation);
        frame.putMac(SENDER_MAC, senderMac);
        frame.put32(SENDER_IP, senderIp);
        frame.putMac(TARGET_MAC, targetMac);
        frame.put32(TARGET_IP, targetIp);
        return frame;
    }
}
