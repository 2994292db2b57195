package org.limesh.packet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;

/**
 * DHCPv6 message between client and server (RFC 8415), as far as a server without addresses needs it.
 *
 * <pre>
 *  octet  0     1..3            4..
 *         type  transaction id  options, each  0..1: code  2..3: octets  4..: value
 *
 *   1 client id       DUID                      13 status        0..1 code, 2.. text
 *   2 server id       DUID                      23 DNS servers   addresses
 *   3, 4, 25          identity association      24 search list   names, see {@link DnsNames}
 *   6 option request  codes of 2 octets         32 refresh time  seconds
 * </pre>
 *
 * Other options are passed over. Relayed messages (types 12 and 13) have another layout and are refused.
 *
 * @param type              1 SOLICIT .. 11 INFORMATION-REQUEST
 * @param transactionId     24 bits
 * @param clientId          null when missing
 * @param serverId          null when missing
 * @param requested         codes that the client asks for; empty when the option is missing
 * @param wantsAddress      holds an identity association; emitted as one empty association
 * @param status            null when missing
 * @param dnsServers        empty when missing
 * @param searchList        empty when missing
 * @param refreshSeconds    0 when missing
 */
public record DhcpV6Message(
        int type,
        int transactionId,
        Duid clientId,
        Duid serverId,
        List<Integer> requested,
        boolean wantsAddress,
        Status status,
        List<Ip6Address> dnsServers,
        List<String> searchList,
        long refreshSeconds) {
    public static final int SOLICIT = 1;
    public static final int ADVERTISE = 2;
    public static final int REPLY = 7;
    public static final int INFORMATION_REQUEST = 11;
    private static final int RELAY_FORWARD = 12;
    private static final int RELAY_REPLY = 13;

    public static final int PORT_CLIENT = 546;
    public static final int PORT_SERVER = 547;
    /** All relay agents and servers on the link. */
    public static final Ip6Address ALL_SERVERS = new Ip6Address(0xff02L << 48, 0x1_0002);

    public static final int OPTION_DNS_SERVERS = 23;
    public static final int OPTION_SEARCH_LIST = 24;
    public static final int OPTION_REFRESH = 32;
    private static final int OPTION_CLIENT_ID = 1;
    private static final int OPTION_SERVER_ID = 2;
    private static final int OPTION_IA_NA = 3;
    private static final int OPTION_IA_TA = 4;
    private static final int OPTION_REQUEST = 6;
    private static final int OPTION_STATUS = 13;
    private static final int OPTION_IA_PD = 25;

    public static final int STATUS_NO_ADDRESSES = 2;

    private static final int HEADER_OCTETS = 4;
    private static final int OPTION_HEADER_OCTETS = 4;
    private static final int EMPTY_IA_OCTETS = 12;
    private static final int MAX_OPTION_OCTETS = 0xffff;

    /** What became of a request; {@code text} is for people. */
    public record Status(int code, String text) {
        public Status {
            Invariant.check(code >>> 16 == 0 && octets(text).length + 2 <= MAX_OPTION_OCTETS,
                    "a status fits its option");
        }
    }

    public DhcpV6Message {
        requested = List.copyOf(requested);
        dnsServers = List.copyOf(dnsServers);
        searchList = List.copyOf(searchList);
        Invariant.check(type >= SOLICIT && type < RELAY_FORWARD && transactionId >>> 24 == 0
                && refreshSeconds >>> 32 == 0, "numbers fit their fields");
        Invariant.check(requested.stream().allMatch(code -> code >>> 16 == 0)
                && DnsNames.areNames(searchList), "options hold what they can carry");
        Invariant.check(2 * requested.size() <= MAX_OPTION_OCTETS
                && 16 * dnsServers.size() <= MAX_OPTION_OCTETS
                && DnsNames.lengthOctets(searchList) <= MAX_OPTION_OCTETS, "options are not too long");
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** True when the client asks for this option, or does not say what it wants. */
    public boolean asksFor(int code) {
        return requested.isEmpty() || requested.contains(code);
    }

    /** Name of a message type for people. */
    public static String typeName(int type) {
        return switch (type) {
            case SOLICIT -> "SOLICIT";
            case ADVERTISE -> "ADVERTISE";
            case 3 -> "REQUEST";
            case 4 -> "CONFIRM";
            case 5 -> "RENEW";
            case 6 -> "REBIND";
            case REPLY -> "REPLY";
            case 8 -> "RELEASE";
            case 9 -> "DECLINE";
            case 10 -> "RECONFIGURE";
            case INFORMATION_REQUEST -> "INFORMATION-REQUEST";
            default -> "type " + type;
        };
    }

    /**
     * Reads the message in a whole Ethernet frame. Ports are not looked at. The UDP checksum is not
     * verified, for the same reason as in {@link DhcpMessage}.
     */
    public static Decoded<DhcpV6Message> parse(Frame frame) {
        if (!Ipv6.is(frame)) {
            return new Decoded.Malformed<>("not_ipv6", Ethernet.HEADER_OCTETS);
        }
        int length = Udp.payloadOctets(frame);
        if (length < 0) {
            return new Decoded.Malformed<>("udp_length", Ipv6.BASE);
        }
        return parse(frame.array(), frame.offset() + Udp.payloadOffset(frame), length);
    }

    /** Reads the payload of a datagram. Offsets of faults count from {@code offset}. */
    public static Decoded<DhcpV6Message> parse(byte[] octets, int offset, int length) {
        if (length < HEADER_OCTETS) {
            return new Decoded.Malformed<>("truncated", length);
        }
        int type = octets[offset] & 0xff;
        if (type == RELAY_FORWARD || type == RELAY_REPLY) {
            return new Decoded.Malformed<>("relayed", 0);
        }
        if (type < SOLICIT || type > RELAY_REPLY) {
            return new Decoded.Malformed<>("message_type", 0);
        }
        Reader reader = new Reader();
        int at = offset + HEADER_OCTETS;
        int end = offset + length;
        while (at < end) {
            int value = at + OPTION_HEADER_OCTETS;
            int next = value <= end ? value + Octets.u16(octets, at + 2) : Integer.MAX_VALUE;
            if (next > end) {
                return new Decoded.Malformed<>("option_truncated", at - offset);
            }
            if (!reader.option(Octets.u16(octets, at), octets, value, next)) {
                return new Decoded.Malformed<>("option_length", at - offset);
            }
            at = next;
        }
        return new Decoded.Valid<>(new DhcpV6Message(type, Octets.i32(octets, offset) & 0xff_ffff,
                reader.clientId, reader.serverId, reader.requested, reader.wantsAddress, reader.status,
                reader.dnsServers, reader.searchList, reader.refreshSeconds));
    }

    /** Collects options; of one that occurs twice the last counts. */
    private static final class Reader {
        Duid clientId;
        Duid serverId;
        List<Integer> requested = List.of();
        boolean wantsAddress;
        Status status;
        List<Ip6Address> dnsServers = List.of();
        List<String> searchList = List.of();
        long refreshSeconds;

        /** Takes one option; false when its length or content makes no sense. */
        boolean option(int code, byte[] octets, int from, int end) {
            int length = end - from;
            switch (code) {
                case OPTION_CLIENT_ID, OPTION_SERVER_ID -> {
                    return duid(code, octets, from, end);
                }
                case OPTION_REQUEST -> {
                    requested = codes(octets, from, end);
                    return length % 2 == 0;
                }
                case OPTION_IA_NA, OPTION_IA_PD -> {
                    wantsAddress = true;
                    return length >= EMPTY_IA_OCTETS;
                }
                case OPTION_IA_TA -> {
                    wantsAddress = true;
                    return length >= 4;
                }
                case OPTION_STATUS -> {
                    return status(octets, from, length);
                }
                case OPTION_DNS_SERVERS -> {
                    dnsServers = addresses(octets, from, end);
                    return length > 0 && length % Ip6Address.LENGTH_OCTETS == 0;
                }
                case OPTION_SEARCH_LIST -> {
                    List<String> names = DnsNames.read(octets, from, end, false);
                    searchList = names == null ? List.of() : names;
                    return names != null && !names.isEmpty();
                }
                case OPTION_REFRESH -> {
                    refreshSeconds = length == 4 ? Octets.i32(octets, from) & 0xffff_ffffL : 0;
                    return length == 4;
                }
                default -> {
                    return true;
                }
            }
        }

        private boolean duid(int code, byte[] octets, int from, int end) {
            if (end - from < Duid.MIN_OCTETS || end - from > Duid.MAX_OCTETS) {
                return false;
            }
            Duid duid = new Duid(Arrays.copyOfRange(octets, from, end));
            clientId = code == OPTION_CLIENT_ID ? duid : clientId;
            serverId = code == OPTION_SERVER_ID ? duid : serverId;
            return true;
        }

        private boolean status(byte[] octets, int from, int length) {
            if (length < 2) {
                return false;
            }
            String text = new String(octets, from + 2, length - 2, StandardCharsets.UTF_8);
            // Octets that are no UTF-8 grow when they are written again.
            if (octets(text).length != length - 2) {
                return false;
            }
            status = new Status(Octets.u16(octets, from), text);
            return true;
        }

        private static List<Integer> codes(byte[] octets, int from, int end) {
            List<Integer> codes = new ArrayList<>();
            for (int at = from; at + 2 <= end; at += 2) {
                codes.add(Octets.u16(octets, at));
            }
            return codes;
        }

        private static List<Ip6Address> addresses(byte[] octets, int from, int end) {
            List<Ip6Address> addresses = new ArrayList<>();
            for (int at = from; at + Ip6Address.LENGTH_OCTETS <= end; at += Ip6Address.LENGTH_OCTETS) {
                addresses.add(new Ip6Address(Octets.i64(octets, at), Octets.i64(octets, at + 8)));
            }
            return addresses;
        }
    }

    /**
     * The payload of a datagram. Options in the order of dnsmasq: ids, status, names, DNS servers, refresh
     * time.
     */
    public byte[] emit() {
        Writer writer = new Writer(type << 24 | transactionId);
        if (clientId != null) {
            writer.option(OPTION_CLIENT_ID, clientId.toBytes());
        }
        if (serverId != null) {
            writer.option(OPTION_SERVER_ID, serverId.toBytes());
        }
        if (wantsAddress) {
            writer.option(OPTION_IA_NA, new byte[EMPTY_IA_OCTETS]);
        }
        if (!requested.isEmpty()) {
            byte[] codes = new byte[2 * requested.size()];
            for (int i = 0; i < requested.size(); i++) {
                Octets.put16(codes, 2 * i, requested.get(i));
            }
            writer.option(OPTION_REQUEST, codes);
        }
        if (status != null) {
            byte[] text = octets(status.text());
            byte[] value = new byte[2 + text.length];
            Octets.put16(value, 0, status.code());
            System.arraycopy(text, 0, value, 2, text.length);
            writer.option(OPTION_STATUS, value);
        }
        if (!searchList.isEmpty()) {
            byte[] names = new byte[DnsNames.lengthOctets(searchList)];
            DnsNames.write(names, 0, searchList);
            writer.option(OPTION_SEARCH_LIST, names);
        }
        if (!dnsServers.isEmpty()) {
            byte[] addresses = new byte[Ip6Address.LENGTH_OCTETS * dnsServers.size()];
            for (int i = 0; i < dnsServers.size(); i++) {
                Octets.put64(addresses, Ip6Address.LENGTH_OCTETS * i, dnsServers.get(i).high());
                Octets.put64(addresses, Ip6Address.LENGTH_OCTETS * i + 8, dnsServers.get(i).low());
            }
            writer.option(OPTION_DNS_SERVERS, addresses);
        }
        if (refreshSeconds != 0) {
            byte[] seconds = new byte[4];
            Octets.put32(seconds, 0, (int) refreshSeconds);
            writer.option(OPTION_REFRESH, seconds);
        }
        return writer.octets;
    }

    /** A message that grows by options. */
    private static final class Writer {
        byte[] octets = new byte[HEADER_OCTETS];

        Writer(int header) {
            Octets.put32(octets, 0, header);
        }

        void option(int code, byte[] value) {
            int at = octets.length;
            octets = Arrays.copyOf(octets, at + OPTION_HEADER_OCTETS + value.length);
            Octets.put16(octets, at, code);
            Octets.put16(octets, at + 2, value.length);
            System.arraycopy(value, 0, octets, at + OPTION_HEADER_OCTETS, value.length);
        }
    }
}
