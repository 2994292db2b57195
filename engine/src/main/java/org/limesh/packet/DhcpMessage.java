package org.limesh.packet;

import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * DHCPv4 message (RFC 2131) of an Ethernet client.
 *
 * <pre>
 *  octet  0   1         2        3     4..7  8..9  10..11  12..15  16..19  20..23  24..27
 *         op  hardware  address  hops  xid   secs  flags   ciaddr  yiaddr  siaddr  giaddr
 *             type 1    octets 6                   bit 15 = broadcast
 *
 *  octet  28..43  44..107      108..235   236..239    240..
 *         chaddr  server name  boot file  0x63825363  options, see {@link DhcpOptions}
 * </pre>
 *
 * Server name and boot file are read only where option 52 puts options there; they are emitted as zeros,
 * since booting from the network is not served.
 *
 * @param op            {@link #BOOT_REQUEST} or {@link #BOOT_REPLY}
 * @param hops          relay agents passed
 * @param xid           the client's number for this exchange
 * @param seconds       since the client began, as it says
 * @param wantsBroadcast the client cannot take unicast before its address is set
 * @param ciaddr        address that the client holds and answers for, or 0.0.0.0
 * @param yiaddr        address that the server gives, or 0.0.0.0
 * @param siaddr        next server, or 0.0.0.0
 * @param giaddr        relay agent, or 0.0.0.0
 * @param chaddr        the client's hardware address
 * @param options       holds a message type
 */
public record DhcpMessage(
        int op,
        int hops,
        int xid,
        int seconds,
        boolean wantsBroadcast,
        Ip4Address ciaddr,
        Ip4Address yiaddr,
        Ip4Address siaddr,
        Ip4Address giaddr,
        MacAddress chaddr,
        DhcpOptions options) {
    public static final int BOOT_REQUEST = 1;
    public static final int BOOT_REPLY = 2;

    public static final int DISCOVER = 1;
    public static final int OFFER = 2;
    public static final int REQUEST = 3;
    public static final int DECLINE = 4;
    public static final int ACK = 5;
    public static final int NAK = 6;
    public static final int RELEASE = 7;
    public static final int INFORM = 8;

    /** Shortest message; old BOOTP clients and some relays drop shorter ones. */
    public static final int MIN_OCTETS = 300;

    private static final int HARDWARE_TYPE = 1;
    private static final int HARDWARE_OCTETS = 2;
    private static final int HOPS = 3;
    private static final int XID = 4;
    private static final int SECONDS = 8;
    private static final int FLAGS = 10;
    private static final int CIADDR = 12;
    private static final int YIADDR = 16;
    private static final int SIADDR = 20;
    private static final int GIADDR = 24;
    private static final int CHADDR = 28;
    private static final int SERVER_NAME = 44;
    private static final int BOOT_FILE = 108;
    private static final int COOKIE = 236;
    private static final int OPTIONS = 240;
    private static final int HARDWARE_ETHERNET = 1;
    private static final int BROADCAST_FLAG = 0x8000;
    private static final int COOKIE_VALUE = 0x63825363;
    private static final int OVERLOADED_BOOT_FILE = 1;
    private static final int OVERLOADED_SERVER_NAME = 2;

    /** One of {@link #DISCOVER} to {@link #INFORM}, or a newer type that we do not know. */
    public int type() {
        return options.u8(DhcpOptions.MESSAGE_TYPE, 0);
    }

    /** Name of a message type for people. */
    public static String typeName(int type) {
        return switch (type) {
            case DISCOVER -> "DISCOVER";
            case OFFER -> "OFFER";
            case REQUEST -> "REQUEST";
            case DECLINE -> "DECLINE";
            case ACK -> "ACK";
            case NAK -> "NAK";
            case RELEASE -> "RELEASE";
            case INFORM -> "INFORM";
            default -> "type " + type;
        };
    }

    /**
     * True for a DISCOVER, told by a look at the place where every client puts the message type: first. Somebody
     * who puts it elsewhere is only not known at a glance.
     */
    public static boolean looksLikeDiscover(Frame frame) {
        int at = Udp.payloadOffset(frame) + OPTIONS;
        return Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER && frame.length() >= at + 3
                && frame.u8(at) == DhcpOptions.MESSAGE_TYPE && frame.u8(at + 1) == 1 && frame.u8(at + 2) == DISCOVER;
    }

    /** In whose name a frame with an IPv4 datagram asks, told by a glance; zero for one that is too short. */
    public static MacAddress clientOf(Frame frame) {
        int at = Udp.payloadOffset(frame);
        return at < 0 || frame.length() < at + CHADDR + MacAddress.LENGTH_OCTETS ? MacAddress.ZERO
                : new MacAddress(frame.mac(at + CHADDR));
    }

    /**
     * Reads the message in a whole Ethernet frame. Ports are not looked at. The UDP checksum is not
     * verified: a packet from a client on the same machine (a container, a namespace) arrives with the
     * checksum left for hardware that never saw it.
     */
    public static Decoded<DhcpMessage> parse(Frame frame) {
        if (!Ipv4.is(frame)) {
            return new Decoded.Malformed<>("not_ipv4", Ethernet.HEADER_OCTETS);
        }
        if (Ipv4.isFragment(frame)) {
            return new Decoded.Malformed<>("fragment", Ethernet.HEADER_OCTETS);
        }
        if (!Ipv4.checksumIsRight(frame)) {
            return new Decoded.Malformed<>("ipv4_checksum", Ethernet.HEADER_OCTETS);
        }
        int length = Udp.payloadOctets(frame);
        if (length < 0) {
            return new Decoded.Malformed<>("udp_length", Ipv4.payloadOffset(frame));
        }
        return parse(frame.array(), frame.offset() + Udp.payloadOffset(frame), length);
    }

    /** Reads the payload of a datagram. Offsets of faults count from {@code offset}. */
    public static Decoded<DhcpMessage> parse(byte[] octets, int offset, int length) {
        if (length < OPTIONS) {
            return new Decoded.Malformed<>("truncated", length);
        }
        int op = octets[offset] & 0xff;
        if (op != BOOT_REQUEST && op != BOOT_REPLY) {
            return new Decoded.Malformed<>("op", 0);
        }
        if (octets[offset + HARDWARE_TYPE] != HARDWARE_ETHERNET
                || octets[offset + HARDWARE_OCTETS] != MacAddress.LENGTH_OCTETS) {
            return new Decoded.Malformed<>("hardware_type", HARDWARE_TYPE);
        }
        if (Octets.i32(octets, offset + COOKIE) != COOKIE_VALUE) {
            return new Decoded.Malformed<>("cookie", COOKIE);
        }
        MacAddress chaddr = new MacAddress(Octets.mac(octets, offset + CHADDR));
        if (chaddr.isZero() || chaddr.isMulticast()) {
            return new Decoded.Malformed<>("client_mac", CHADDR);
        }
        DhcpOptions.Reader reader = new DhcpOptions.Reader();
        if (!readOptions(reader, octets, offset, length)) {
            return new Decoded.Malformed<>("option_truncated", reader.faultAt() - offset);
        }
        DhcpOptions options = reader.options();
        if (!options.has(DhcpOptions.MESSAGE_TYPE)) {
            return new Decoded.Malformed<>("message_type", OPTIONS);
        }
        String fault = options.fault();
        if (fault != null) {
            return new Decoded.Malformed<>(fault, OPTIONS);
        }
        return new Decoded.Valid<>(new DhcpMessage(op, octets[offset + HOPS] & 0xff,
                Octets.i32(octets, offset + XID), Octets.u16(octets, offset + SECONDS),
                (Octets.u16(octets, offset + FLAGS) & BROADCAST_FLAG) != 0, ip(octets, offset + CIADDR),
                ip(octets, offset + YIADDR), ip(octets, offset + SIADDR), ip(octets, offset + GIADDR), chaddr,
                options));
    }

    private static boolean readOptions(DhcpOptions.Reader reader, byte[] octets, int offset, int length) {
        if (!reader.read(octets, offset + OPTIONS, offset + length)) {
            return false;
        }
        // Only the options field itself may open more room, so nothing can be opened twice.
        int overload = reader.overload();
        if ((overload & OVERLOADED_BOOT_FILE) != 0 && !reader.read(octets, offset + BOOT_FILE, offset + COOKIE)) {
            return false;
        }
        return (overload & OVERLOADED_SERVER_NAME) == 0
                || reader.read(octets, offset + SERVER_NAME, offset + BOOT_FILE);
    }

    private static Ip4Address ip(byte[] octets, int at) {
        return new Ip4Address(Octets.i32(octets, at));
    }

    /** The payload of a datagram, at least {@link #MIN_OCTETS} long. */
    public byte[] emit() {
        byte[] octets = new byte[Math.max(MIN_OCTETS, OPTIONS + options.lengthOctets())];
        octets[0] = (byte) op;
        octets[HARDWARE_TYPE] = HARDWARE_ETHERNET;
        octets[HARDWARE_OCTETS] = MacAddress.LENGTH_OCTETS;
        octets[HOPS] = (byte) hops;
        Octets.put32(octets, XID, xid);
        Octets.put16(octets, SECONDS, seconds);
        Octets.put16(octets, FLAGS, wantsBroadcast ? BROADCAST_FLAG : 0);
        Octets.put32(octets, CIADDR, ciaddr.bits());
        Octets.put32(octets, YIADDR, yiaddr.bits());
        Octets.put32(octets, SIADDR, siaddr.bits());
        Octets.put32(octets, GIADDR, giaddr.bits());
        Octets.putMac(octets, CHADDR, chaddr.bits());
        Octets.put32(octets, COOKIE, COOKIE_VALUE);
        options.write(octets, OPTIONS);
        return octets;
    }
}
