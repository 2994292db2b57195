package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.FMetric;
import org.limesh.base.Ip6Address;
import org.limesh.base.Rng;
import org.limesh.bmx7.TestMesh.Node;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Frame.IidAdv;
import org.limesh.bmx7.wire.Bmx7Frame.OgmAdv;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.Bytes;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.Description;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.HopHistory;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.bmx7.wire.LinkSignature;
import org.limesh.bmx7.wire.MetricParameters;
import org.limesh.bmx7.wire.RsaPrivateKey;
import org.limesh.bmx7.wire.TrustEntry;
import org.limesh.bmx7.wire.TunnelTlv;

/** Anybody can make a key and become a neighbour; then he may say what he likes, up to a limit. */
class HostileNeighbourTest {
    private static final Ip6Address ADDRESS = Ip6Address.parse("fe80::bad");
    private static final int DESC_SQN = 11;

    /** Speaks with a key of its own, signs everything, and obeys nothing else. */
    private static final class Liar {
        final TestMesh mesh;
        final Node victim;
        final RsaPrivateKey key;
        final OwnDescription.LinkKeys linkKeys;
        final NodeFacts facts;
        Hash victimsDescription;
        int burstSqn;

        Liar(TestMesh mesh, Node victim) {
            this.mesh = mesh;
            this.victim = victim;
            KeySource keys = mesh.keys.forNode(new Rng(666));
            this.key = keys.newRsaKey(6);
            Bmx7Config config = new Bmx7Config(key, 0, "liar", 4, 0, 6000, 6000,
                    MetricParameters.DEFAULT, null, List.of());
            this.linkKeys = OwnDescription.LinkKeys.draw(config, keys);
            ChainLink seed = keys.newChainLink();
            this.facts = OwnDescription.make(config, Announcement.NOTHING, List.of(ADDRESS), linkKeys,
                    DESC_SQN, DESC_SQN, keys.newChainLink(), seed);
        }

        void unsigned(Bmx7Frame... frames) {
            victim.engine.onDatagram(0, ADDRESS, Bmx7Packet.emit(facts.id(), List.of(frames)), mesh.now);
        }

        void signed(Bmx7Frame... frames) {
            victim.engine.onDatagram(0, ADDRESS, packet(true, frames), mesh.now);
        }

        byte[] packet(boolean sound, Bmx7Frame... frames) {
            byte[] behind = new Bmx7Frame.OgmAggSqnAdv(1, 1).emit();
            for (Bmx7Frame frame : frames) {
                behind = Bytes.join(behind, frame.emit());
            }
            Bmx7Frame.SignatureAdv bare = new Bmx7Frame.SignatureAdv(DESC_SQN, burstSqn++, 1, new byte[0]);
            Hash digest = LinkSignature.digest(ADDRESS, bare, behind);
            byte[] signature = new LinkSignature(4, linkKeys.rsa().sign(digest)).emit();
            signature[100] ^= (byte) (sound ? 0 : 1);
            Bmx7Frame.SignatureAdv whole = new Bmx7Frame.SignatureAdv(DESC_SQN, bare.burstSqn(), 1,
                    signature);
            byte[] packet = Bytes.join(Bmx7Packet.emit(facts.id(), List.of(whole)), behind);
            assertThat(Bmx7Packet.parse(packet)).isInstanceOf(Decoded.Valid.class);
            return packet;
        }

        /** Until the victim lets it speak of others. */
        void becomeNeighbour() {
            victim.tap = this::listen;
            victim.engine.announce(new Announcement(List.of(), List.of(), List.of(
                    new Announcement.TunIn("inet4", IpNet.parse("0.0.0.0/0"), 1000))), mesh.now);
            mesh.runSeconds(2);
            victim.tap = payload -> { };
            signed();
            facts.contents().forEach(content -> unsigned(content.frame()));
            unsigned(new Bmx7Frame.DescAdv(facts.description().octets()));
            facts.contents().forEach(content -> unsigned(content.frame()));
            for (int sqn = 1; sqn <= 12; sqn++) {
                signed(new Bmx7Frame.HelloAdv(sqn), new Bmx7Frame.HelloReply(
                        List.of(new Bmx7Frame.HelloReply.Entry(victimsDescription, 255, 1))));
            }
            assertThat(victim.engine.snapshot(mesh.now).links())
                    .anyMatch(link -> link.hostname().equals("liar") && link.usable());
        }

        private void listen(byte[] payload) {
            Bmx7Packet packet = ((Decoded.Valid<Bmx7Packet>) Bmx7Packet.parse(payload)).message();
            for (Bmx7Frame frame : packet.frames()) {
                if (frame instanceof Bmx7Frame.DescAdv adv) {
                    victimsDescription = Hash.of(adv.description());
                }
            }
        }
    }

    private static Hash invented(int number) {
        return Hash.of(new byte[] {(byte) number, (byte) (number >> 8), 2});
    }

    private static ChainLink link(int number) {
        return ChainLink.read(invented(number).toBytes(), 0);
    }

    private static void mention(Liar liar, int from, int count) {
        for (int at = from; at < from + count; at += 16) {
            List<IidAdv.Entry> entries = new ArrayList<>();
            for (int i = at; i < at + 16; i++) {
                entries.add(new IidAdv.Entry(2 + i, 11, link(i), invented(i)));
            }
            liar.signed(new IidAdv(entries));
            if (at % 1600 == 0) {
                liar.mesh.runSeconds(1);
            }
        }
    }

    @Test
    void aNeighbourThatMakesNodesUpFillsItsOwnShareOfTheTableOnly() {
        TestMesh mesh = TestMesh.line(2);
        mesh.runSeconds(20);
        Liar liar = new Liar(mesh, mesh.get(0));
        liar.becomeNeighbour();
        mention(liar, 0, 4080);
        assertThat(mesh.get(0).counters.value("drop.bmx7.mentioned_limit")).isEqualTo(4080 - 1024);
        assertThat(mesh.get(0).counters.value("drop.bmx7.peer_limit")).isZero();
        // Who comes now is learnt as ever.
        Node late = mesh.node();
        mesh.cable(mesh.get(1), late);
        mesh.get(1).stop();
        mesh.get(1).start();
        late.start();
        assertThat(mesh.secondsUntil(mesh::allRoutes, 60)).isBetween(0.0, 60.0);
    }

    @Test
    void badSignaturesAreVerifiedOnceAndAtMostSoManyASecond() {
        TestMesh mesh = TestMesh.line(2);
        mesh.runSeconds(20);
        Node victim = mesh.get(0);
        Liar liar = new Liar(mesh, victim);
        liar.becomeNeighbour();
        mesh.runSeconds(1.5);
        long before = mesh.cache.signaturesVerified();
        byte[] bad = liar.packet(false);
        for (int i = 0; i < 50; i++) {
            victim.engine.onDatagram(0, ADDRESS, bad, mesh.now);
        }
        assertThat(mesh.cache.signaturesVerified() - before).isEqualTo(1);
        assertThat(victim.counters.value("drop.bmx7.rsa_link_signature")).isEqualTo(50);
        for (int i = 0; i < 300; i++) {
            victim.engine.onDatagram(0, ADDRESS, liar.packet(false), mesh.now);
        }
        assertThat(mesh.cache.signaturesVerified() - before)
                .isLessThanOrEqualTo(Bmx7Limits.EFFORT_PER_SENDER);
        assertThat(victim.counters.value("drop.bmx7.verification_limit")).isGreaterThan(200);
        mesh.runSeconds(60);
        assertThat(mesh.allRoutes()).isTrue();
    }

    @Test
    void shortIdsOfANeighbourAreCountedAndForgotten() {
        TestMesh mesh = TestMesh.line(2);
        mesh.runSeconds(20);
        Liar liar = new Liar(mesh, mesh.get(0));
        liar.becomeNeighbour();
        for (int at = 0; at < 9000; at += 30) {
            List<OgmAdv.Entry> entries = new ArrayList<>();
            for (int i = at; i < at + 30; i++) {
                entries.add(new OgmAdv.Entry(link(i), 2 + i, 1, FMetric.MAX, HopHistory.NONE));
            }
            liar.signed(new OgmAdv(1, entries));
            if (at % 1500 == 0) {
                mesh.runSeconds(1);
            }
        }
        assertThat(mesh.get(0).counters.value("drop.bmx7.iid_limit"))
                .isEqualTo(9000 - Bmx7Limits.MAX_IIDS_PER_NEIGHBOUR);
        mesh.runSeconds(100);
        assertThat(mesh.allRoutes()).isTrue();
        // All are forgotten with the liar: what it says after that has room again.
        liar.becomeNeighbour();
        liar.signed(new OgmAdv(1, List.of(new OgmAdv.Entry(link(0), 9001, 1, FMetric.MAX, HopHistory.NONE))));
        assertThat(mesh.get(0).counters.value("drop.bmx7.iid_limit"))
                .isEqualTo(9000 - Bmx7Limits.MAX_IIDS_PER_NEIGHBOUR);
    }

    @Test
    void aSupportedNodeHasItsPlaceThoughTheTableOfStrangersIsFull() {
        TestMesh mesh = new TestMesh();
        Node node = mesh.node();
        Node friend = mesh.node();
        mesh.cable(node, friend);
        node.supports = List.of(new TrustEntry(friend.key.publicKey().nodeId(), 2));
        node.start();
        mesh.runSeconds(2);
        for (int i = 0; i < 1100; i++) {
            node.engine.onDatagram(0, ADDRESS, Bmx7Packet.emit(invented(i),
                    List.of(new Bmx7Frame.SignatureAdv(1, 0, 1, new byte[0]))), mesh.now);
        }
        assertThat(node.counters.value("drop.bmx7.unproven_limit")).isPositive();
        friend.start();
        assertThat(mesh.secondsUntil(mesh::allRoutes, 15)).isBetween(0.0, 15.0);
    }

    /** 100,000 octets of zeros are a hundred on the wire and would be a megabyte in memory. */
    @Test
    void tenThousandNetworksThatCompressToNothingAreRefused() {
        KeySource keys = new LaboratoryKeys(3).forNode(new Rng(3));
        RsaPrivateKey key = keys.newRsaKey(6);
        List<Content> contents = new ArrayList<>();
        Description.Reference node = References.make(Description.NODE_PUBKEY, key.publicKey().emit(), false,
                contents);
        Description.Version version = new Description.Version(21, 2, 11, 11, 6000, keys.newChainLink(),
                keys.newChainLink(), 0);
        for (int count : new int[] {NodeFacts.MAX_TUNNEL_NETS, 10_000}) {
            List<Content> bombs = new ArrayList<>(contents);
            TunnelTlv.Net net = new TunnelTlv.Net(0, 0, 0xff, IpNet.parse("0.0.0.0/0"));
            byte[] nets = TunnelTlv.emitNets(4, Collections.nCopies(count, net));
            byte[] octets = Description.emit(List.of(node,
                    new Description.Inline(Description.DSC_SIGNATURE, new byte[257]),
                    Description.versionTlv(version),
                    References.make(Description.TUN4_NET, nets, true, bombs)));
            Description description = ((Decoded.Valid<Description>) Description.parse(octets)).message();
            NodeFacts.Reading reading = NodeFacts.read(description, hash -> bombs.stream()
                    .filter(content -> content.hash().equals(hash)).findFirst().orElse(null));
            if (count > NodeFacts.MAX_TUNNEL_NETS) {
                assertThat(reading).isEqualTo(new NodeFacts.Reading.Refused("tunnel_networks"));
            } else {
                assertThat(reading).isInstanceOf(NodeFacts.Reading.Complete.class);
            }
            assertThat(bombs.stream().mapToInt(content -> content.body().length).sum()).isLessThan(1000);
        }
    }
}
