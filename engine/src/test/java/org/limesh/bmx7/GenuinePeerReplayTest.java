package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Ip6Address;
import org.limesh.base.Rng;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.DhGroup;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.LinkSignature;
import org.limesh.bmx7.wire.RsaPrivateKey;

/**
 * What a genuine node sent to another one, played to an engine that has that other node's keys. Its description is
 * its own, so replies to hellos are addressed anew, and signed anew with the secret that both had.
 */
class GenuinePeerReplayTest {
    private static final Hash NODE_B = Hash.parse("653accca752eecd3ff50f215444b92ceec27ce33a721ad0e4dd14e57");
    private static final Ip6Address ADDRESS_A = Ip6Address.parse("fe80::b7:ff:fe00:101");

    private static byte[] file(String name) throws IOException {
        try (InputStream in = GenuinePeerReplayTest.class.getResourceAsStream("/captures/bmx7/keys/" + name)) {
            return in.readAllBytes();
        }
    }

    private static BigInteger dhExponent(String node) throws IOException {
        String begin = "dhmX type=17 ";
        return new String(file(node + ".linkkeys.txt"), StandardCharsets.UTF_8).lines().filter(line -> line.startsWith(begin))
                .map(line -> new BigInteger(line.substring(begin.length()), 16)).findFirst().orElseThrow();
    }

    /** Keys of node a where it had some; its private RSA link key is not needed. */
    private static KeySource keysOfA(BigInteger exponent) {
        KeySource others = new LaboratoryKeys(1).forNode(new Rng(1));
        return new KeySource() {
            @Override
            public RsaPrivateKey newRsaKey(int type) {
                return others.newRsaKey(type);
            }

            @Override
            public BigInteger newDhExponent(DhGroup group) {
                return exponent;
            }

            @Override
            public ChainLink newChainLink() {
                return others.newChainLink();
            }
        };
    }

    private static final class Out implements Bmx7Engine.Outbox {
        final List<Bmx7Event> events = new ArrayList<>();
        Hash description;

        @Override
        public void send(int device, byte[] payload) {
            assertThat(Bmx7Packet.parse(payload)).isInstanceOf(Decoded.Valid.class);
        }

        @Override
        public void report(Bmx7Event event) {
            events.add(event);
            if (event instanceof Bmx7Event.DescriptionMade made) {
                description = made.hash();
            }
        }
    }

    @Test
    void aGenuineNodeBecomesNeighbourAndIsRoutedTo() throws IOException {
        BigInteger own = dhExponent("pair-nodea");
        BigInteger theirs = dhExponent("pair-nodeb");
        Hash secret = DhGroup.MODP_2048.sharedSecret(own, DhGroup.MODP_2048.publicKey(theirs));
        Counters counters = new Counters();
        Out out = new Out();
        long now = 0;
        RsaPrivateKey key = RsaPrivateKey.parseDer(file("pair-nodea.rsa.der"));
        Bmx7Engine engine = new Bmx7Engine(Bmx7Config.of(key, 0, "nodea"), keysOfA(own), new VerificationCache(1000), counters,
                new Rng(3), out, now);
        engine.addDevice("eb", ADDRESS_A, LinkLayer.LAN, 0, 0, now);
        now = run(engine, now, 1_000_000_000L);
        for (GenuineDescriptionsTest.Heard each : GenuineDescriptionsTest.heard("pair")) {
            // Packets come 1.46 in a second from node b; its own share of the capture keeps that pace.
            if (each.packet().sender().equals(NODE_B)) {
                engine.onDatagram(0, each.source(), readdressed(each, out.description, secret), now);
                now = run(engine, now, 685_000_000L);
            }
        }
        assertThat(out.events).anyMatch(event -> event instanceof Bmx7Event.LinkUp up && up.hostname().equals("nodeb"));
        Bmx7Snapshot snapshot = engine.snapshot(now);
        assertThat(snapshot.links()).singleElement().satisfies(link -> {
            assertThat(link.rqPercent()).isEqualTo(100);
            assertThat(link.tqPercent()).isEqualTo(100);
        });
        assertThat(engine.routes()).singleElement().satisfies(route -> {
            assertThat(route.network().address()).isEqualTo(NODE_B.cryptoAddress(0));
            assertThat(route.nextHop().linkLocal()).isEqualTo(Ip6Address.parse("fe80::b7:ff:fe00:102"));
        });
        // Not one packet was refused.
        assertThat(counters.snapshot().keySet()).noneMatch(name -> name.startsWith("drop."));
    }

    private static long run(Bmx7Engine engine, long fromNs, long durationNs) {
        long end = fromNs + durationNs;
        while (engine.nextDeadlineNs() - end <= 0) {
            engine.onTimer(Math.max(fromNs, engine.nextDeadlineNs()));
        }
        return end;
    }

    private static byte[] readdressed(GenuineDescriptionsTest.Heard heard, Hash description, Hash secret) {
        List<Bmx7Frame> behind = new ArrayList<>();
        List<Bmx7Frame> before = new ArrayList<>();
        Bmx7Frame.SignatureAdv signature = null;
        for (Bmx7Frame frame : heard.packet().frames()) {
            if (frame instanceof Bmx7Frame.SignatureAdv adv) {
                signature = adv;
            } else if (frame instanceof Bmx7Frame.HelloReply replies) {
                behind.add(new Bmx7Frame.HelloReply(replies.entries().stream().map(entry ->
                        new Bmx7Frame.HelloReply.Entry(description, entry.rxLq(), entry.receiverDevIdx())).toList()));
            } else {
                (signature == null ? before : behind).add(frame);
            }
        }
        if (signature != null && signature.signatures().length > 0) {
            byte[] whole = Bmx7Packet.emit(heard.packet().sender(), behind);
            byte[] signed = Arrays.copyOfRange(whole, Bmx7Packet.HEADER_OCTETS, whole.length);
            byte[] mac = DhGroup.mac(LinkSignature.digest(heard.source(), signature, signed), secret).toBytes();
            signature = new Bmx7Frame.SignatureAdv(signature.descSqn(), signature.burstSqn(), signature.devIdx(),
                    new LinkSignature(17, mac).emit());
        }
        List<Bmx7Frame> frames = new ArrayList<>(before);
        if (signature != null) {
            frames.add(signature);
        }
        frames.addAll(behind);
        return Bmx7Packet.emit(heard.packet().sender(), frames);
    }
}
