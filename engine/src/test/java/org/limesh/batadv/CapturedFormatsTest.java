package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.Decoded;
import org.limesh.base.Octets;
import org.limesh.batadv.Pcap.Captured;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.BroadcastPacket;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.batadv.wire.RoamTvlv;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.Tvlv;
import org.limesh.batadv.wire.UnicastPacket;
import org.limesh.batadv.wire.UnicastTvlvPacket;

/** Frames of genuine nodes: what we parse and emit again is what was captured. */
class CapturedFormatsTest {
    private static final int HEADER = 14;

    static List<String> captures() {
        return Pcap.ALL;
    }

    @ParameterizedTest
    @MethodSource("captures")
    void everyMessageInScopeIsEmittedAsItWasParsed(String capture) {
        for (Captured captured : Pcap.read(capture)) {
            if (captured.isBatadv() && captured.whole()) {
                byte[] again = parsedAndEmitted(captured.octets(), captured.type());
                if (!Arrays.equals(again, captured.octets())) {
                    assertThat(again).as("%s at %d", capture, captured.atNs()).isEqualTo(captured.octets());
                }
            }
        }
    }

    @Test
    void theCapturesHoldEveryKind() {
        Map<Integer, Integer> kinds = new TreeMap<>();
        for (String capture : Pcap.ALL) {
            for (Captured captured : Pcap.read(capture)) {
                if (captured.isBatadv()) {
                    kinds.merge(captured.type(), 1, Integer::sum);
                }
            }
        }
        assertThat(kinds.keySet()).contains(BatadvHeader.IV_OGM, BatadvHeader.BROADCAST, BatadvHeader.UNICAST,
                BatadvHeader.UNICAST_FRAGMENT, BatadvHeader.UNICAST_4ADDRESS, BatadvHeader.ICMP,
                BatadvHeader.UNICAST_TVLV, BatadvHeader.ELP, BatadvHeader.OGM2, BatadvHeader.MULTICAST,
                BatadvHeader.CODED);
    }

    private static byte[] parsedAndEmitted(byte[] original, int type) {
        byte[] copy = original.clone();
        int at = HEADER;
        switch (type) {
            case BatadvHeader.IV_OGM -> {
                while (original.length - at >= OgmIv.HEADER_OCTETS) {
                    OgmIv ogm = valid(OgmIv.parse(original, at, original.length));
                    Arrays.fill(copy, at, at + OgmIv.HEADER_OCTETS + ogm.tvlvOctets(), (byte) 0x55);
                    ogm.emit(copy, at);
                    at += OgmIv.HEADER_OCTETS;
                    copyTvlvs(original, copy, at, at + ogm.tvlvOctets());
                    at += ogm.tvlvOctets();
                }
            }
            case BatadvHeader.BROADCAST -> {
                Arrays.fill(copy, at, at + BroadcastPacket.HEADER_OCTETS, (byte) 0x55);
                valid(BroadcastPacket.parse(original, at, original.length)).emit(copy, at);
            }
            case BatadvHeader.UNICAST, BatadvHeader.UNICAST_4ADDRESS -> {
                UnicastPacket packet = valid(UnicastPacket.parse(original, at, original.length));
                Arrays.fill(copy, at, at + packet.lengthOctets(), (byte) 0x55);
                packet.emit(copy, at);
            }
            case BatadvHeader.UNICAST_TVLV -> {
                UnicastTvlvPacket packet = valid(UnicastTvlvPacket.parse(original, at, original.length));
                Arrays.fill(copy, at, at + UnicastTvlvPacket.HEADER_OCTETS, (byte) 0x55);
                packet.emit(copy, at);
                at += UnicastTvlvPacket.HEADER_OCTETS;
                copyTvlvs(original, copy, at, at + packet.tvlvOctets());
            }
            default -> assertThat(BatadvHeader.headerOctets(type)).isBetween(1, original.length - HEADER);
        }
        return copy;
    }

    private static void copyTvlvs(byte[] original, byte[] copy, int from, int limit) {
        int at = from;
        for (; Tvlv.fits(original, at, limit); at = Tvlv.next(original, at)) {
            int length = Tvlv.valueOctets(original, at);
            int value = Tvlv.value(at);
            Arrays.fill(copy, at, value + length, (byte) 0x55);
            Tvlv.put(copy, at, original[at] & 0xff, original[at + 1] & 0xff, length);
            if (Tvlv.is(original, at, Tvlv.TRANSLATION_TABLE, 1)) {
                TtTvlv tt = valid(TtTvlv.parse(original, value, length));
                assertThat(tt.lengthOctets()).isEqualTo(length);
                tt.emit(copy, value);
            } else if (Tvlv.is(original, at, Tvlv.ROAMING, 1)) {
                valid(RoamTvlv.parse(original, value, length)).emit(copy, value);
            } else {
                System.arraycopy(original, value, copy, value, length);
            }
        }
        if (at != limit) {
            throw new AssertionError("containers end at " + at + " instead of " + limit);
        }
    }

    private static <T> T valid(Decoded<T> decoded) {
        return switch (decoded) {
            case Decoded.Valid<T>(T message) -> message;
            case Decoded.Malformed<T>(String fault, int offset) ->
                    throw new AssertionError(fault + " at octet " + offset);
        };
    }

    /** Checksums that genuine nodes announce, against tables built from their diffs and full answers. */
    @Test
    void everyAnnouncedChecksumIsThatOfTheTable() {
        int[] checked = new int[1];
        for (String capture : Pcap.ALL) {
            if (!capture.startsWith("iv-")) {
                continue;
            }
            Map<Long, Table> tables = new LinkedHashMap<>();
            for (Captured captured : Pcap.read(capture)) {
                if (captured.isBatadv() && captured.whole()) {
                    forEachTable(captured, (originator, tt, response) -> tables
                            .computeIfAbsent(originator, unused -> new Table()).on(tt, response, checked,
                            capture));
                }
            }
        }
        System.out.println("table containers checked: " + checked[0]);
        assertThat(checked[0]).isGreaterThan(2000);
    }

    private interface TableSeen {
        void see(long originator, TtTvlv tt, boolean response);
    }

    private static void forEachTable(Captured captured, TableSeen seen) {
        byte[] octets = captured.octets();
        int at = HEADER;
        if (captured.type() == BatadvHeader.IV_OGM) {
            while (octets.length - at >= OgmIv.HEADER_OCTETS) {
                int tvlvs = at + OgmIv.HEADER_OCTETS;
                int limit = tvlvs + Octets.u16(octets, at + OgmIv.TVLV_OCTETS);
                visit(octets, tvlvs, limit, Octets.mac(octets, at + OgmIv.ORIGINATOR), false, seen);
                at = limit;
            }
        } else if (captured.type() == BatadvHeader.UNICAST_TVLV) {
            int tvlvs = at + UnicastTvlvPacket.HEADER_OCTETS;
            visit(octets, tvlvs, octets.length, Octets.mac(octets, at + UnicastTvlvPacket.SOURCE), true,
                    seen);
        }
    }

    private static void visit(byte[] octets, int from, int limit, long originator, boolean unicast,
            TableSeen seen) {
        for (int c = from; Tvlv.fits(octets, c, limit); c = Tvlv.next(octets, c)) {
            if (Tvlv.is(octets, c, Tvlv.TRANSLATION_TABLE, 1)) {
                TtTvlv tt = valid(TtTvlv.parse(octets, Tvlv.value(c), Tvlv.valueOctets(octets, c)));
                if (!unicast || (tt.flags() & TtTvlv.KIND_MASK) == TtTvlv.RESPONSE) {
                    seen.see(originator, tt, unicast);
                }
            }
        }
    }

    /** What one originator announces, by the rules and nothing of the engine but the checksum. */
    private static final class Table {
        private final Map<Long, Integer> flagsByKey = new LinkedHashMap<>();
        private int ttvn;
        private boolean known;

        void on(TtTvlv tt, boolean response, int[] checked, String capture) {
            boolean full = response && (tt.flags() & TtTvlv.FULL) != 0;
            boolean next = tt.ttvn() == ttvn + 1 && (known || ttvn == 0) && !tt.changes().isEmpty();
            if (full) {
                flagsByKey.clear();
            }
            if (full || next) {
                tt.changes().forEach(change -> {
                    long key = TtKey.of(change.client().bits(), change.vid());
                    if ((change.flags() & TtFlags.DELETE) != 0) {
                        flagsByKey.remove(key);
                    } else {
                        flagsByKey.put(key, change.flags());
                    }
                });
                ttvn = tt.ttvn();
                known = true;
            }
            if (known && tt.ttvn() == ttvn) {
                for (TtTvlv.Vlan vlan : tt.vlans()) {
                    if (crc(vlan.vid()) != vlan.crc()) {
                        throw new AssertionError("checksum in " + capture + ", " + tt);
                    }
                }
                checked[0]++;
            } else {
                known = false;
            }
        }

        private int crc(int vid) {
            int crc = 0;
            for (Map.Entry<Long, Integer> client : flagsByKey.entrySet()) {
                if (TtKey.vid(client.getKey()) == vid) {
                    crc ^= TtCrc.ofKey(client.getKey(), client.getValue());
                }
            }
            return crc;
        }
    }
}
