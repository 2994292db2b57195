package org.limesh.bmx7.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.base.Decoded;
import org.limesh.base.FMetric;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;
import org.limesh.packet.PcapFile;

/** Captures of genuine daemons: everything in them parses, and every hash, signature and MAC verifies. */
class GenuineCapturesTest {
    private static final int IPV6 = 14;
    private static final int UDP = IPV6 + 40;
    private static final int PAYLOAD = UDP + 8;

    /** A packet with the address it came from. */
    private record Heard(Ip6Address source, Bmx7Packet packet, byte[] octets) {}

    private static List<Heard> heard(String name) {
        List<Heard> heard = new ArrayList<>();
        for (Frame frame : PcapFile.read("/captures/bmx7/bmx7-" + name + ".pcap")) {
            if (frame.length() > PAYLOAD && frame.u16(12) == 0x86dd && frame.u8(IPV6 + 6) == 17
                    && frame.u16(UDP + 2) == Bmx7Packet.PORT) {
                byte[] all = frame.toBytes();
                byte[] octets = Bytes.part(all, PAYLOAD, UDP + frame.u16(UDP + 4));
                Ip6Address source = new Ip6Address(Octets.i64(all, IPV6 + 8), Octets.i64(all, IPV6 + 16));
                assertThat(Bmx7Packet.parse(octets)).as(name).isInstanceOf(Decoded.Valid.class);
                heard.add(new Heard(source, ((Decoded.Valid<Bmx7Packet>) Bmx7Packet.parse(octets)).message(), octets));
            }
        }
        assertThat(heard).as(name).isNotEmpty();
        return heard;
    }

    /** What a run tells about its nodes, from all captures taken in it. */
    private static final class Knowledge {
        final Map<Hash, byte[]> contents = new HashMap<>();
        final Map<String, Description> descriptions = new LinkedHashMap<>();

        Knowledge(List<Heard> heard) {
            for (Heard each : heard) {
                for (Bmx7Frame frame : each.packet.frames()) {
                    if (frame instanceof Bmx7Frame.ContentAdv content) {
                        contents.put(content.hash(), content.content());
                    } else if (frame instanceof Bmx7Frame.DescAdv advertised) {
                        Decoded<Description> decoded = Description.parse(advertised.description());
                        assertThat(decoded).isInstanceOf(Decoded.Valid.class);
                        Description description = ((Decoded.Valid<Description>) decoded).message();
                        descriptions.put(description.nodeId() + "/" + description.version().descSqn(), description);
                    }
                }
            }
        }

        /** Data of a description's entry that is short enough to be inline or one content; null when not heard. */
        byte[] data(Description description, int realType) {
            return switch (description.find(realType)) {
                case Description.Inline inline -> inline.body();
                case Description.Reference reference -> contents.get(reference.expandedHash());
                case null -> null;
            };
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pair", "line3-ab", "line3-bc", "rsalink", "bigdesc", "wifi4-ij", "wifi4-kl", "tun-pq", "tun-qr",
        "tunnel-traffic"})
    void everyPacketIsEmittedAsItWasRead(String name) {
        for (Heard each : heard(name)) {
            byte[] again = Bmx7Packet.emit(each.packet.sender(), each.packet.frames());
            again[0] = each.octets[0];
            assertThat(again).as(name).isEqualTo(each.octets);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pair", "line3-ab", "line3-bc", "rsalink", "bigdesc", "wifi4-ij", "wifi4-kl", "tun-pq", "tun-qr",
        "tunnel-traffic"})
    void everyDescriptionIsSignedByTheKeyItNames(String name) {
        Knowledge knowledge = new Knowledge(heard(name));
        assertThat(knowledge.descriptions).isNotEmpty();
        int verified = 0;
        for (Description description : knowledge.descriptions.values()) {
            byte[] key = knowledge.contents.get(description.nodeId());
            if (key == null) {
                continue;
            }
            RsaKey rsa = RsaKey.parse(key);
            assertThat(rsa.nodeId()).isEqualTo(description.nodeId());
            byte[] signature = description.signature();
            assertThat(signature[0]).isEqualTo((byte) rsa.type());
            assertThat(rsa.verify(Hash.of(description.signedPart()), Bytes.part(signature, 1, signature.length)))
                    .as("%s %s", name, description.nodeId().shortId()).isTrue();
            assertThat(Description.emit(description.tlvs())).isEqualTo(description.octets());
            verified++;
        }
        assertThat(verified).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "pair, 153, pair-nodea pair-nodeb",
        "line3-ab, 288, line3-nodea line3-nodeb line3-nodec",
        "line3-bc, 223, line3-nodea line3-nodeb line3-nodec",
        "bigdesc, 83, bigdesc-nodem bigdesc-noden",
        "wifi4-ij, 319, wifi4-nodei wifi4-nodej wifi4-nodek wifi4-nodel",
        "wifi4-kl, 273, wifi4-nodei wifi4-nodej wifi4-nodek wifi4-nodel",
        "tun-pq, 244, tun-client tun-gwslow tun-gwfast",
        "tun-qr, 256, tun-client tun-gwslow tun-gwfast"
    })
    void everyMacOfALinkVerifies(String name, int expectedMacs, String keys) throws IOException {
        List<Heard> heard = heard(name);
        List<BigInteger> secrets = new ArrayList<>();
        for (String key : keys.split(" ")) {
            secrets.add(new BigInteger(linkKey(key, "dhmX type=17 "), 16));
        }
        // The shared secrets of all pairs of nodes; a MAC must be made with one of them.
        List<Hash> shared = new ArrayList<>();
        for (BigInteger mine : secrets) {
            for (BigInteger theirs : secrets) {
                shared.add(DhGroup.MODP_2048.sharedSecret(mine, DhGroup.MODP_2048.publicKey(theirs)));
            }
        }
        int macs = 0;
        for (Heard each : heard) {
            for (Bmx7Frame frame : each.packet.frames()) {
                if (frame instanceof Bmx7Frame.SignatureAdv advertised) {
                    Hash digest = LinkSignature.digest(each.source, advertised, each.packet.signed());
                    for (LinkSignature signature : signatures(advertised)) {
                        ChainLink mac = ChainLink.read(signature.octets(), 0);
                        assertThat(shared).anyMatch(secret -> DhGroup.mac(digest, secret).equals(mac));
                        macs++;
                    }
                }
            }
        }
        assertThat(macs).isEqualTo(expectedMacs);
    }

    @Test
    void everyRsaLinkSignatureVerifies() throws IOException {
        List<Heard> heard = heard("rsalink");
        Knowledge knowledge = new Knowledge(heard);
        Map<Hash, RsaKey> keys = new HashMap<>();
        knowledge.descriptions.values().forEach(description -> {
            byte[] key = knowledge.data(description, Description.RSA_LINK_PUBKEY);
            if (key != null) {
                keys.put(description.nodeId(), RsaKey.parse(key));
            }
        });
        Hash genuine = Hash.parse("73805cbb6b435cd2197607c3eb8618b40f1ba3a6887290678c28b4b0");
        String numbers = linkKey("rsalink-genuine", "rsaLink type=4 n=");
        keys.put(genuine, new RsaKey(4, new BigInteger(numbers.substring(0, numbers.indexOf(' ')), 16)));
        Map<Hash, Integer> verified = new HashMap<>();
        for (Heard each : heard) {
            for (Bmx7Frame frame : each.packet.frames()) {
                if (frame instanceof Bmx7Frame.SignatureAdv advertised) {
                    Hash digest = LinkSignature.digest(each.source, advertised, each.packet.signed());
                    for (LinkSignature signature : signatures(advertised)) {
                        assertThat(keys.get(each.packet.sender()).verify(digest, signature.octets())).isTrue();
                        verified.merge(each.packet.sender(), 1, Integer::sum);
                    }
                }
            }
        }
        assertThat(verified).containsEntry(genuine, 51)
                .containsEntry(Hash.parse("9e58f8d9b7641519d9a50ff11d232c385343d9b540aa1bdd9047cce8"), 55);
    }

    private static List<LinkSignature> signatures(Bmx7Frame.SignatureAdv frame) {
        Decoded<List<LinkSignature>> decoded = LinkSignature.parse(frame.signatures());
        assertThat(decoded).isInstanceOf(Decoded.Valid.class);
        return ((Decoded.Valid<List<LinkSignature>>) decoded).message();
    }

    private static String linkKey(String node, String begin) throws IOException {
        try (InputStream in = GenuineCapturesTest.class.getResourceAsStream("/captures/bmx7/keys/" + node + ".linkkeys.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> line.startsWith(begin)).map(line -> line.substring(begin.length()))
                    .findFirst().orElseThrow();
        }
    }

    @Test
    void ownSignaturesAreTheGenuineOnes() throws IOException {
        try (InputStream in = GenuineCapturesTest.class.getResourceAsStream("/captures/bmx7/keys/pair-nodea.rsa.der")) {
            byte[] der = in.readAllBytes();
            RsaPrivateKey key = RsaPrivateKey.parseDer(der);
            assertThat(key.emitDer()).isEqualTo(der);
            Knowledge knowledge = new Knowledge(heard("pair"));
            Description description = knowledge.descriptions.values().stream()
                    .filter(each -> each.nodeId().equals(key.publicKey().nodeId())).findFirst().orElseThrow();
            assertThat(key.sign(Hash.of(description.signedPart())))
                    .isEqualTo(Bytes.part(description.signature(), 1, description.signature().length));
            assertThat(description.hash()).isEqualTo(
                    Hash.parse("3dbe13cf99c7b8a96c1d112c9473c76552c42be7d840a7817e53e46d"));
            assertThat(description.version().sumOctets()).isEqualTo(702);
            assertThat(description.version().contentCount()).isEqualTo(8);
        }
    }

    @Test
    void metricsAreThoseOfTheGenuineDaemon() {
        assertThat(FMetric.MAX).isEqualTo(257_698_037_760L);
        assertThat(FMetric.rounded11(15_686_274)).isEqualTo(15_597_568);
        assertThat(FMetric.encode11(15_686_274)).isEqualTo(17 << 6 | 55);
        assertThat(FMetric.rounded11(999_999_999)).isEqualTo(998_244_352);
        assertThat(FMetric.encode8(1_000_000)).isEqualTo(0x6f);
        assertThat(FMetric.decode8(0x6f)).isEqualTo(983_040);
        assertThat(FMetric.decode8(0x9b)).isEqualTo(46_137_344);
        assertThat(FMetric.encode8(50_000_000)).isEqualTo(0x9b);
        assertThat(FMetric.decode8(FMetric.encode8(1000))).isEqualTo(960);
        assertThat(FMetric.encode8(20_000_000)).isEqualTo(0x91);
    }

    @Test
    void aTruncatedOrDamagedPacketIsRefusedOrHarmless() {
        for (Heard each : heard("pair").subList(0, 60)) {
            for (int length = 0; length < each.octets.length; length += 3) {
                Bmx7Packet.parse(Bytes.part(each.octets, 0, length));
            }
            for (int bit = 0; bit < each.octets.length * 8; bit += 7) {
                byte[] flipped = each.octets.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                if (Bmx7Packet.parse(flipped) instanceof Decoded.Valid<Bmx7Packet>(Bmx7Packet packet)) {
                    for (Bmx7Frame frame : packet.frames()) {
                        if (frame instanceof Bmx7Frame.DescAdv advertised) {
                            Description.parse(advertised.description());
                        } else if (frame instanceof Bmx7Frame.SignatureAdv advertised) {
                            LinkSignature.parse(advertised.signatures());
                        }
                    }
                }
            }
        }
    }
}
