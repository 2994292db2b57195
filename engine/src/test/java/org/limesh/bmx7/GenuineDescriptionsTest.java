package org.limesh.bmx7;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.Bytes;
import org.limesh.bmx7.wire.ChainLink;
import org.limesh.bmx7.wire.Description;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.Hna6;
import org.limesh.bmx7.wire.IpNet;
import org.limesh.bmx7.wire.TunnelTlv;
import org.limesh.packet.PcapFile;

/** What genuine nodes say of themselves, and the numbers of their originator messages. */
class GenuineDescriptionsTest {
    private static final int IPV6 = 14;
    private static final int UDP = IPV6 + 40;

    record Heard(Ip6Address source, Bmx7Packet packet) {}

    static List<Heard> heard(String... names) {
        List<Heard> heard = new ArrayList<>();
        for (String name : names) {
            for (Frame frame : PcapFile.read("/captures/bmx7/bmx7-" + name + ".pcap")) {
                if (frame.length() > UDP + 8 && frame.u16(12) == 0x86dd && frame.u8(IPV6 + 6) == 17
                        && frame.u16(UDP + 2) == Bmx7Packet.PORT) {
                    byte[] all = frame.toBytes();
                    byte[] octets = Bytes.part(all, UDP + 8, UDP + frame.u16(UDP + 4));
                    heard.add(new Heard(new Ip6Address(Octets.i64(all, IPV6 + 8), Octets.i64(all, IPV6 + 16)),
                            ((Decoded.Valid<Bmx7Packet>) Bmx7Packet.parse(octets)).message()));
                }
            }
        }
        return heard;
    }

    /** Facts of every description whose contents were all heard, by "shortId/descSqn". */
    static Map<String, NodeFacts> facts(List<Heard> heard) {
        Map<Hash, Content> contents = new LinkedHashMap<>();
        List<Description> descriptions = new ArrayList<>();
        for (Heard each : heard) {
            for (Bmx7Frame frame : each.packet.frames()) {
                if (frame instanceof Bmx7Frame.ContentAdv adv) {
                    contents.put(adv.hash(), new Content(adv.hash(), adv.flags(), adv.content()));
                } else if (frame instanceof Bmx7Frame.DescAdv adv) {
                    descriptions.add(((Decoded.Valid<Description>) Description.parse(adv.description())).message());
                }
            }
        }
        Map<String, NodeFacts> facts = new LinkedHashMap<>();
        for (Description description : descriptions) {
            NodeFacts.Reading reading = NodeFacts.read(description, contents::get);
            assertThat(reading).isNotInstanceOf(NodeFacts.Reading.Refused.class);
            if (reading instanceof NodeFacts.Reading.Complete(NodeFacts complete)) {
                facts.put(complete.id().shortId() + "/" + complete.descSqn(), complete);
            }
        }
        return facts;
    }

    @ParameterizedTest
    @CsvSource({"pair, 2", "line3-ab line3-bc, 4", "bigdesc, 2", "wifi4-ij wifi4-kl, 4", "tun-pq tun-qr, 3"})
    void everyDescriptionOfARunIsUnderstood(String names, int least) {
        Map<String, NodeFacts> facts = facts(heard(names.split(" ")));
        assertThat(facts).hasSizeGreaterThanOrEqualTo(least);
        for (NodeFacts each : facts.values()) {
            assertThat(each.hnas().getFirst().network().address()).isEqualTo(each.id().cryptoAddress(0));
            assertThat(each.linkLocals()).isNotEmpty();
            assertThat(each.metric().ogmIntervalS()).isEqualTo(6);
            assertThat(each.hostname()).isNotEmpty();
            assertThat(new HnaRegistry().claim(each.id(), each.hnas())).isNull();
            // The sender counts what it refers to: so do we.
            assertThat(each.description().version().contentCount()).isGreaterThanOrEqualTo(each.contents().size());
        }
    }

    @Test
    void compressedNetworksBehindAListAreReadTogether() {
        NodeFacts big = facts(heard("bigdesc")).values().stream().filter(each -> each.hnas().size() > 2).findFirst()
                .orElseThrow();
        assertThat(big.hash().toString()).startsWith("8099ED95");
        assertThat(big.hnas()).hasSize(261);
        assertThat(big.hnas().getLast().network().lengthBits()).isEqualTo(64);
        // Cutting and compressing it again gives something that is read as the same.
        List<Content> contents = new ArrayList<>();
        Description.Reference again = References.make(Description.HNA6, Hna6.emit(big.hnas()), true, contents);
        assertThat(again.expandedHash().toString()).startsWith("63FB2FD3");
        assertThat(again.lengthOctets()).isEqualTo(4698);
        Map<Hash, Content> known = new LinkedHashMap<>();
        contents.forEach(content -> known.put(content.hash(), content));
        assertThat(References.resolve(again, known::get)).isInstanceOfSatisfying(References.Resolution.Data.class,
                data -> assertThat(data.octets()).isEqualTo(Hna6.emit(big.hnas())));
    }

    @Test
    void tunnelsAreThoseThatTheGatewaysWereToldToOffer() {
        Map<String, NodeFacts> facts = facts(heard("tun-pq", "tun-qr"));
        NodeFacts fast = named(facts, "gwfast");
        assertThat(fast.tunnels().endpoints())
                .containsExactly(Ip6Address.parse("fd71:ab48:b3c:2147:c10c:f820:b399:47c3"));
        assertThat(fast.tunnels().ingress()).containsExactly(new TunnelTlv.Ingress(0, IpNet.parse("10.10.0.0/16")));
        assertThat(fast.tunnels().nets()).containsExactly(
                new TunnelTlv.Net(0, 0, 0xff, IpNet.parse("10.10.3.0/24")),
                new TunnelTlv.Net(0, 0, 0x9b, IpNet.parse("0.0.0.0/0")),
                new TunnelTlv.Net(0, 0, 0xff, IpNet.parse("fd66:66:66:c::/64")),
                new TunnelTlv.Net(0, 0, 0x91, IpNet.parse("::/0")));
        assertThat(named(facts, "gwslow").tunnels().nets()).contains(
                new TunnelTlv.Net(0, 0, 0xff, IpNet.parse("10.10.2.0/24")),
                new TunnelTlv.Net(0, 0, 0x6f, IpNet.parse("0.0.0.0/0")));
        assertThat(fast.hnas()).anyMatch(hna -> !hna.routed() && hna.network().address().equals(
                fast.tunnels().endpoints().getFirst()));
    }

    static NodeFacts named(Map<String, NodeFacts> facts, String hostname) {
        return facts.values().stream().filter(each -> each.hostname().equals(hostname)).reduce((a, b) -> b).orElseThrow();
    }

    /** All but "rsalink", where nobody asked for what the genuine node's description refers to. */
    @ParameterizedTest
    @ValueSource(strings = {"pair", "line3-ab line3-bc", "wifi4-ij wifi4-kl", "tun-pq tun-qr", "bigdesc",
        "tunnel-traffic"})
    void everyOriginatorMessageHasANumberOfItsChain(String names) {
        Map<String, NodeFacts> facts = facts(heard(names.split(" ")));
        for (String name : names.split(" ")) {
            everyOriginatorMessageHasANumberOfItsChain(name, facts);
        }
    }

    private static void everyOriginatorMessageHasANumberOfItsChain(String names, Map<String, NodeFacts> facts) {
        List<ChainTracker> trackers = facts.values().stream().map(ChainTracker::new).toList();
        int numbered = 0;
        for (Heard each : heard(names)) {
            for (Bmx7Frame frame : each.packet.frames()) {
                if (frame instanceof Bmx7Frame.OgmAdv adv) {
                    for (Bmx7Frame.OgmAdv.Entry entry : adv.entries()) {
                        // Whose it is was said by a short id; the chain alone tells too, and nobody else's fits.
                        long fits = trackers.stream()
                                .filter(tracker -> tracker.number(entry.chainOgm(), ChainTracker.DEVIATION) > 0).count();
                        assertThat(fits).as("%s %s", names, entry).isEqualTo(1);
                        numbered++;
                    }
                }
            }
        }
        assertThat(numbered).isGreaterThan(20);
    }

    @Test
    void theNumbersOfThePairAreThoseInItsNotes() {
        List<Heard> heard = heard("pair");
        Map<String, NodeFacts> facts = facts(heard);
        ChainTracker b = new ChainTracker(named(facts, "nodeb"));
        assertThat(b.number(chain("760cc82f05c0cd27ffa36d53006f"), ChainTracker.DEVIATION)).isEqualTo(1);
        assertThat(b.number(chain("760cc82f05c0cd27ffa36d53006e"), 6000)).isEqualTo(ChainTracker.UNKNOWN);
        ChainTracker a = new ChainTracker(named(facts, "nodea"));
        assertThat(a.number(chain("abd13f79147d1f871542b159327c"), ChainTracker.DEVIATION)).isEqualTo(2);
        for (Heard each : heard) {
            for (Bmx7Frame frame : each.packet.frames()) {
                if (frame instanceof Bmx7Frame.OgmAdv adv) {
                    adv.entries().forEach(entry -> a.number(entry.chainOgm(), ChainTracker.DEVIATION));
                }
            }
        }
        assertThat(a.newest()).isEqualTo(9);
        // Older numbers are still recognized.
        assertThat(a.number(chain("abd13f79147d1f871542b159327c"), ChainTracker.DEVIATION)).isEqualTo(2);
    }

    private static ChainLink chain(String digits) {
        return ChainLink.parse(digits);
    }
}
