package org.limesh.access;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * A fact that survives a restart, as the payload of one record of {@link LeaseLog}.
 *
 * <pre>
 *  octet  0     1       2..9         10..17        18..
 *         kind  format  wall clock   node's clock  body
 *                       ms           ms
 *
 *  1 granted  address 4, client 6, granted by 6, confirmed by 6, age ms 8, left ms 8,
 *             id, host name, reason (each: length 1, octets)
 *  2 ended    address 4
 *  3 slices   own 32, count 2, handed (slice 1, node 6) each, count 2, members (node 6, claims 32) each
 *  4 clock    nothing; the head is the fact
 *  5 start    nothing; the node's clock may count from somewhere else from here on
 * </pre>
 */
sealed interface LeaseRecord {
    int FORMAT = 1;
    int HEAD_OCTETS = 18;
    int GRANTED = 1;
    int ENDED = 2;
    int SLICES = 3;
    int CLOCK = 4;
    int START = 5;

    /** The address is this client's for so long after the record was written. */
    record Granted(Ip4Address address, MacAddress client, MacAddress grantedBy, MacAddress confirmedBy, long ageMs,
            long leftMs, String clientId, String hostname, String reason) implements LeaseRecord {}

    /** The lease ended before its time. */
    record Ended(Ip4Address address) implements LeaseRecord {}

    /** Division of the pool as this node knows it. */
    record Division(BitSet own, Map<Integer, MacAddress> handed, Map<MacAddress, BitSet> members)
            implements LeaseRecord {}

    /** So late was it. */
    record Clock() implements LeaseRecord {}

    /** The node started. */
    record Start() implements LeaseRecord {}

    /** A fact and when it was written: by the wall clock, and by the node's clock, which has no epoch. */
    record Dated(long wallMs, long nodeMs, LeaseRecord fact) {}

    /** The record as octets. */
    static byte[] emit(Dated dated) {
        Writer out = new Writer();
        int kind = switch (dated.fact()) {
            case Granted unused -> GRANTED;
            case Ended unused -> ENDED;
            case Division unused -> SLICES;
            case Clock unused -> CLOCK;
            case Start unused -> START;
        };
        out.put8(kind).put8(FORMAT).put64(dated.wallMs()).put64(dated.nodeMs());
        switch (dated.fact()) {
            case Granted lease -> out.put32(lease.address().bits()).mac(lease.client()).mac(lease.grantedBy())
                    .mac(lease.confirmedBy()).put64(lease.ageMs()).put64(lease.leftMs()).text(lease.clientId())
                    .text(lease.hostname()).text(lease.reason());
            case Ended ended -> out.put32(ended.address().bits());
            case Division division -> {
                out.bits(division.own()).put16(division.handed().size());
                division.handed().forEach((slice, to) -> out.put8(slice).mac(to));
                out.put16(division.members().size());
                division.members().forEach((node, claims) -> out.mac(node).bits(claims));
            }
            case Clock unused -> { }
            case Start unused -> { }
        }
        return out.octets();
    }

    /** The fact; null for a payload that is none, or of a later format. */
    static Dated parse(byte[] octets) {
        if (octets.length < HEAD_OCTETS || Octets.u8(octets, 1) != FORMAT) {
            return null;
        }
        Reader in = new Reader(octets);
        in.at = HEAD_OCTETS;
        LeaseRecord fact = switch (Octets.u8(octets, 0)) {
            case GRANTED -> new Granted(new Ip4Address(in.get32()), in.mac(), in.mac(), in.mac(), in.get64(),
                    in.get64(), in.text(), in.text(), in.text());
            case ENDED -> new Ended(new Ip4Address(in.get32()));
            case SLICES -> in.division();
            case CLOCK -> new Clock();
            case START -> new Start();
            default -> null;
        };
        return fact == null || in.overrun ? null : new Dated(Octets.i64(octets, 2), Octets.i64(octets, 10), fact);
    }

    /** Grows as it is written. */
    final class Writer {
        private byte[] array = new byte[160];
        private int length;

        private Writer room(int octets) {
            if (length + octets > array.length) {
                array = java.util.Arrays.copyOf(array, Math.max(2 * array.length, length + octets));
            }
            length += octets;
            return this;
        }

        Writer put8(int value) {
            room(1);
            array[length - 1] = (byte) value;
            return this;
        }

        Writer put16(int value) {
            room(2);
            Octets.put16(array, length - 2, value);
            return this;
        }

        Writer put32(int value) {
            room(4);
            Octets.put32(array, length - 4, value);
            return this;
        }

        Writer put64(long value) {
            room(8);
            Octets.put64(array, length - 8, value);
            return this;
        }

        Writer mac(MacAddress mac) {
            room(6);
            Octets.putMac(array, length - 6, mac.bits());
            return this;
        }

        Writer bits(BitSet bits) {
            byte[] octets = bits.toByteArray();
            room(Slices.COUNT / 8);
            System.arraycopy(octets, 0, array, length - Slices.COUNT / 8, Math.min(octets.length, Slices.COUNT / 8));
            return this;
        }

        Writer text(String text) {
            byte[] octets = text.getBytes(StandardCharsets.UTF_8);
            int kept = Math.min(octets.length, 255);
            put8(kept).room(kept);
            System.arraycopy(octets, 0, array, length - kept, kept);
            return this;
        }

        byte[] octets() {
            return java.util.Arrays.copyOf(array, length);
        }
    }

    /** Answers zeros behind the end, and remembers that. */
    final class Reader {
        private final byte[] octets;
        private int at;
        private boolean overrun;

        Reader(byte[] octets) {
            this.octets = octets;
        }

        private boolean has(int count) {
            overrun |= at + count > octets.length;
            return !overrun;
        }

        private int get8() {
            return has(1) ? Octets.u8(octets, at++) : 0;
        }

        private int get16() {
            return get8() << 8 | get8();
        }

        private int get32() {
            return get16() << 16 | get16();
        }

        private long get64() {
            return (long) get32() << 32 | get32() & 0xffff_ffffL;
        }

        private MacAddress mac() {
            return new MacAddress((long) get16() << 32 | get32() & 0xffff_ffffL);
        }

        private String text() {
            int length = get8();
            if (!has(length)) {
                return "";
            }
            at += length;
            return new String(octets, at - length, length, StandardCharsets.UTF_8);
        }

        private BitSet bits() {
            int length = Slices.COUNT / 8;
            if (!has(length)) {
                return new BitSet();
            }
            at += length;
            return BitSet.valueOf(java.util.Arrays.copyOfRange(octets, at - length, at));
        }

        private Division division() {
            BitSet own = bits();
            Map<Integer, MacAddress> handed = new TreeMap<>();
            for (int count = get16(); count > 0 && !overrun; count--) {
                handed.put(get8(), mac());
            }
            Map<MacAddress, BitSet> members = new TreeMap<>();
            for (int count = get16(); count > 0 && !overrun; count--) {
                members.put(mac(), bits());
            }
            return new Division(own, handed, members);
        }
    }

    /** All payloads that are facts, in order; the others are counted. */
    record Replay(List<Dated> facts, int strange) {
        static Replay of(List<byte[]> payloads) {
            List<Dated> facts = new ArrayList<>();
            int strange = 0;
            for (byte[] payload : payloads) {
                Dated dated = parse(payload);
                if (dated == null) {
                    strange++;
                } else {
                    facts.add(dated);
                }
            }
            return new Replay(facts, strange);
        }
    }
}
