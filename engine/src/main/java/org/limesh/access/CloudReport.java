package org.limesh.access;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.limesh.base.Decoded;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/**
 * What a node tells the other nodes about addresses: one text, one fact a line.
 *
 * <pre>
 *   limesh-leases 1 INCARNATION BEAT        first line; incarnation as hex digits, a new one at each start
 *   node ADDRESS HOSTNAME                   the node's own address, which no client may get
 *   slices 64-HEX-DIGITS                    own slices, slice 0 is the lowest bit of the first octet
 *   taken 64-HEX-DIGITS                     slices that the teller knows to be somebody's, or "all"
 *   handed SLICE MAC                        given to this node, which has not confirmed yet
 *   member MAC                              a node that the teller takes into account and that is silent;
 *                                           all of them while a slice is being handed over
 *   lease ADDRESS MAC ID HOSTNAME GRANTED-BY CONFIRMED-BY AGE LEFT     seconds; "-" for nothing
 * </pre>
 *
 * Lines that begin with another word are skipped, so a later version may add some.
 *
 * @param beat grows with each report of an incarnation
 */
public record CloudReport(
        MacAddress node,
        long incarnation,
        long beat,
        Ip4Address address,
        String hostname,
        BitSet claims,
        BitSet taken,
        Map<Integer, MacAddress> handed,
        List<MacAddress> members,
        List<SharedLease> leases) {
    /** What one record of the carrier holds. */
    public static final int MAX_OCTETS = 65_000;
    private static final String MAGIC = "limesh-leases";
    private static final String VERSION = "1";
    private static final String NOTHING = "-";
    private static final String ALL = "all";
    private static final int MAX_LINES = 4096;
    private static final int MAX_NAME_CHARS = 63;
    private static final int MAX_ID_DIGITS = 510;
    private static final int LEASE_WORDS = 9;
    private static final int SLICE_OCTETS = Slices.COUNT / 8;

    public CloudReport {
        claims = (BitSet) claims.clone();
        taken = (BitSet) taken.clone();
        handed = java.util.Collections.unmodifiableMap(new TreeMap<>(handed));
        members = List.copyOf(members);
        leases = List.copyOf(leases);
    }

    /** The text. Leases beyond {@link #MAX_OCTETS} are left out; see {@link #emittedLeases}. */
    public byte[] emit() {
        StringBuilder text = new StringBuilder();
        text.append(head());
        int left = emittedLeases();
        for (SharedLease lease : leases.subList(0, left)) {
            text.append(line(lease));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** How many of the leases fit. */
    public int emittedLeases() {
        int octets = head().length();
        int count = 0;
        while (count < leases.size()) {
            octets += line(leases.get(count)).length();
            if (octets > MAX_OCTETS) {
                break;
            }
            count++;
        }
        return count;
    }

    private String head() {
        StringBuilder text = new StringBuilder();
        text.append(MAGIC).append(' ').append(VERSION).append(' ').append(Long.toHexString(incarnation)).append(' ')
                .append(beat).append('\n');
        text.append("node ").append(address).append(' ').append(orNothing(hostname)).append('\n');
        text.append("slices ").append(hex(claims)).append('\n');
        text.append("taken ").append(taken.cardinality() == Slices.COUNT ? ALL : hex(taken)).append('\n');
        handed.forEach((slice, to) -> text.append("handed ").append(slice).append(' ').append(to).append('\n'));
        members.forEach(member -> text.append("member ").append(member).append('\n'));
        return text.toString();
    }

    private static String hex(BitSet slices) {
        return HexFormat.of().formatHex(java.util.Arrays.copyOf(slices.toByteArray(), SLICE_OCTETS));
    }

    private static String line(SharedLease lease) {
        return "lease " + lease.address() + " " + lease.client() + " " + orNothing(lease.clientId()) + " "
                + orNothing(lease.hostname()) + " " + lease.grantedBy() + " " + lease.confirmedBy() + " "
                + lease.ageSeconds() + " " + lease.leftSeconds() + "\n";
    }

    private static String orNothing(String text) {
        return text.isEmpty() ? NOTHING : text;
    }

    private static String orEmpty(String word) {
        return word.equals(NOTHING) ? "" : word;
    }

    /**
     * Reads a report.
     *
     * @param node who told it, from the carrier
     */
    public static Decoded<CloudReport> parse(MacAddress node, byte[] octets) {
        String[] lines = new String(octets, StandardCharsets.US_ASCII).split("\n", MAX_LINES + 1);
        if (lines.length > MAX_LINES) {
            return new Decoded.Malformed<>("too_long", 0);
        }
        String[] first = lines[0].split(" ");
        if (first.length != 4 || !first[0].equals(MAGIC)) {
            return new Decoded.Malformed<>("not_a_report", 0);
        }
        if (!first[1].equals(VERSION)) {
            return new Decoded.Malformed<>("version", 0);
        }
        int at = 0;
        try {
            Reader reader = new Reader(node, Long.parseUnsignedLong(first[2], 16), Long.parseLong(first[3]));
            for (String line : lines) {
                reader.take(line.split(" "));
                at += line.length() + 1;
            }
            return reader.address == null ? new Decoded.Malformed<>("no_node", 0) : new Decoded.Valid<>(reader.report());
        } catch (IllegalArgumentException strange) {
            return new Decoded.Malformed<>("line", at);
        }
    }

    private static final class Reader {
        final MacAddress node;
        final long incarnation;
        final long beat;
        Ip4Address address;
        String hostname = "";
        BitSet claims = new BitSet();
        BitSet taken = new BitSet();
        final Map<Integer, MacAddress> handed = new TreeMap<>();
        final List<MacAddress> members = new ArrayList<>();
        final List<SharedLease> leases = new ArrayList<>();

        Reader(MacAddress node, long incarnation, long beat) {
            this.node = node;
            this.incarnation = incarnation;
            this.beat = beat;
        }

        void take(String[] words) {
            switch (words[0]) {
                case "node" -> {
                    need(words.length == 3);
                    address = Ip4Address.parse(words[1]);
                    hostname = name(words[2]);
                }
                case "slices" -> claims = slices(words);
                case "taken" -> taken = slices(words);
                case "handed" -> {
                    need(words.length == 3);
                    int slice = Integer.parseInt(words[1]);
                    need(slice >= 0 && slice < Slices.COUNT);
                    handed.put(slice, station(words[2]));
                }
                case "member" -> {
                    need(words.length == 2 && members.size() < Slices.MAX_MEMBERS);
                    members.add(station(words[1]));
                }
                case "lease" -> {
                    need(words.length == LEASE_WORDS);
                    leases.add(lease(words));
                }
                default -> { }
            }
        }

        private static BitSet slices(String[] words) {
            need(words.length == 2);
            if (words[1].equals(ALL)) {
                BitSet all = new BitSet();
                all.set(0, Slices.COUNT);
                return all;
            }
            need(words[1].length() == 2 * SLICE_OCTETS);
            return BitSet.valueOf(HexFormat.of().parseHex(words[1]));
        }

        private static SharedLease lease(String[] words) {
            String id = orEmpty(words[3]);
            need(id.length() <= MAX_ID_DIGITS && id.length() % 2 == 0
                    && id.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f'));
            long age = Long.parseLong(words[7]);
            long left = Long.parseLong(words[8]);
            need(age >= 0 && left >= 0 && age <= Integer.MAX_VALUE && left <= Integer.MAX_VALUE);
            return new SharedLease(Ip4Address.parse(words[1]), station(words[2]), id, name(words[4]),
                    MacAddress.parse(words[5]), MacAddress.parse(words[6]), age, left);
        }

        private static MacAddress station(String word) {
            MacAddress mac = MacAddress.parse(word);
            need(!mac.isMulticast() && !mac.isZero());
            return mac;
        }

        private static String name(String word) {
            String name = orEmpty(word);
            need(name.length() <= MAX_NAME_CHARS && Client.label(name).equals(name));
            return name;
        }

        private static void need(boolean holds) {
            if (!holds) {
                throw new IllegalArgumentException();
            }
        }

        CloudReport report() {
            return new CloudReport(node, incarnation, beat, address, hostname, claims, taken, handed, members, leases);
        }
    }
}
