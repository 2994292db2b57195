package org.limesh.linux.ffi;

import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;

/**
 * A program of the kernel's classic packet filter: it runs for every frame of a device, before a frame is
 * copied, so what a socket does not want costs next to nothing.
 */
public final class PacketFilter {
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_OCTET = 0x30;
    private static final int LOAD_HALF_INDEXED = 0x48;
    private static final int LOAD_IP_HEADER_LENGTH = 0xb1;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_ANY_BIT = 0x45;
    private static final int RETURN = 0x06;
    private static final int WHOLE_FRAME = 0x4_0000;
    private static final int ETHERTYPE_AT = 12;
    private static final int IP_AT = 14;
    private static final int ARP_OPERATION_AT = 20;
    private static final int ARP_REPLY = 2;
    private static final int IPV6_HEADER_OCTETS = 40;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    private static final int ROUTER_SOLICITATION = 133;
    private static final int ECHO_REPLY = 129;

    private static final int LOAD_WORD = 0x20;
    private static final int AND = 0x54;
    /** Where the kernel answers questions about a frame instead of loading octets of it. */
    private static final int ANCILLARY = -0x1000;
    private static final int VLAN_TAG = ANCILLARY + 44;
    private static final int VLAN_TAG_PRESENT = ANCILLARY + 48;
    private static final int VLAN_PROTOCOL = ANCILLARY + 60;

    private final int[][] instructions;

    private PacketFilter(int[]... instructions) {
        this.instructions = instructions;
    }

    private static int[] op(int code, int whenTrue, int whenFalse, int operand) {
        return new int[] {code, whenTrue, whenFalse, operand};
    }

    /** Frames of this Ethernet type, with or without a VLAN tag: the kernel has taken the tag out by then. */
    public static PacketFilter etherType(int type) {
        return new PacketFilter(
                op(LOAD_HALF, 0, 0, ETHERTYPE_AT),
                op(JUMP_EQUAL, 0, 1, type),
                op(RETURN, 0, 0, WHOLE_FRAME),
                op(RETURN, 0, 0, 0));
    }

    /** Answers of ARP. */
    public static PacketFilter arpReplies() {
        return new PacketFilter(
                op(LOAD_HALF, 0, 0, ETHERTYPE_AT),
                op(JUMP_EQUAL, 0, 3, 0x0806),
                op(LOAD_HALF, 0, 0, ARP_OPERATION_AT),
                op(JUMP_EQUAL, 0, 1, ARP_REPLY),
                op(RETURN, 0, 0, WHOLE_FRAME),
                op(RETURN, 0, 0, 0));
    }

    /** Answers of ICMPv6 echo, without extension headers, as every host sends them. */
    public static PacketFilter echoReplies6() {
        return new PacketFilter(
                op(LOAD_HALF, 0, 0, ETHERTYPE_AT),
                op(JUMP_EQUAL, 0, 5, 0x86dd),
                op(LOAD_OCTET, 0, 0, IP_AT + 6),
                op(JUMP_EQUAL, 0, 3, ICMPV6),
                op(LOAD_OCTET, 0, 0, IP_AT + IPV6_HEADER_OCTETS),
                op(JUMP_EQUAL, 0, 1, ECHO_REPLY),
                op(RETURN, 0, 0, WHOLE_FRAME),
                op(RETURN, 0, 0, 0));
    }

    /** Frames of one VLAN to this MAC or to a group. */
    public static PacketFilter vlan(VlanTag tag, MacAddress mac) {
        return new PacketFilter(
                op(LOAD_WORD, 0, 0, VLAN_TAG_PRESENT),
                op(JUMP_EQUAL, 11, 0, 0),
                op(LOAD_WORD, 0, 0, VLAN_PROTOCOL),
                op(JUMP_EQUAL, 0, 9, tag.tpid()),
                op(LOAD_WORD, 0, 0, VLAN_TAG),
                op(AND, 0, 0, 0xfff),
                op(JUMP_EQUAL, 0, 6, tag.id()),
                op(LOAD_OCTET, 0, 0, 0),
                op(JUMP_ANY_BIT, 5, 0, 1),
                op(LOAD_WORD, 0, 0, 2),
                op(JUMP_EQUAL, 0, 2, (int) mac.bits()),
                op(LOAD_HALF, 0, 0, 0),
                op(JUMP_EQUAL, 1, 0, (int) (mac.bits() >>> 32)),
                op(RETURN, 0, 0, 0),
                op(RETURN, 0, 0, WHOLE_FRAME));
    }

    /** UDP over IPv4 to this port, without a VLAN tag; of fragments the first only. */
    public static PacketFilter udp4(int port) {
        return new PacketFilter(
                op(LOAD_HALF, 0, 0, ETHERTYPE_AT),
                op(JUMP_EQUAL, 0, 8, 0x0800),
                op(LOAD_OCTET, 0, 0, IP_AT + 9),
                op(JUMP_EQUAL, 0, 6, UDP),
                op(LOAD_HALF, 0, 0, IP_AT + 6),
                op(JUMP_ANY_BIT, 4, 0, 0x1fff),
                op(LOAD_IP_HEADER_LENGTH, 0, 0, IP_AT),
                op(LOAD_HALF_INDEXED, 0, 0, IP_AT + 2),
                op(JUMP_EQUAL, 0, 1, port),
                op(RETURN, 0, 0, WHOLE_FRAME),
                op(RETURN, 0, 0, 0));
    }

    /**
     * What clients ask their gateway: UDP over IPv4 to port 67 (first fragments only, later ones carry no
     * port), UDP over IPv6 to port 547, router solicitations. The latter two only right behind the IPv6
     * header, where every host puts them.
     */
    public static PacketFilter clientQuestions() {
        return new PacketFilter(
                op(LOAD_HALF, 0, 0, ETHERTYPE_AT),
                op(JUMP_EQUAL, 0, 7, 0x0800),
                op(LOAD_OCTET, 0, 0, IP_AT + 9),
                op(JUMP_EQUAL, 0, 14, UDP),
                op(LOAD_HALF, 0, 0, IP_AT + 6),
                op(JUMP_ANY_BIT, 12, 0, 0x1fff),
                op(LOAD_IP_HEADER_LENGTH, 0, 0, IP_AT),
                op(LOAD_HALF_INDEXED, 0, 0, IP_AT + 2),
                op(JUMP_EQUAL, 8, 9, 67),
                op(JUMP_EQUAL, 0, 8, 0x86dd),
                op(LOAD_OCTET, 0, 0, IP_AT + 6),
                op(JUMP_EQUAL, 0, 2, ICMPV6),
                op(LOAD_OCTET, 0, 0, IP_AT + IPV6_HEADER_OCTETS),
                op(JUMP_EQUAL, 3, 4, ROUTER_SOLICITATION),
                op(JUMP_EQUAL, 0, 3, UDP),
                op(LOAD_HALF, 0, 0, IP_AT + IPV6_HEADER_OCTETS + 2),
                op(JUMP_EQUAL, 0, 1, 547),
                op(RETURN, 0, 0, WHOLE_FRAME),
                op(RETURN, 0, 0, 0));
    }

    /**
     * What tells who is at a client port: the frames of {@code guard}'s {@code PortClassifier}. Greetings,
     * originator messages of batman-adv, ARP, DHCP both ways, BMX7, router discovery.
     */
    public static PacketFilter portSigns() {
        return new PacketFilter(
                op(LOAD_HALF, 0, 0, ETHERTYPE_AT),
                op(JUMP_EQUAL, 22, 0, 0x88b6),
                op(JUMP_EQUAL, 21, 0, 0x0806),
                op(JUMP_EQUAL, 0, 2, 0x4305),
                op(LOAD_OCTET, 0, 0, IP_AT),
                op(JUMP_EQUAL, 18, 19, 0),
                op(JUMP_EQUAL, 0, 8, 0x0800),
                op(LOAD_OCTET, 0, 0, IP_AT + 9),
                op(JUMP_EQUAL, 0, 16, UDP),
                op(LOAD_HALF, 0, 0, IP_AT + 6),
                op(JUMP_ANY_BIT, 14, 0, 0x1fff),
                op(LOAD_IP_HEADER_LENGTH, 0, 0, IP_AT),
                op(LOAD_HALF_INDEXED, 0, 0, IP_AT + 2),
                op(JUMP_EQUAL, 10, 0, 67),
                op(JUMP_EQUAL, 9, 10, 68),
                op(JUMP_EQUAL, 0, 9, 0x86dd),
                op(LOAD_OCTET, 0, 0, IP_AT + 6),
                op(JUMP_EQUAL, 0, 3, ICMPV6),
                op(LOAD_OCTET, 0, 0, IP_AT + IPV6_HEADER_OCTETS),
                op(JUMP_EQUAL, 4, 0, ROUTER_SOLICITATION),
                op(JUMP_EQUAL, 3, 4, ROUTER_SOLICITATION + 1),
                op(JUMP_EQUAL, 0, 3, UDP),
                op(LOAD_HALF, 0, 0, IP_AT + IPV6_HEADER_OCTETS + 2),
                op(JUMP_EQUAL, 0, 1, 6270),
                op(RETURN, 0, 0, WHOLE_FRAME),
                op(RETURN, 0, 0, 0));
    }

    int length() {
        return instructions.length;
    }

    /** Fields of {@code struct sock_filter}: code, jump when true, jump when false, operand. */
    int[] instruction(int at) {
        return instructions[at];
    }
}
