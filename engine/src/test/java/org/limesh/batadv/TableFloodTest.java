package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.batadv.SmallMesh.Node;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.Tvlv;
import org.limesh.batadv.wire.UnicastTvlvPacket;

/** A neighbour that announces clients without end, or plants them without being asked. */
class TableFloodTest {
    private static final int PACKET = 14;
    private static final int PER_DIFF = 100;

    private static Frame announcement(long sender, long originator, int seqno, int ttvn, long firstClient,
            int vid) {
        List<TtTvlv.Change> changes = new ArrayList<>();
        for (int i = 0; i < PER_DIFF; i++) {
            changes.add(new TtTvlv.Change(0, new MacAddress(firstClient + i), vid));
        }
        TtTvlv table = new TtTvlv(TtTvlv.DIFF, ttvn, List.of(new TtTvlv.Vlan(1, vid)), changes);
        int tvlvOctets = Tvlv.HEADER_OCTETS + table.lengthOctets();
        Frame frame = Frame.allocate(PACKET + OgmIv.HEADER_OCTETS + tvlvOctets);
        frame.putMac(0, 0xffff_ffff_ffffL);
        frame.putMac(6, sender);
        frame.put16(12, 0x4305);
        int at = frame.offset() + PACKET;
        OgmIv.put(frame.array(), at, 50, 0, seqno, originator, originator, 255, tvlvOctets);
        Tvlv.put(frame.array(), at + OgmIv.HEADER_OCTETS, Tvlv.TRANSLATION_TABLE, 1, table.lengthOctets());
        table.emit(frame.array(), Tvlv.value(at + OgmIv.HEADER_OCTETS));
        return frame;
    }

    @Test
    void clientsOfOneOriginatorAreBounded() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(5);
        Node node = mesh.get(0);
        long liar = 0x0266_0000_0001L;

        for (int ttvn = 1; ttvn <= 250; ttvn++) {
            long first = 0x0277_0000_0000L + ttvn * PER_DIFF;
            node.engine.onFrame(0, announcement(liar, liar, ttvn, ttvn, first, 0), mesh.now);
        }

        assertThat(node.engine.globalClientCount()).isBetween(1000, BatadvLimits.CLIENTS_PER_ORIGINATOR + 1);
        assertThat(node.counters.value("tt.rejected.full")).isPositive();
        assertThat(node.events).contains(new BatadvEvent.LimitReached("clients of an originator", 4096));
    }

    @Test
    void clientsOfAllOriginatorsTogetherAreBoundedAndGoWithThem() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(5);
        Node node = mesh.get(0);

        for (int i = 0; i < 20; i++) {
            long liar = 0x0266_0000_0001L + i;
            for (int ttvn = 1; ttvn <= 40; ttvn++) {
                long first = 0x0277_0000_0000L + i * 100_000L + ttvn * PER_DIFF;
                node.engine.onFrame(0, announcement(liar, liar, ttvn, ttvn, first, 0), mesh.now);
            }
        }
        assertThat(node.engine.globalClientCount()).isEqualTo(BatadvLimits.GLOBAL_CLIENTS);
        mesh.runSeconds(405);

        assertThat(node.engine.globalClientCount()).isOne();
    }

    @Test
    void vlansOfOneOriginatorAreBounded() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(5);
        Node node = mesh.get(0);
        long liar = 0x0266_0000_0001L;

        for (int ttvn = 1; ttvn <= 200; ttvn++) {
            node.engine.onFrame(0, announcement(liar, liar, ttvn, ttvn, 0x0277_0000_0000L, 0x8000 + ttvn),
                    mesh.now);
        }

        assertThat(node.engine.globalClientCount()).isBetween(1,
                BatadvLimits.VLANS_PER_ORIGINATOR * PER_DIFF + 1);
    }

    @Test
    void anAnswerThatNobodyAskedForPlantsNothing() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(20);
        Node node = mesh.get(0);
        TtTvlv table = new TtTvlv(TtTvlv.RESPONSE | TtTvlv.FULL, 9, List.of(),
                List.of(new TtTvlv.Change(0, new MacAddress(0x02c1_0000_0001L), 0)));
        int tvlvOctets = Tvlv.HEADER_OCTETS + table.lengthOctets();
        Frame frame = Frame.allocate(PACKET + UnicastTvlvPacket.HEADER_OCTETS + tvlvOctets);
        frame.putMac(0, node.mac());
        frame.putMac(6, mesh.get(1).mac());
        frame.put16(12, 0x4305);
        int at = frame.offset() + PACKET;
        UnicastTvlvPacket.put(frame.array(), at, 50, node.mac(), mesh.get(1).mac(), tvlvOctets);
        int container = at + UnicastTvlvPacket.HEADER_OCTETS;
        Tvlv.put(frame.array(), container, Tvlv.TRANSLATION_TABLE, 1, table.lengthOctets());
        table.emit(frame.array(), Tvlv.value(container));

        node.engine.onFrame(0, frame, mesh.now);

        assertThat(node.engine.bestOriginatorOf(0x02c1_0000_0001L, 0)).isEqualTo(-1);
        assertThat(node.counters.value("tt.rejected.unrequested")).isOne();
    }

    @Test
    void aClientThatFloodsIsHeldBackAndOthersAreNot() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(20);
        Node node = mesh.get(0);

        for (int i = 0; i < 5000; i++) {
            node.fromClient(0x02c1_0000_0001L, 0xffff_ffff_ffffL);
        }
        node.fromClient(0x02c1_0000_0002L, 0xffff_ffff_ffffL);
        mesh.runSeconds(1);
        assertThat(mesh.get(1).delivered).hasSize(201);
        node.fromClient(0x02c1_0000_0001L, 0xffff_ffff_ffffL);
        mesh.runSeconds(0.1);

        assertThat(mesh.get(1).delivered).hasSize(202);
        assertThat(node.counters.value("bcast.limited")).isEqualTo(4800);
    }
}
