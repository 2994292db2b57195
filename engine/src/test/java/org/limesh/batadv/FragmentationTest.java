package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.base.Rng;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.FragmentPacket;

/** Packets that are too long for a link. */
class FragmentationTest {
    private static final long ANA = 0x02c1_0000_0001L;
    private static final long BETO = 0x02c1_0000_0002L;

    /** 1 -- 2 -- 3, where the second link carries {@code mtuOctets} only. */
    private static SmallMesh line(int mtuOctets) {
        SmallMesh mesh = new SmallMesh();
        mesh.node(BatadvConfig.withInterval(1000)).addHardif(false);
        SmallMesh.Node middle = mesh.node(BatadvConfig.withInterval(1000));
        middle.addHardif(false);
        middle.addHardif(false, mtuOctets);
        mesh.node(BatadvConfig.withInterval(1000)).addHardif(false, mtuOctets);
        mesh.link(0, 0, 1, 0);
        mesh.link(1, 1, 2, 0);
        mesh.get(0).fromClient(ANA, Mesh.BROADCAST_MAC);
        mesh.get(2).fromClient(BETO, Mesh.BROADCAST_MAC);
        mesh.runSeconds(30);
        mesh.nodes.forEach(node -> node.delivered.clear());
        return mesh;
    }

    private static Frame longFrame(long source, long destination, int octets) {
        Frame frame = Frame.allocate(octets);
        frame.putMac(0, destination);
        frame.putMac(6, source);
        frame.put16(12, 0x0800);
        for (int at = 14; at < octets; at++) {
            frame.put8(at, at * 7);
        }
        return frame;
    }

    @ParameterizedTest
    @CsvSource({
        // Lengths that the genuine kernel made of the same packets on a link of 600 octets.
        "1442, 484 484 484",
        "1042, 526 526",
        "602, 306 306",
        "542, 552"
    })
    void cutsIntoTheSamePartsAsTheKernel(int frameOctets, String payloads) {
        SmallMesh mesh = line(600);
        SmallMesh.Node middle = mesh.get(1);
        long since = mesh.now;
        Frame frame = longFrame(ANA, BETO, frameOctets);
        mesh.get(0).engine.onMeshFrame(frame, mesh.now);
        mesh.runSeconds(0.1);
        List<Integer> sent = new ArrayList<>();
        for (SmallMesh.Sent each : middle.sent) {
            if (each.atNs() >= since && each.hardif() == 1 && each.type() >= BatadvHeader.UNICAST_MIN) {
                int header = each.type() == BatadvHeader.UNICAST_FRAGMENT ? 14 + FragmentPacket.HEADER_OCTETS : 14;
                sent.add(each.frame().length() - header);
            }
        }
        assertThat(sent.stream().map(String::valueOf).toList()).containsExactly(payloads.split(" "));
        assertThat(mesh.get(2).delivered).hasSize(1);
        assertThat(mesh.get(2).delivered.getFirst().sameOctets(frame)).isTrue();
    }

    @Test
    void aNodeBeforeALongerLinkJoinsWhatItCanCarryWhole() {
        SmallMesh mesh = line(600);
        long since = mesh.now;
        Frame frame = longFrame(BETO, ANA, 1400);
        mesh.get(2).engine.onMeshFrame(frame, mesh.now);
        mesh.runSeconds(0.1);
        assertThat(mesh.get(1).sentSince(since, BatadvHeader.UNICAST_FRAGMENT)).isEmpty();
        assertThat(mesh.get(1).sentSince(since, BatadvHeader.UNICAST)).hasSize(1);
        assertThat(mesh.get(0).delivered.getFirst().sameOctets(frame)).isTrue();
    }

    @Test
    void joinsWhatTheKernelCut() {
        Counters counters = new Counters();
        Mesh mesh = new Mesh(BatadvConfig.withInterval(1000), MacAddress.ZERO, counters, null);
        Reassembler reassembler = new Reassembler(mesh);
        List<Integer> joined = new ArrayList<>();
        int parts = 0;
        for (Pcap.Captured captured : Pcap.read("iv-frag-n3")) {
            if (captured.isBatadv() && captured.type() == BatadvHeader.UNICAST_FRAGMENT) {
                parts++;
                Frame whole = reassembler.add(captured.frame(), captured.atNs());
                if (whole != null) {
                    // The inner IPv4 header says how long the packet is: the parts came together in the right order.
                    int inner = 14 + 10 + 14;
                    assertThat(whole.u16(14 + 10 + 12)).isEqualTo(0x0800);
                    assertThat(whole.u16(inner + 2)).isEqualTo(whole.length() - inner);
                    joined.add(whole.length() - 14);
                }
            }
        }
        assertThat(parts).isPositive();
        assertThat(joined).contains(1452, 1052, 612);
        assertThat(counters.value("frag.dropped.inconsistent")).isZero();
    }

    @Test
    void boundsWhatWaitsForMissingParts() {
        Counters counters = new Counters();
        Reassembler reassembler = new Reassembler(
                new Mesh(BatadvConfig.withInterval(1000), MacAddress.ZERO, counters, null));
        Rng rng = new Rng(1);
        for (int i = 0; i < 20_000; i++) {
            Frame part = Frame.allocate(14 + FragmentPacket.HEADER_OCTETS + 1000);
            FragmentPacket.put(part.array(), part.offset() + 14, 50, rng.nextInt(16), 0x0200_0000_0001L,
                    0x0200_0000_0000L | rng.nextInt(3000) << 8, rng.nextInt(0x10000), 10_000);
            reassembler.add(part, i);
        }
        assertThat(counters.value("frag.dropped.full")).isPositive();
        reassembler.purge(11 * SmallMesh.SECOND);
        Frame part = Frame.allocate(14 + FragmentPacket.HEADER_OCTETS + 100);
        FragmentPacket.put(part.array(), part.offset() + 14, 50, 0, 1L << 41, 0x0200_0000_0001L, 1, 200);
        long before = counters.value("frag.dropped.full");
        reassembler.add(part, 11 * SmallMesh.SECOND);
        assertThat(counters.value("frag.dropped.full")).isEqualTo(before);
    }

    @Test
    void aPartInsideAPartIsDropped() {
        Counters counters = new Counters();
        Reassembler reassembler = new Reassembler(
                new Mesh(BatadvConfig.withInterval(1000), MacAddress.ZERO, counters, null));
        Frame inner = Frame.allocate(14 + FragmentPacket.HEADER_OCTETS + 60);
        FragmentPacket.put(inner.array(), inner.offset() + 14, 50, 0, 1L << 41, 0x0200_0000_0001L, 1, 60);
        FragmentPacket.put(inner.array(), inner.offset() + 14 + FragmentPacket.HEADER_OCTETS, 50, 0, 1L << 41,
                0x0200_0000_0001L, 1, 60);
        assertThat(reassembler.add(inner, 0)).isNull();
        assertThat(counters.value("frag.dropped.inconsistent")).isEqualTo(1);
        assertThat(Octets.u8(inner.array(), inner.offset() + 14)).isEqualTo(BatadvHeader.UNICAST_FRAGMENT);
    }
}
