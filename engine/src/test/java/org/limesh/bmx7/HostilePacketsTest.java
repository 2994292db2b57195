package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip6Address;
import org.limesh.base.Rng;
import org.limesh.bmx7.TestMesh.Node;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.TrustEntry;

/** Whoever can send packets can at most be counted. */
class HostilePacketsTest {
    private static final Ip6Address STRANGER = Ip6Address.parse("fe80::bad");

    private static Hash id(int number) {
        return Hash.of(new byte[] {(byte) number, (byte) (number >> 8), 1});
    }

    @Test
    void nothingIsLeftBehindTheLastFrameAndNobodyElsesRestIsAccepted() {
        TestMesh mesh = TestMesh.line(2);
        mesh.runSeconds(10);
        byte[] deadly = new byte[32];
        deadly[0] = 21;
        deadly[30] = 0x60;
        mesh.get(0).engine.onDatagram(0, STRANGER, deadly, mesh.now);
        assertThat(mesh.get(0).counters.value("drop.bmx7.trailing_octets")).isEqualTo(1);
    }

    @Test
    void aThousandAndMoreInventedIdsFillTheTableOfStrangersAndNothingElse() {
        TestMesh mesh = TestMesh.line(2);
        mesh.runSeconds(20);
        for (int i = 0; i < 3000; i++) {
            mesh.get(0).engine.onDatagram(0, STRANGER,
                    Bmx7Packet.emit(id(i), List.of(new Bmx7Frame.SignatureAdv(1, 0, 1, new byte[0]))), mesh.now);
        }
        assertThat(mesh.get(0).counters.value("drop.bmx7.unproven_limit")).isEqualTo(3000 - 1024);
        mesh.runSeconds(60);
        assertThat(mesh.allRoutes()).isTrue();
        assertThat(mesh.get(0).engine.snapshot(mesh.now).originators()).hasSize(1);
    }

    @Test
    void packetsWithoutAValidMacMoveNothing() {
        TestMesh mesh = TestMesh.line(3);
        mesh.runSeconds(40);
        Hash victim = mesh.get(1).key.publicKey().nodeId();
        Bmx7Frame.SignatureAdv forged = new Bmx7Frame.SignatureAdv(mesh.get(1).lastDescSqn, 1 << 30, 1, new byte[0]);
        byte[] packet = Bmx7Packet.emit(victim, List.of(forged, new Bmx7Frame.OgmAggSqnAdv(9, 256),
                new Bmx7Frame.HelloAdv(7)));
        mesh.get(0).engine.onDatagram(0, mesh.get(1).address(0), packet, mesh.now);
        // From an address that the victim never announced it is dropped outright.
        mesh.get(0).engine.onDatagram(0, STRANGER, packet, mesh.now);
        assertThat(mesh.get(0).counters.value("drop.bmx7.link_local_not_announced")).isEqualTo(1);
        mesh.runSeconds(10);
        assertThat(mesh.allRoutes()).isTrue();
        assertThat(mesh.get(0).counters.value("drop.bmx7.burst_replayed")).isZero();
    }

    @Test
    void replayedPacketsOfANeighbourAreCountedAndIgnored() {
        TestMesh mesh = TestMesh.line(2);
        mesh.runSeconds(20);
        Recorder recorder = new Recorder(mesh.get(1));
        mesh.runSeconds(5);
        List<byte[]> old = List.copyOf(recorder.payloads);
        mesh.runSeconds(5);
        old.forEach(payload -> mesh.get(0).engine.onDatagram(0, mesh.get(1).address(0), payload, mesh.now));
        assertThat(mesh.get(0).counters.value("drop.bmx7.burst_replayed")).isGreaterThanOrEqualTo(old.size() - 1);
        mesh.runSeconds(10);
        assertThat(mesh.allRoutes()).isTrue();
    }

    /** Hears what a node sends, as a third one on the cable. */
    private static final class Recorder {
        final List<byte[]> payloads = new ArrayList<>();

        Recorder(Node speaker) {
            speaker.tap = payloads::add;
        }
    }

    @Test
    void damagedCopiesOfEverythingSaidHurtNobody() {
        TestMesh mesh = TestMesh.line(3);
        Rng rng = new Rng(5);
        for (Node node : mesh.nodes) {
            node.tap = payload -> {
                byte[] damaged = payload.clone();
                for (int i = 0; i <= rng.nextInt(3); i++) {
                    damaged[rng.nextInt(damaged.length)] ^= (byte) (1 << rng.nextInt(8));
                }
                for (Node other : mesh.nodes) {
                    if (other != node && other.engine != null) {
                        for (int device = 0; device < other.links.size(); device++) {
                            if (other.links.get(device).nodes.contains(node)) {
                                other.engine.onDatagram(device, node.address(node.links.indexOf(other.links.get(device))),
                                        damaged, mesh.now);
                            }
                        }
                    }
                }
            };
        }
        assertThat(mesh.secondsUntil(mesh::allRoutes, 60)).isBetween(0.0, 60.0);
        mesh.runSeconds(60);
        assertThat(mesh.allRoutes()).isTrue();
        assertThat(mesh.nodes.stream().mapToLong(Node::drops).sum()).isPositive();
    }

    @Test
    void anUntrustedRelayDoesNotCarryTraffic() {
        TestMesh mesh = new TestMesh();
        for (int i = 0; i < 3; i++) {
            mesh.node();
        }
        mesh.cable(mesh.get(0), mesh.get(1));
        mesh.cable(mesh.get(1), mesh.get(2));
        // The third node trusts only the first one to forward what leads to it.
        mesh.get(2).trusts = List.of(new TrustEntry(mesh.get(0).key.publicKey().nodeId(), 2));
        mesh.nodes.forEach(Node::start);
        mesh.runSeconds(60);
        assertThat(mesh.get(0).routeTo(mesh.get(1))).isNotNull();
        assertThat(mesh.get(1).routeTo(mesh.get(2))).isNotNull();
        assertThat(mesh.get(0).routeTo(mesh.get(2))).isNull();
        assertThat(mesh.get(0).counters.value("drop.bmx7.ogm_untrusted_relay")).isPositive();
    }

    @Test
    void ownPacketsComingBackAreIgnoredAndAThiefOfTheAddressIsCounted() {
        TestMesh mesh = TestMesh.line(2);
        mesh.runSeconds(10);
        Node node = mesh.get(0);
        byte[] own = Bmx7Packet.emit(node.key.publicKey().nodeId(), List.of());
        node.engine.onDatagram(0, node.address(0), own, mesh.now);
        assertThat(node.drops()).isZero();
        node.engine.onDatagram(0, STRANGER, own, mesh.now);
        assertThat(node.counters.value("drop.bmx7.own_id_of_somebody_else")).isEqualTo(1);
        node.engine.onDatagram(0, node.address(0), Bmx7Packet.emit(id(1), List.of()), mesh.now);
        assertThat(node.counters.value("drop.bmx7.own_address_of_somebody_else")).isEqualTo(1);
    }
}
