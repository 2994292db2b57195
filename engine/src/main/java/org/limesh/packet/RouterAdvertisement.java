package org.limesh.packet;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * Router advertisement (RFC 4861, 4.2; DNS options RFC 8106).
 *
 * <pre>
 *  octet  0         1       2..3      4          5      6..7             8..11           12..15
 *         type 134  code 0  checksum  hop limit  flags  router lifetime  reachable time  retransmission timer
 *
 *  flags  bit 7 managed address configuration, bit 6 other configuration, bits 4..3 preference
 *
 *  options, each  0: type  1: length in units of 8 octets  2..
 *     1  source link-layer address   2..7 MAC
 *     3  prefix information          2 prefix length  3 flags: bit 7 on-link, bit 6 autonomous
 *                                    4..7 valid lifetime  8..11 preferred lifetime  12..15 reserved
 *                                    16..31 prefix
 *     5  MTU                         2..3 reserved  4..7 MTU
 *    25  recursive DNS servers       2..3 reserved  4..7 lifetime  8.. addresses
 *    31  DNS search list             2..3 reserved  4..7 lifetime  8.. names, see {@link DnsNames}, zeros
 * </pre>
 *
 * Lifetimes are seconds; {@link #FOREVER} is without end. Other options are passed over. Options are
 * emitted in the order of dnsmasq: prefixes, MTU, MAC, search lists, DNS servers.
 *
 * @param hopLimit              hop limit that hosts shall use, 0 for "not said"
 * @param managed               addresses are to be had by DHCPv6
 * @param otherConfiguration    other things are to be had by DHCPv6
 * @param preference            bits of RFC 4191: 0 medium, 1 high, 3 low
 * @param routerLifetimeSeconds how long the sender is a default router, 0 when it is none
 * @param reachableMs           0 for "not said"
 * @param retransmissionMs      0 for "not said"
 * @param prefixes              prefixes of the link
 * @param mtuOctets             0 when the option is missing
 * @param sourceMac             null when the option is missing
 * @param searchLists           DNS search lists
 * @param dnsServers            recursive DNS servers
 */
public record RouterAdvertisement(
        int hopLimit,
        boolean managed,
        boolean otherConfiguration,
        int preference,
        int routerLifetimeSeconds,
        long reachableMs,
        long retransmissionMs,
        List<Prefix> prefixes,
        long mtuOctets,
        MacAddress sourceMac,
        List<SearchList> searchLists,
        List<DnsServers> dnsServers) {
    public static final long FOREVER = 0xffff_ffffL;
    /** Prefixes of one message: no link has so many, and a flood of options must not cost much memory. */
    public static final int MAX_PREFIXES = 32;
    /** Options about search lists, and as many about servers; each holds a whole list. */
    public static final int MAX_DNS_OPTIONS = 4;

    private static final int HOP_LIMIT = 4;
    private static final int FLAGS = 5;
    private static final int ROUTER_LIFETIME = 6;
    private static final int REACHABLE = 8;
    private static final int RETRANSMISSION = 12;
    private static final int OPTIONS = 16;
    private static final int FLAG_MANAGED = 0x80;
    private static final int FLAG_OTHER = 0x40;
    private static final int PREFERENCE_SHIFT = 3;

    private static final int OPTION_PREFIX = 3;
    private static final int OPTION_MTU = 5;
    private static final int OPTION_DNS_SERVERS = 25;
    private static final int OPTION_SEARCH_LIST = 31;
    private static final int PREFIX_OCTETS = 32;
    private static final int PREFIX_VALID = 4;
    private static final int PREFIX_PREFERRED = 8;
    private static final int PREFIX_ADDRESS = 16;
    private static final int FLAG_ON_LINK = 0x80;
    private static final int FLAG_AUTONOMOUS = 0x40;
    private static final int MTU_OCTETS = 8;
    private static final int MTU_VALUE = 4;
    private static final int DNS_LIFETIME = 4;
    private static final int DNS_HEADER_OCTETS = 8;
    private static final int MAX_OPTION_OCTETS = 255 * 8;

    /**
     * A prefix of the link.
     *
     * @param prefix     without host bits
     * @param onLink     its addresses are reached without a router
     * @param autonomous hosts may make themselves addresses in it
     */
    public record Prefix(
            Ip6Prefix prefix, boolean onLink, boolean autonomous, long validSeconds, long preferredSeconds) {
        public Prefix {
            Invariant.check(prefix.masked().equals(prefix),
                    "a prefix of a router advertisement has no host bits");
            Invariant.check(is32(validSeconds) && is32(preferredSeconds), "lifetimes have 32 bits");
        }
    }

    /** At least one name that {@link DnsNames#isName} likes. */
    public record SearchList(long lifetimeSeconds, List<String> names) {
        public SearchList {
            names = List.copyOf(names);
            Invariant.check(is32(lifetimeSeconds), "lifetimes have 32 bits");
            Invariant.check(!names.isEmpty() && DnsNames.areNames(names)
                    && DNS_HEADER_OCTETS + DnsNames.lengthOctets(names) <= MAX_OPTION_OCTETS,
                    "names fit an option");
        }
    }

    /** At least one address. */
    public record DnsServers(long lifetimeSeconds, List<Ip6Address> addresses) {
        public DnsServers {
            addresses = List.copyOf(addresses);
            Invariant.check(is32(lifetimeSeconds), "lifetimes have 32 bits");
            Invariant.check(!addresses.isEmpty() && DNS_HEADER_OCTETS
                    + Ip6Address.LENGTH_OCTETS * addresses.size()
                    <= MAX_OPTION_OCTETS, "addresses fit an option");
        }
    }

    public RouterAdvertisement {
        prefixes = List.copyOf(prefixes);
        searchLists = List.copyOf(searchLists);
        dnsServers = List.copyOf(dnsServers);
        Invariant.check(hopLimit >>> 8 == 0 && preference >>> 2 == 0 && routerLifetimeSeconds >>> 16 == 0
                && is32(reachableMs) && is32(retransmissionMs) && is32(mtuOctets),
                "numbers fit their fields");
        Invariant.check(prefixes.size() <= MAX_PREFIXES && searchLists.size() <= MAX_DNS_OPTIONS
                && dnsServers.size() <= MAX_DNS_OPTIONS, "a message has few options of a kind");
    }

    private static boolean is32(long value) {
        return value >>> 32 == 0;
    }

    /** The same from a router that is none any more. */
    public RouterAdvertisement withoutRouter() {
        return new RouterAdvertisement(hopLimit, managed, otherConfiguration, preference, 0, reachableMs,
                retransmissionMs, prefixes, mtuOctets, sourceMac, searchLists, dnsServers);
    }

    /** Reads and checks (RFC 4861, 6.1.2) a whole Ethernet frame. */
    public static Decoded<RouterAdvertisement> parse(Frame frame) {
        String fault = Icmpv6.discoveryFault(frame, Icmpv6.ROUTER_ADVERTISEMENT, OPTIONS);
        if (fault != null) {
            return new Decoded.Malformed<>(fault, Ipv6.BASE);
        }
        if (!Ipv6.source(frame).isLinkLocal()) {
            return new Decoded.Malformed<>("source", Ipv6.BASE);
        }
        int at = Icmpv6.messageOffset(frame);
        return parse(frame.array(), frame.offset() + at, Ipv6.end(frame) - at);
    }

    /**
     * Reads an ICMPv6 message of this type; the checksum is not looked at. Faults count from {@code offset}.
     */
    public static Decoded<RouterAdvertisement> parse(byte[] octets, int offset, int length) {
        if (length < OPTIONS) {
            return new Decoded.Malformed<>("truncated", length);
        }
        if ((octets[offset] & 0xff) != Icmpv6.ROUTER_ADVERTISEMENT || octets[offset + 1] != 0) {
            return new Decoded.Malformed<>("type", 0);
        }
        Reader reader = new Reader();
        int at = offset + OPTIONS;
        int end = offset + length;
        while (at < end) {
            int size = at + 2 <= end ? (octets[at + 1] & 0xff) * 8 : 0;
            if (size == 0 || at + size > end) {
                return new Decoded.Malformed<>("option_length", at - offset);
            }
            String fault = reader.option(octets, at, size);
            if (fault != null) {
                return new Decoded.Malformed<>(fault, at - offset);
            }
            at += size;
        }
        int flags = octets[offset + FLAGS] & 0xff;
        return new Decoded.Valid<>(new RouterAdvertisement(octets[offset + HOP_LIMIT] & 0xff,
                (flags & FLAG_MANAGED) != 0, (flags & FLAG_OTHER) != 0, flags >>> PREFERENCE_SHIFT & 3,
                Octets.u16(octets, offset + ROUTER_LIFETIME), u32(octets, offset + REACHABLE),
                u32(octets, offset + RETRANSMISSION), reader.prefixes, reader.mtuOctets, reader.sourceMac,
                reader.searchLists, reader.dnsServers));
    }

    private static long u32(byte[] octets, int at) {
        return Octets.i32(octets, at) & 0xffff_ffffL;
    }

    private static Ip6Address address(byte[] octets, int at) {
        return new Ip6Address(Octets.i64(octets, at), Octets.i64(octets, at + 8));
    }

    /** Collects options. */
    private static final class Reader {
        final List<Prefix> prefixes = new ArrayList<>();
        final List<SearchList> searchLists = new ArrayList<>();
        final List<DnsServers> dnsServers = new ArrayList<>();
        MacAddress sourceMac;
        long mtuOctets;

        /** Takes one option of {@code size} octets; returns a fault or null. */
        String option(byte[] octets, int at, int size) {
            return switch (octets[at] & 0xff) {
                case Icmpv6.OPTION_SOURCE_MAC -> {
                    sourceMac = size == Icmpv6.MAC_OPTION_OCTETS
                            ? new MacAddress(Octets.mac(octets, at + 2)) : sourceMac;
                    yield null;
                }
                case OPTION_MTU -> {
                    mtuOctets = size == MTU_OCTETS ? u32(octets, at + MTU_VALUE) : mtuOctets;
                    yield null;
                }
                case OPTION_PREFIX -> prefix(octets, at, size);
                case OPTION_SEARCH_LIST -> searchList(octets, at, size);
                case OPTION_DNS_SERVERS -> dnsServers(octets, at, size);
                default -> null;
            };
        }

        private String prefix(byte[] octets, int at, int size) {
            int bits = octets[at + 2] & 0xff;
            if (size != PREFIX_OCTETS || bits > Ip6Address.LENGTH_OCTETS * 8) {
                return "prefix";
            }
            if (prefixes.size() == MAX_PREFIXES) {
                return "too_many_prefixes";
            }
            int flags = octets[at + 3] & 0xff;
            // Bits behind the prefix are to be ignored.
            prefixes.add(new Prefix(new Ip6Prefix(address(octets, at + PREFIX_ADDRESS), bits).masked(),
                    (flags & FLAG_ON_LINK) != 0, (flags & FLAG_AUTONOMOUS) != 0,
                    u32(octets, at + PREFIX_VALID),
                    u32(octets, at + PREFIX_PREFERRED)));
            return null;
        }

        private String searchList(byte[] octets, int at, int size) {
            List<String> names = size <= DNS_HEADER_OCTETS ? null
                    : DnsNames.read(octets, at + DNS_HEADER_OCTETS, at + size, true);
            if (names == null || names.isEmpty()) {
                return "search_list";
            }
            if (searchLists.size() == MAX_DNS_OPTIONS) {
                return "too_many_search_lists";
            }
            searchLists.add(new SearchList(u32(octets, at + DNS_LIFETIME), names));
            return null;
        }

        private String dnsServers(byte[] octets, int at, int size) {
            if (size <= DNS_HEADER_OCTETS || (size - DNS_HEADER_OCTETS) % Ip6Address.LENGTH_OCTETS != 0) {
                return "dns_servers";
            }
            if (dnsServers.size() == MAX_DNS_OPTIONS) {
                return "too_many_dns_servers";
            }
            List<Ip6Address> addresses = new ArrayList<>();
            for (int i = at + DNS_HEADER_OCTETS; i < at + size; i += Ip6Address.LENGTH_OCTETS) {
                addresses.add(address(octets, i));
            }
            dnsServers.add(new DnsServers(u32(octets, at + DNS_LIFETIME), addresses));
            return null;
        }
    }

    private static int searchListOctets(SearchList list) {
        return DNS_HEADER_OCTETS + DnsNames.lengthOctets(list.names()) + 7 & ~7;
    }

    private static int dnsServersOctets(DnsServers servers) {
        return DNS_HEADER_OCTETS + Ip6Address.LENGTH_OCTETS * servers.addresses().size();
    }

    /** The ICMPv6 message with its checksum left at zero. */
    public byte[] emit() {
        int length = OPTIONS + PREFIX_OCTETS * prefixes.size() + (mtuOctets == 0 ? 0 : MTU_OCTETS)
                + (sourceMac == null ? 0 : Icmpv6.MAC_OPTION_OCTETS)
                + searchLists.stream().mapToInt(RouterAdvertisement::searchListOctets).sum()
                + dnsServers.stream().mapToInt(RouterAdvertisement::dnsServersOctets).sum();
        byte[] octets = new byte[length];
        octets[0] = (byte) Icmpv6.ROUTER_ADVERTISEMENT;
        octets[HOP_LIMIT] = (byte) hopLimit;
        octets[FLAGS] = (byte) ((managed ? FLAG_MANAGED : 0) | (otherConfiguration ? FLAG_OTHER : 0)
                | preference << PREFERENCE_SHIFT);
        Octets.put16(octets, ROUTER_LIFETIME, routerLifetimeSeconds);
        Octets.put32(octets, REACHABLE, (int) reachableMs);
        Octets.put32(octets, RETRANSMISSION, (int) retransmissionMs);
        int at = OPTIONS;
        for (Prefix prefix : prefixes) {
            at = put(octets, at, prefix);
        }
        if (mtuOctets != 0) {
            at = header(octets, at, OPTION_MTU, MTU_OCTETS);
            Octets.put32(octets, at - MTU_OCTETS + MTU_VALUE, (int) mtuOctets);
        }
        if (sourceMac != null) {
            Icmpv6.putMacOption(octets, at, Icmpv6.OPTION_SOURCE_MAC, sourceMac.bits());
            at += Icmpv6.MAC_OPTION_OCTETS;
        }
        for (SearchList list : searchLists) {
            int from = at;
            at = header(octets, from, OPTION_SEARCH_LIST, searchListOctets(list));
            Octets.put32(octets, from + DNS_LIFETIME, (int) list.lifetimeSeconds());
            DnsNames.write(octets, from + DNS_HEADER_OCTETS, list.names());
        }
        for (DnsServers servers : dnsServers) {
            at = put(octets, at, servers);
        }
        return octets;
    }

    /** Type and length of an option; returns where the next one begins. */
    private static int header(byte[] octets, int at, int type, int size) {
        octets[at] = (byte) type;
        octets[at + 1] = (byte) (size / 8);
        return at + size;
    }

    private static int put(byte[] octets, int at, Prefix prefix) {
        octets[at + 2] = (byte) prefix.prefix().lengthBits();
        octets[at + 3] = (byte) ((prefix.onLink() ? FLAG_ON_LINK : 0)
                | (prefix.autonomous() ? FLAG_AUTONOMOUS : 0));
        Octets.put32(octets, at + PREFIX_VALID, (int) prefix.validSeconds());
        Octets.put32(octets, at + PREFIX_PREFERRED, (int) prefix.preferredSeconds());
        Octets.put64(octets, at + PREFIX_ADDRESS, prefix.prefix().address().high());
        Octets.put64(octets, at + PREFIX_ADDRESS + 8, prefix.prefix().address().low());
        return header(octets, at, OPTION_PREFIX, PREFIX_OCTETS);
    }

    private static int put(byte[] octets, int at, DnsServers servers) {
        Octets.put32(octets, at + DNS_LIFETIME, (int) servers.lifetimeSeconds());
        int to = at + DNS_HEADER_OCTETS;
        for (Ip6Address address : servers.addresses()) {
            Octets.put64(octets, to, address.high());
            Octets.put64(octets, to + 8, address.low());
            to += Ip6Address.LENGTH_OCTETS;
        }
        return header(octets, at, OPTION_DNS_SERVERS, dnsServersOctets(servers));
    }

    /** A whole Ethernet frame. */
    public Frame frame(long destinationMac, long etherSource, Ip6Address source, Ip6Address destination) {
        return Icmpv6.discoveryFrame(destinationMac, etherSource, source, destination, emit());
    }
}
