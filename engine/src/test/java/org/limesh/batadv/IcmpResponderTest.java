package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Frame;
import org.limesh.batadv.SmallMesh.Node;
import org.limesh.batadv.SmallMesh.Sent;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.IcmpPacket;
import org.limesh.batadv.wire.UnicastPacket;

class IcmpResponderTest {
    private static final int PACKET = 14;

    /** An echo request from the first node of a line to another, handed to the second. */
    private static Frame echo(SmallMesh mesh, int to, int ttl, int octets) {
        Frame frame = Frame.allocate(PACKET + octets);
        frame.putMac(0, mesh.get(1).mac());
        frame.putMac(6, mesh.get(0).mac());
        frame.put16(12, 0x4305);
        UnicastPacket.put(frame.array(), frame.offset() + PACKET, ttl, IcmpPacket.ECHO_REQUEST,
                mesh.get(to).mac());
        frame.put8(PACKET, BatadvHeader.ICMP);
        frame.putMac(PACKET + IcmpPacket.ORIGINATOR, mesh.get(0).mac());
        frame.put8(PACKET + 16, 9);
        frame.put16(PACKET + 18, 77);
        return frame;
    }

    private static Frame lastIcmp(Node node) {
        List<Sent> sent = node.sentSince(0, BatadvHeader.ICMP);
        return sent.getLast().frame();
    }

    private static SmallMesh settled() {
        SmallMesh mesh = SmallMesh.line(3);
        mesh.runSeconds(30);
        return mesh;
    }

    @Test
    void anEchoComesBackFromTheFarEnd() {
        SmallMesh mesh = settled();

        mesh.get(1).engine.onFrame(0, echo(mesh, 2, 50, 20), mesh.now);
        mesh.runSeconds(0.1);

        Frame reply = lastIcmp(mesh.get(1));
        assertThat(reply.mac(0)).isEqualTo(mesh.get(0).mac());
        assertThat(reply.u8(PACKET + 2)).isEqualTo(49);
        assertThat(reply.u8(PACKET + IcmpPacket.MESSAGE_TYPE)).isEqualTo(IcmpPacket.ECHO_REPLY);
        assertThat(reply.mac(PACKET + IcmpPacket.ORIGINATOR)).isEqualTo(mesh.get(2).mac());
        assertThat(reply.mac(PACKET + IcmpPacket.DESTINATION)).isEqualTo(mesh.get(0).mac());
        assertThat(reply.u8(PACKET + 16)).isEqualTo(9);
        assertThat(reply.u16(PACKET + 18)).isEqualTo(77);
    }

    @Test
    void aTracerouteLearnsWhereItsTtlEnded() {
        SmallMesh mesh = settled();

        mesh.get(1).engine.onFrame(0, echo(mesh, 2, 1, 20), mesh.now);

        Frame exceeded = lastIcmp(mesh.get(1));
        assertThat(exceeded.u8(PACKET + IcmpPacket.MESSAGE_TYPE)).isEqualTo(IcmpPacket.TTL_EXCEEDED);
        assertThat(exceeded.mac(PACKET + IcmpPacket.ORIGINATOR)).isEqualTo(mesh.get(1).mac());
        assertThat(exceeded.u8(PACKET + 2)).isEqualTo(50);
    }

    @Test
    void theRouteRecordHoldsEveryInterfaceItCameInOn() {
        SmallMesh mesh = settled();

        mesh.get(1).engine.onFrame(0, echo(mesh, 2, 50, 116), mesh.now);
        mesh.runSeconds(0.1);

        Frame reply = lastIcmp(mesh.get(1));
        int count = reply.u8(PACKET + IcmpPacket.RECORD_COUNT);
        List<Long> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(reply.mac(PACKET + IcmpPacket.RECORDS + 6 * i));
        }
        assertThat(records).containsExactly(mesh.get(1).mac(), mesh.get(2).mac(),
                mesh.get(1).hardifMac(1).bits());
    }

    @Test
    void aFullRouteRecordIsDropped() {
        SmallMesh mesh = settled();
        Frame frame = echo(mesh, 2, 50, 116);
        frame.put8(PACKET + IcmpPacket.RECORD_COUNT, 16);

        mesh.get(1).engine.onFrame(0, frame, mesh.now);

        assertThat(mesh.get(1).sentSince(0, BatadvHeader.ICMP)).isEmpty();
        assertThat(mesh.get(1).counters.value("drop.batadv.icmp_record_full")).isOne();
    }
}
