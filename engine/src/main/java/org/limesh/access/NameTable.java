package org.limesh.access;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;

/**
 * What a name means in this cloud. Immutable; the DNS server asks it, and so may whoever else has to know.
 *
 * <pre>
 *   thisnode.info, minodo.info, meuno.info, anygw, anygw.DOMAIN, DOMAIN   the anycast addresses
 *   HOST, HOST.DOMAIN                nodes (IPv4, IPv6 where told), clients with a lease that named themselves
 *   anything else below DOMAIN                                             nothing
 *   other names without a dot                                              no addresses
 *   reverse names of the cloud's networks                                  the same, backwards
 *   reverse names of other private networks, .local .onion .invalid ...    nothing: no upstream server knows
 *   names of another cloud's domain                                        that cloud's servers
 *   all others                                                             upstream servers
 * </pre>
 *
 * <p>Two hosts of one name: a node before a client, then the one whose lease is older, so nobody takes a
 * name away by asking for it. Only a client that has not renewed when it should have loses its name: a phone
 * often comes back with another MAC.
 */
public final class NameTable {
    /** Names of the nearest node, in every cloud. */
    private static final List<String> NEAREST = List.of("thisnode.info", "minodo.info", "meuno.info");
    private static final String ANYGW = "anygw";
    /** A client that got one of these could direct the others' programs (proxy settings, tunnels) to itself. */
    private static final List<String> NOT_FOR_CLIENTS = List.of("localhost", "wpad", "isatap", "anygw", "thisnode",
            "minodo", "meuno", "gateway", "router");
    /** Never asked in the Internet (RFC 6761, 6762, 7686). */
    private static final List<String> SPECIAL = List.of("local", "onion", "invalid", "localhost");
    private static final String REVERSE4 = ".in-addr.arpa";
    private static final String REVERSE6 = ".ip6.arpa";
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int NIBBLES = 32;
    private static final List<Ip4Prefix> PRIVATE4 = List.of(Ip4Prefix.parse("10.0.0.0/8"),
            Ip4Prefix.parse("172.16.0.0/12"), Ip4Prefix.parse("192.168.0.0/16"), Ip4Prefix.parse("169.254.0.0/16"),
            Ip4Prefix.parse("127.0.0.0/8"), Ip4Prefix.parse("0.0.0.0/8"), Ip4Prefix.parse("255.255.255.255/32"));
    private static final List<Ip6Prefix> PRIVATE6 = List.of(Ip6Prefix.parse("fc00::/7"), Ip6Prefix.parse("fe80::/10"),
            Ip6Prefix.parse("::/127"));

    /** What a name means. */
    public sealed interface Meaning {
        /**
         * It exists, and this cloud says so. Both lists may be empty: then it has no addresses.
         *
         * @param zone domain that answers for it; empty for a name that belongs to none
         * @param apex it is the cloud's domain itself
         */
        record Host(String zone, boolean apex, List<Ip4Address> addresses4, List<Ip6Address> addresses6)
                implements Meaning {}

        /** A reverse name, and the name of the host that has the address. */
        record Pointer(String zone, String name) implements Meaning {}

        /** It does not exist, and this cloud says so. */
        record Nothing(String zone) implements Meaning {}

        /**
         * A name without a dot that no host here has. Nobody else has it either; but it may be a top-level domain,
         * and questions for its keys and servers are somebody else's.
         */
        record Plain() implements Meaning {}

        /** Another cloud's: ask there. @param servers addresses as text */
        record OtherCloud(List<String> servers) implements Meaning {}

        /** Somebody else's: ask upstream. */
        record Foreign() implements Meaning {}
    }

    /**
     * What a table is made of.
     *
     * @param domain       the cloud's, e.g. {@code thisnode.info}
     * @param hostname     of this node
     * @param address4     of this node, with the cloud's mask
     * @param address6     of this node, with the cloud's prefix length
     * @param leaseSeconds how long a lease lasts; clients renew after half of it
     * @param leases       all live leases of the cloud; of a node its own address
     * @param nodes6       IPv6 addresses of other nodes, by the MAC that their lease names
     * @param otherDomains domains of other clouds, and addresses of servers that know them
     */
    public record Facts(
            String domain,
            String hostname,
            Ip4Prefix address4,
            Ip6Prefix address6,
            Ip4Address anycast4,
            Ip6Address anycast6,
            int leaseSeconds,
            List<Lease> leases,
            Map<MacAddress, Ip6Address> nodes6,
            Map<String, List<String>> otherDomains) {
        public Facts {
            leases = List.copyOf(leases);
            nodes6 = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(nodes6));
            otherDomains = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(otherDomains));
        }
    }

    private final String domain;
    private final Facts facts;
    private final Map<String, Meaning.Host> byName = new LinkedHashMap<>();
    private final Map<Ip4Address, String> names4 = new LinkedHashMap<>();
    private final Map<Ip6Address, String> names6 = new LinkedHashMap<>();

    private NameTable(Facts facts) {
        this.facts = facts;
        this.domain = lower(facts.domain());
        putNearest();
        putHost(facts.hostname(), List.of(facts.address4().address()), List.of(facts.address6().address()));
        for (Lease lease : facts.leases()) {
            if (isNode(lease) && !lease.hostname().isEmpty()) {
                Ip6Address address6 = facts.nodes6().get(lease.client());
                putHost(lease.hostname(), List.of(lease.address()), address6 == null ? List.of() : List.of(address6));
            }
        }
        for (Lease lease : holders(facts).values()) {
            putHost(lease.hostname(), List.of(lease.address()), List.of());
        }
    }

    public static NameTable of(Facts facts) {
        return new NameTable(facts);
    }

    /** A node tells its own address as a lease of its own MAC. */
    private static boolean isNode(Lease lease) {
        return lease.client().equals(lease.confirmedBy());
    }

    /** Which client has a name. */
    private static Map<String, Lease> holders(Facts facts) {
        Map<String, Lease> holders = new LinkedHashMap<>();
        if (facts.leases().isEmpty()) {
            return holders;
        }
        // Times are of a clock that may wrap around, so they are compared by difference.
        long anyNs = facts.leases().getFirst().grantedNs();
        List<Lease> sorted = new ArrayList<>(facts.leases());
        sorted.sort(Comparator.comparingLong((Lease lease) -> lease.grantedNs() - anyNs).thenComparing(Lease::address));
        long renewedWithinNs = facts.leaseSeconds() * SECOND_NS / 2;
        for (Lease lease : sorted) {
            String name = lower(lease.hostname());
            if (!isNode(lease) && !name.isEmpty() && !NOT_FOR_CLIENTS.contains(name)) {
                Lease holder = holders.get(name);
                if (holder == null || lease.expiresNs() - holder.expiresNs() > renewedWithinNs) {
                    holders.put(name, lease);
                }
            }
        }
        return holders;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private void putNearest() {
        List<Ip4Address> addresses4 = List.of(facts.anycast4());
        List<Ip6Address> addresses6 = List.of(facts.anycast6());
        for (String name : NEAREST) {
            byName.put(name, new Meaning.Host(name, name.equals(domain), addresses4, addresses6));
        }
        byName.put(ANYGW, new Meaning.Host("", false, addresses4, addresses6));
        if (!domain.isEmpty()) {
            byName.put(domain, new Meaning.Host(domain, true, addresses4, addresses6));
            byName.put(ANYGW + "." + domain, new Meaning.Host(domain, false, addresses4, addresses6));
        }
        names4.put(facts.anycast4(), NEAREST.getFirst());
        names6.put(facts.anycast6(), NEAREST.getFirst());
        byName.put("localhost", new Meaning.Host("", false, List.of(Ip4Address.parse("127.0.0.1")),
                List.of(Ip6Address.parse("::1"))));
    }

    private void putHost(String hostname, List<Ip4Address> addresses4, List<Ip6Address> addresses6) {
        String name = lower(hostname);
        if (byName.putIfAbsent(name, new Meaning.Host("", false, addresses4, addresses6)) != null) {
            return;
        }
        String full = domain.isEmpty() ? hostname : hostname + "." + domain;
        if (!domain.isEmpty()) {
            byName.putIfAbsent(lower(full), new Meaning.Host(domain, false, addresses4, addresses6));
        }
        addresses4.forEach(address -> names4.putIfAbsent(address, full));
        addresses6.forEach(address -> names6.putIfAbsent(address, full));
    }

    /** How many hosts have a name here. */
    public int size() {
        return names4.size() - 1;
    }

    public String domain() {
        return domain;
    }

    /** @param name without the last dot; upper and lower case are the same */
    public Meaning lookup(String name) {
        String lower = lower(name);
        Meaning.Host host = byName.get(lower);
        if (host != null) {
            return host;
        }
        if (lower.endsWith(REVERSE4)) {
            return reverse4(lower.substring(0, lower.length() - REVERSE4.length()));
        }
        if (lower.endsWith(REVERSE6)) {
            return reverse6(lower.substring(0, lower.length() - REVERSE6.length()));
        }
        if (!domain.isEmpty() && lower.endsWith("." + domain)) {
            return new Meaning.Nothing(domain);
        }
        for (Map.Entry<String, List<String>> other : facts.otherDomains().entrySet()) {
            if (lower.equals(other.getKey()) || lower.endsWith("." + other.getKey())) {
                return new Meaning.OtherCloud(other.getValue());
            }
        }
        int dot = lower.lastIndexOf('.');
        if (SPECIAL.contains(lower.substring(dot + 1))) {
            return new Meaning.Nothing("");
        }
        return dot < 0 && !lower.isEmpty() ? new Meaning.Plain() : new Meaning.Foreign();
    }

    /** Whether other clouds may ask for this name: it is this cloud's own. */
    public boolean isPublic(Meaning meaning) {
        return switch (meaning) {
            case Meaning.Host host -> host.zone().equals(domain) && !domain.isEmpty();
            case Meaning.Nothing nothing -> nothing.zone().equals(domain) && !domain.isEmpty();
            case Meaning.Pointer pointer -> true;
            case Meaning.Plain plain -> false;
            case Meaning.OtherCloud other -> false;
            case Meaning.Foreign foreign -> false;
        };
    }

    // ---- backwards ----------------------------------------------------------------------------------

    /** @param labels the octets, last one first, e.g. {@code 86.52.13.10}; or only the first ones of these */
    private Meaning reverse4(String labels) {
        String[] octets = labels.split("\\.", -1);
        int bits = 0;
        if (octets.length > 4) {
            return new Meaning.Foreign();
        }
        for (int i = octets.length - 1, shift = 24; i >= 0; i--, shift -= 8) {
            int octet = octet(octets[i]);
            if (octet < 0) {
                return new Meaning.Foreign();
            }
            bits |= octet << shift;
        }
        Ip4Prefix asked = new Ip4Prefix(new Ip4Address(bits), 8 * octets.length);
        String zone = octets[octets.length - 1] + REVERSE4;
        String name = asked.lengthBits() == 32 ? names4.get(asked.address()) : null;
        if (name != null) {
            return new Meaning.Pointer(zone, name);
        }
        if (isWithin4(asked, facts.address4()) || PRIVATE4.stream().anyMatch(range -> isWithin4(asked, range))) {
            // A piece of a network exists, only that it has no name.
            return asked.lengthBits() == 32 ? new Meaning.Nothing(zone)
                    : new Meaning.Host(zone, false, List.of(), List.of());
        }
        return new Meaning.Foreign();
    }

    private static boolean isWithin4(Ip4Prefix inner, Ip4Prefix outer) {
        return inner.lengthBits() >= outer.lengthBits() && outer.contains(inner.address());
    }

    private static int octet(String text) {
        boolean good = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int octet = good ? Integer.parseInt(text) : -1;
        return octet <= 255 ? octet : -1;
    }

    /** @param labels the hexadecimal digits, last one first; or only the first ones of these */
    private Meaning reverse6(String labels) {
        String[] digits = labels.split("\\.", -1);
        long[] bits = {0, 0};
        if (digits.length > NIBBLES) {
            return new Meaning.Foreign();
        }
        for (int i = digits.length - 1, at = 0; i >= 0; i--, at++) {
            int digit = digits[i].length() == 1 ? Character.digit(digits[i].charAt(0), 16) : -1;
            if (digit < 0) {
                return new Meaning.Foreign();
            }
            bits[at / 16] |= (long) digit << (60 - 4 * (at % 16));
        }
        Ip6Prefix asked = new Ip6Prefix(new Ip6Address(bits[0], bits[1]), 4 * digits.length);
        String name = digits.length == NIBBLES ? names6.get(asked.address()) : null;
        String zone = (digits.length < 2 ? "" : digits[digits.length - 2] + ".") + digits[digits.length - 1] + REVERSE6;
        if (name != null) {
            return new Meaning.Pointer(zone, name);
        }
        if (isWithin6(asked, facts.address6()) || PRIVATE6.stream().anyMatch(range -> isWithin6(asked, range))) {
            return digits.length == NIBBLES ? new Meaning.Nothing(zone)
                    : new Meaning.Host(zone, false, List.of(), List.of());
        }
        return new Meaning.Foreign();
    }

    private static boolean isWithin6(Ip6Prefix inner, Ip6Prefix outer) {
        return inner.lengthBits() >= outer.lengthBits() && outer.contains(inner.address());
    }
}
