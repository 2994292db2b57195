package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.batadv.SmallMesh.Node;
import org.limesh.batadv.SmallMesh.Sent;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.batadv.wire.RoamTvlv;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.Tvlv;
import org.limesh.batadv.wire.UnicastPacket;
import org.limesh.batadv.wire.UnicastTvlvPacket;

class TranslationTableTest {
    private static final long CLIENT = 0x02c1_0000_000bL;
    private static final long OTHER = 0x02c1_0000_000cL;
    private static final long EVERYBODY = 0xffff_ffff_ffffL;
    private static final int PACKET = 14;
    private static final int FIRST_TVLV = PACKET + UnicastTvlvPacket.HEADER_OCTETS;

    /** Tables in the own OGMs that a node sent on one interface since a time. */
    private static List<TtTvlv> announced(Node node, long since) {
        List<TtTvlv> tables = new ArrayList<>();
        for (Sent sent : node.sentSince(since, BatadvHeader.IV_OGM)) {
            Frame frame = sent.frame();
            if (sent.hardif() == 0 && frame.mac(PACKET + OgmIv.ORIGINATOR) == node.mac()) {
                tables.add(table(frame, PACKET + OgmIv.HEADER_OCTETS));
            }
        }
        return tables;
    }

    private static TtTvlv table(Frame frame, int tvlvAt) {
        int at = frame.offset() + tvlvAt;
        Decoded<TtTvlv> decoded = TtTvlv.parse(frame.array(), Tvlv.value(at), Tvlv.valueOctets(frame.array(),
                at));
        return ((Decoded.Valid<TtTvlv>) decoded).message();
    }

    private static List<TtTvlv> unicastTables(Node node, long since, int kind) {
        return node.sentSince(since, BatadvHeader.UNICAST_TVLV).stream()
                .filter(sent -> sent.frame().u8(FIRST_TVLV) == Tvlv.TRANSLATION_TABLE)
                .map(sent -> table(sent.frame(), PACKET + UnicastTvlvPacket.HEADER_OCTETS))
                .filter(tt -> (tt.flags() & TtTvlv.KIND_MASK) == kind).toList();
    }

    @Test
    void theFirstTableHasVersionOneAndHoldsTheMeshAddress() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(3);

        TtTvlv first = announced(mesh.get(0), 0).getFirst();

        assertThat(first.ttvn()).isOne();
        assertThat(first.changes()).containsExactly(new TtTvlv.Change(0, mesh.get(0).meshMac(), 0));
        assertThat(first.vlans()).containsExactly(
                new TtTvlv.Vlan(TtCrc.ofClient(mesh.get(0).meshMac().bits(), 0, 0), 0));
    }

    @Test
    void aDiffIsInFourOgmsAndThenGone() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(20);
        long start = mesh.now;

        mesh.get(0).fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(10);

        List<TtTvlv> tables = announced(mesh.get(0), start);
        assertThat(tables.stream().filter(tt -> !tt.changes().isEmpty())).hasSize(4)
                .allSatisfy(tt -> assertThat(tt.ttvn()).isEqualTo(2));
        assertThat(tables.getLast().changes()).isEmpty();
        assertThat(mesh.get(1).engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(mesh.get(0).mac());
        assertThat(unicastTables(mesh.get(1), 0, TtTvlv.REQUEST)).isEmpty();
    }

    @Test
    void aClientThatComesAndGoesBetweenTwoOgmsIsNeverAnnounced() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(20);
        Node node = mesh.get(0);
        LocalTranslationTable local = new LocalTranslationTable(meshOf(node));
        LocalClient client = local.add(TtKey.of(CLIENT, 0), 0, 0);

        local.remove(client, false);
        local.commit();

        assertThat(local.ttvn()).isZero();
        assertThat(local.size()).isZero();
    }

    private static Mesh meshOf(Node node) {
        return new Mesh(BatadvConfig.withInterval(1000), node.meshMac(), node.counters, node);
    }

    @Test
    void whoMissedADiffAsksForTheFullTableAndGetsIt() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(20);
        Node announcer = mesh.get(0);
        Node asker = mesh.get(1);
        announcer.links.getFirst().loses = sender -> sender == announcer;
        announcer.fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(2);
        announcer.fromClient(OTHER, EVERYBODY);
        mesh.runSeconds(8);
        long start = mesh.now;

        announcer.links.getFirst().loses = sender -> false;
        mesh.runSeconds(3);

        assertThat(unicastTables(asker, start, TtTvlv.REQUEST)).hasSize(1)
                .allSatisfy(tt -> assertThat(tt.flags()).isEqualTo(TtTvlv.REQUEST | TtTvlv.FULL));
        assertThat(unicastTables(announcer, start, TtTvlv.RESPONSE)).hasSize(1).allSatisfy(tt -> {
            assertThat(tt.flags()).isEqualTo(TtTvlv.RESPONSE | TtTvlv.FULL);
            assertThat(tt.changes()).hasSize(3);
        });
        assertThat(asker.engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(announcer.mac());
        assertThat(asker.engine.bestOriginatorOf(OTHER, 0)).isEqualTo(announcer.mac());
    }

    @Test
    void whoMissedOneDiffOnlyAsksForThat() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(20);
        Node announcer = mesh.get(0);
        announcer.links.getFirst().loses = sender -> sender == announcer;
        announcer.fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(8);
        long start = mesh.now;

        announcer.links.getFirst().loses = sender -> false;
        mesh.runSeconds(3);

        assertThat(unicastTables(mesh.get(1), start, TtTvlv.REQUEST)).extracting(TtTvlv::flags)
                .containsExactly(TtTvlv.REQUEST);
        assertThat(unicastTables(announcer, start, TtTvlv.RESPONSE)).extracting(TtTvlv::flags)
                .containsExactly(TtTvlv.RESPONSE);
        assertThat(mesh.get(1).engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(announcer.mac());
    }

    @Test
    void aNodeOnTheWayAnswersInPlaceOfTheOneThatIsAsked() {
        SmallMesh mesh = SmallMesh.line(3);
        mesh.runSeconds(20);
        Node far = mesh.get(0);
        Node middle = mesh.get(1);
        Node asker = mesh.get(2);
        far.fromClient(OTHER, EVERYBODY);
        mesh.runSeconds(8);
        asker.links.getFirst().loses = sender -> sender == middle;
        far.fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(8);
        long start = mesh.now;

        asker.links.getFirst().loses = sender -> false;
        mesh.runSeconds(3);

        assertThat(unicastTables(asker, start, TtTvlv.REQUEST)).isNotEmpty();
        assertThat(unicastTables(far, start, TtTvlv.RESPONSE)).isEmpty();
        Sent answer = middle.sentSince(start, BatadvHeader.UNICAST_TVLV).getFirst();
        assertThat(answer.frame().mac(PACKET + UnicastTvlvPacket.SOURCE)).isEqualTo(far.mac());
        assertThat(asker.engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(far.mac());
    }

    @Test
    void aRoamingClientIsTakenFromItsOldNodeAndFramesFollowIt() {
        SmallMesh mesh = SmallMesh.line(3);
        Node old = mesh.get(0);
        Node middle = mesh.get(1);
        Node fresh = mesh.get(2);
        mesh.runSeconds(30);
        old.fromClient(CLIENT, EVERYBODY);
        middle.fromClient(OTHER, EVERYBODY);
        mesh.runSeconds(20);
        long start = mesh.now;
        fresh.delivered.clear();

        fresh.fromClient(CLIENT, OTHER);
        mesh.runSeconds(0.01);
        middle.fromClient(OTHER, CLIENT);
        mesh.runSeconds(0.01);

        Sent advertisement = fresh.sentSince(start, BatadvHeader.UNICAST_TVLV).getFirst();
        assertThat(advertisement.frame().mac(PACKET + UnicastTvlvPacket.DESTINATION)).isEqualTo(old.mac());
        int value = advertisement.frame().offset() + FIRST_TVLV + Tvlv.HEADER_OCTETS;
        assertThat(RoamTvlv.parse(advertisement.frame().array(), value, 8))
                .isEqualTo(new Decoded.Valid<>(new RoamTvlv(new MacAddress(CLIENT), 0)));
        assertThat(fresh.delivered).as("sent to the old node, rerouted there").hasSize(1);
        assertThat(old.events).contains(
                new BatadvEvent.ClientRoamedAway(new MacAddress(CLIENT), 0, new MacAddress(fresh.mac())));

        mesh.runSeconds(10);
        assertThat(announced(old, start)).anySatisfy(tt -> assertThat(tt.changes())
                .contains(new TtTvlv.Change(TtFlags.DELETE | TtFlags.ROAM, new MacAddress(CLIENT), 0)));
        for (Node node : List.of(old, middle)) {
            assertThat(node.engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(fresh.mac());
        }
        assertThat(mesh.nodes).allSatisfy(
                node -> assertThat(unicastTables(node, start, TtTvlv.REQUEST)).isEmpty());
    }

    @Test
    void aClientMayRoamBack() {
        SmallMesh mesh = SmallMesh.line(3);
        Node first = mesh.get(0);
        Node last = mesh.get(2);
        mesh.runSeconds(30);
        first.fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(10);
        last.fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(10);

        first.fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(10);

        assertThat(mesh.get(1).engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(first.mac());
        assertThat(last.engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(first.mac());
        assertThat(first.engine.hasLocalClient(CLIENT, 0)).isTrue();
        assertThat(last.engine.hasLocalClient(CLIENT, 0)).isFalse();
    }

    @Test
    void roamingIsAdvertisedFiveTimesInTwentySecondsAtMost() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(30);
        long start = mesh.now;

        for (int i = 0; i < 40; i++) {
            mesh.get(i % 2).fromClient(CLIENT, EVERYBODY);
            mesh.runSeconds(0.4);
        }

        assertThat(mesh.get(0).sentSince(start, BatadvHeader.UNICAST_TVLV)).hasSizeLessThanOrEqualTo(5 + 6);
        assertThat(mesh.get(0).counters.value("batadv.roaming.sent")).isLessThanOrEqualTo(5);
        assertThat(mesh.get(0).counters.value("roam.limited")).isPositive();
    }

    @Test
    void aBroadcastTeachesTheSourceBeforeItIsAnnounced() {
        SmallMesh mesh = SmallMesh.line(3);
        mesh.runSeconds(30);

        mesh.get(0).fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(0.05);

        assertThat(mesh.get(2).engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(mesh.get(0).mac());
        BatadvSnapshot.GlobalClient row = mesh.get(2).engine.snapshot(mesh.now).globalClients().stream()
                .filter(client -> client.mac().bits() == CLIENT).findFirst().orElseThrow();
        assertThat(TtFlags.globalText(row.flags())).isEqualTo("...T");
        mesh.runSeconds(5);
        assertThat(mesh.get(2).engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(mesh.get(0).mac());
        assertThat(unicastTables(mesh.get(2), 0, TtTvlv.REQUEST)).isEmpty();
    }

    @Test
    void forgetsAClientTenMinutesAfterItsLastFrame() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(30);
        mesh.get(0).fromClient(CLIENT, EVERYBODY);

        mesh.runSeconds(595);
        assertThat(mesh.get(1).engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(mesh.get(0).mac());
        mesh.runSeconds(12);

        assertThat(mesh.get(0).engine.hasLocalClient(CLIENT, 0)).isFalse();
        assertThat(mesh.get(1).engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(-1);
        assertThat(mesh.get(0).engine.hasLocalClient(mesh.get(0).meshMac().bits(), 0)).isTrue();
        assertThat(mesh.get(0).events)
                .contains(new BatadvEvent.ClientRemoved(new MacAddress(CLIENT), 0, "timeout"));
    }

    @Test
    void anAnycastClientIsNeitherAnnouncedNorBelieved() {
        SmallMesh mesh = new SmallMesh();
        BatadvConfig trusting = new BatadvConfig(1000, 30, true, 1, 3, -1);
        mesh.node(trusting).addHardif(false);
        mesh.node(BatadvConfig.withInterval(1000)).addHardif(false);
        mesh.link(0, 0, 1, 0);
        mesh.runSeconds(30);
        long anycast = 0xaaaa_aa01_02aaL;
        Node liar = mesh.get(0);
        Node careful = mesh.get(1);
        long start = mesh.now;

        liar.fromClient(anycast, EVERYBODY);
        mesh.runSeconds(10);
        careful.fromClient(anycast, EVERYBODY);

        assertThat(careful.engine.bestOriginatorOf(anycast, 0)).isEqualTo(-1);
        assertThat(careful.engine.hasLocalClient(anycast, 0)).isFalse();
        assertThat(careful.counters.value("drop.mesh.anycast_source")).isOne();
        assertThat(careful.counters.value("tt.rejected.reserved")).isPositive();
        // It still adds up, so the liar's other clients do not suffer from endless requests.
        assertThat(unicastTables(careful, start, TtTvlv.REQUEST)).isEmpty();
    }

    @Test
    void nobodyCanTakeTheMeshAddressOfAnotherNode() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(30);
        long stolen = mesh.get(1).meshMac().bits();

        mesh.get(0).fromClient(stolen, EVERYBODY);
        mesh.runSeconds(10);

        assertThat(mesh.get(1).engine.hasLocalClient(stolen, 0)).isTrue();
        assertThat(mesh.get(1).engine.bestOriginatorOf(stolen, 0)).isEqualTo(-1);
    }

    @Test
    void aClientOnAnUnknownVlanIsRefusedAndOnAKnownOneAnnounced() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(20);
        Frame tagged = SmallMesh.clientFrame(CLIENT, EVERYBODY);
        tagged.put16(12, 0x8100);
        tagged.put16(14, 10);

        mesh.get(0).engine.onMeshFrame(tagged, mesh.now);
        assertThat(mesh.get(0).engine.hasLocalClient(CLIENT, 0x800a)).isFalse();
        mesh.get(0).engine.addMeshVlan(0x800a, mesh.now);
        mesh.get(0).engine.onMeshFrame(tagged, mesh.now);
        mesh.runSeconds(5);

        assertThat(mesh.get(1).engine.bestOriginatorOf(CLIENT, 0x800a)).isEqualTo(mesh.get(0).mac());
        assertThat(mesh.get(1).engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(-1);
        assertThat(announced(mesh.get(0), 0).getLast().vlans()).extracting(TtTvlv.Vlan::vid)
                .containsExactly(0, 0x800a);
    }

    @Test
    void theTableStopsGrowingWhereOneAnswerWouldNoLongerHoldIt() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(20);

        for (int i = 0; i < 300; i++) {
            mesh.get(0).fromClient(0x02c2_0000_0000L + i, EVERYBODY);
            mesh.runSeconds(0.02);
        }
        mesh.runSeconds(10);

        assertThat(mesh.get(1).engine.globalClientCount()).isBetween(100, 130);
        assertThat(mesh.get(0).counters.value("drop.mesh.local_table_full")).isPositive();
        assertThat(mesh.get(0).events).anyMatch(event -> event instanceof BatadvEvent.LimitReached);
    }

    @Test
    void afterVersion255ComesZeroAndIsAskedForInFull() {
        SmallMesh mesh = SmallMesh.line(2);
        mesh.runSeconds(20);
        Node node = mesh.get(0);
        for (int i = 0; node.engine.ttvn() != 255; i++) {
            // A client that moves between cable and radio makes a change each time.
            node.engine.onMeshFrame(SmallMesh.clientFrame(OTHER, EVERYBODY), i % 2 == 1, mesh.now);
            mesh.runSeconds(1);
        }
        mesh.runSeconds(5);
        long start = mesh.now;

        node.fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(5);

        assertThat(node.engine.ttvn()).isZero();
        assertThat(unicastTables(mesh.get(1), start, TtTvlv.REQUEST)).extracting(TtTvlv::flags)
                .containsExactly(TtTvlv.REQUEST | TtTvlv.FULL);
        assertThat(mesh.get(1).engine.bestOriginatorOf(CLIENT, 0)).isEqualTo(node.mac());
    }

    @Test
    void unicastForAClientThatLeftCarriesAnOlderVersion() {
        SmallMesh mesh = SmallMesh.line(3);
        mesh.runSeconds(30);
        mesh.get(0).fromClient(CLIENT, EVERYBODY);
        mesh.runSeconds(10);
        long start = mesh.now;
        int known = mesh.get(0).engine.ttvn();

        mesh.get(2).fromClient(CLIENT, EVERYBODY);
        mesh.get(2).fromClient(OTHER, CLIENT);

        Frame sent = mesh.get(2).sentSince(start, BatadvHeader.UNICAST).getFirst().frame();
        assertThat(sent.mac(PACKET + UnicastPacket.DESTINATION)).isEqualTo(mesh.get(0).mac());
        assertThat(sent.u8(PACKET + UnicastPacket.TTVN)).isEqualTo(known - 1);
        assertThat(Octets.u8(sent.array(), sent.offset() + PACKET + UnicastPacket.TTL)).isEqualTo(50);
    }
}
