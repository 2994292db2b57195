package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.base.Rng;
import org.limesh.batadv.Pcap.Captured;
import org.limesh.batadv.wire.OgmIv;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.UnicastTvlvPacket;

/**
 * What a genuine node heard is played to our routing, in the place of that node; its tables, printed by the
 * genuine tool at known times, must be ours.
 *
 * <p>Our own emissions are not ours to choose here: they are read from the capture. Those that the lossy link
 * swallowed are put evenly into the gap of sequence numbers.
 */
class TqReplayTest {
    private static final int FIRST_OGM = 14;

    /** One line of a table, valid at some instant between two times. */
    private record Sample(double from, double to, int node, long originator, int tq, long nextHop,
            String hardif) {
        static Sample of(String line) {
            String[] parts = line.split(" ");
            return new Sample(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]),
                    Integer.parseInt(parts[2]), MacAddress.parse(parts[3]).bits(), Integer.parseInt(parts[4]),
                    MacAddress.parse(parts[5]).bits(), parts[6]);
        }
    }

    private record Emission(long atNs, int seqno) {}

    /** Our engine's routing part, without its own timers. */
    private static final class Replay implements BatadvEngine.Outbox {
        final Mesh mesh;
        final Hardif hardif;
        final OgmQueue queue;
        final OgmScheduler scheduler;
        final BatmanIv batman;
        final Snapshots snapshots;
        final TtSync tt;
        final List<MacAddress> requested = new ArrayList<>();

        Replay(long mac, int firstSeqno, int intervalMs) {
            BatadvConfig config = BatadvConfig.withInterval(intervalMs);
            mesh = new Mesh(config, new MacAddress(0x02ff_ffff_ffffL), new Counters(), this);
            LocalTranslationTable local = new LocalTranslationTable(mesh);
            GlobalTranslationTable global = new GlobalTranslationTable(mesh, local);
            UnicastSender sender = new UnicastSender(mesh);
            queue = new OgmQueue(mesh, new Rng(1));
            scheduler = new OgmScheduler(mesh, queue, local, new Rng(2));
            tt = new TtSync(mesh, local, global, sender);
            batman = new BatmanIv(mesh, queue, tt);
            snapshots = new Snapshots(mesh, local, global);
            hardif = new Hardif(0, "x", new MacAddress(mac), 1532, false, 0, firstSeqno + 1);
            mesh.addHardif(hardif);
        }

        @Override
        public void transmit(int number, Frame frame) {}

        @Override
        public void deliver(Frame frame) {}

        @Override
        public void report(BatadvEvent event) {
            if (event instanceof BatadvEvent.TableRequested(MacAddress originator, boolean full)) {
                requested.add(originator);
            }
        }

        /** Answers with the rows of a printed table. */
        void answerRequests(List<String> known, long nowNs) {
            for (MacAddress originator : requested) {
                List<TtTvlv.Change> clients = new ArrayList<>();
                int ttvn = 0;
                for (String row : known) {
                    String[] words = row.replace("(", " ").replace(")", " ").trim().split(" +");
                    if (words[5].equals(originator.toString())) {
                        int vlan = Integer.parseInt(words[2]);
                        clients.add(new TtTvlv.Change(0, MacAddress.parse(words[1]), vlan < 0
                                ? 0 : 0x8000 | vlan));
                        ttvn = Integer.parseInt(words[6]);
                    }
                }
                if (!clients.isEmpty()) {
                    answer(originator, new TtTvlv(TtTvlv.RESPONSE | TtTvlv.FULL, ttvn, List.of(), clients),
                            nowNs);
                }
            }
            requested.clear();
        }

        private void answer(MacAddress originator, TtTvlv table, long nowNs) {
            byte[] packet = new byte[UnicastTvlvPacket.HEADER_OCTETS + table.lengthOctets()];
            UnicastTvlvPacket.put(packet, 0, 50, hardif.mac, originator.bits(), table.lengthOctets());
            table.emit(packet, UnicastTvlvPacket.HEADER_OCTETS);
            tt.onUnicast(packet, 0, UnicastTvlvPacket.HEADER_OCTETS, table.lengthOctets(), nowNs);
        }
    }

    private static List<Sample> samples(String name, int node) {
        return new String(Pcap.resource(name), StandardCharsets.US_ASCII).lines().map(Sample::of)
                .filter(sample -> sample.node() == node).toList();
    }

    /** When the node itself emitted which number; lost ones are interpolated. */
    private static List<Emission> emissions(List<Captured> frames, long mac) {
        List<Emission> emissions = new ArrayList<>();
        for (Captured frame : frames) {
            byte[] octets = frame.octets();
            if (frame.isBatadv() && frame.type() == 0 && frame.source() == mac
                    && Octets.mac(octets, FIRST_OGM + OgmIv.ORIGINATOR) == mac
                    && (octets[FIRST_OGM + OgmIv.TTL] & 0xff) == BatadvLimits.TTL) {
                int seqno = Octets.i32(octets, FIRST_OGM + OgmIv.SEQNO);
                Emission last = emissions.isEmpty() ? null : emissions.getLast();
                int gap = last == null ? 1 : seqno - last.seqno();
                for (int i = 1; i < gap; i++) {
                    emissions.add(new Emission(last.atNs() + (frame.atNs() - last.atNs()) * i / gap,
                            last.seqno() + i));
                }
                emissions.add(new Emission(frame.atNs(), seqno));
            }
        }
        return emissions;
    }

    /** Plays a capture as the node with this MAC; returns how many of its samples came out exactly. */
    private static int[] replay(String capture, long mac, int intervalMs, List<Sample> samples) {
        int[] nearest = new int[samples.size()];
        Arrays.fill(nearest, Integer.MAX_VALUE);
        play(capture, mac, intervalMs, samples, nearest);
        int exact = 0;
        int known = 0;
        for (int i = 0; i < nearest.length; i++) {
            known += nearest[i] == Integer.MAX_VALUE ? 0 : 1;
            exact += nearest[i] == 0 ? 1 : 0;
            if (nearest[i] != 0) {
                System.out.println(capture + " off by " + nearest[i] + ": " + samples.get(i));
            }
        }
        return new int[] {exact, known};
    }

    private static Replay play(String capture, long mac, int intervalMs, List<Sample> samples,
            int[] nearest) {
        return play(capture, mac, intervalMs, samples, nearest, List.of());
    }

    private static Replay play(String capture, long mac, int intervalMs, List<Sample> samples, int[] nearest,
            List<String> known) {
        List<Captured> frames = Pcap.read(capture);
        List<Emission> emissions = emissions(frames, mac);
        Replay replay = new Replay(mac, emissions.getFirst().seqno(), intervalMs);
        // The interface came up one interval before its first message; what was captured earlier it did not
        // hear.
        long startNs = emissions.getFirst().atNs() - intervalMs * 1_000_000L;
        int next = 0;
        long previousNs = startNs;
        for (Captured frame : frames) {
            while (next < emissions.size() && emissions.get(next).atNs() <= frame.atNs()) {
                long now = emissions.get(next++).atNs();
                compare(replay, samples, nearest, previousNs, now);
                previousNs = now;
                replay.scheduler.prepare(replay.hardif, now);
                replay.queue.sendDue(now + 10_000_000_000L, (hardif, at) -> {});
            }
            compare(replay, samples, nearest, previousNs, frame.atNs());
            previousNs = frame.atNs();
            boolean ogm = frame.isBatadv() && frame.type() == 0;
            if (ogm && frame.source() != mac && frame.atNs() >= startNs) {
                replay.batman.onFrame(replay.hardif, frame.frame(), frame.atNs());
                replay.answerRequests(known, frame.atNs());
            }
        }
        return replay;
    }

    /**
     * The tables have stood as they are from one time to the other: holds them against samples of that span.
     */
    private static void compare(Replay replay, List<Sample> samples, int[] nearest, long fromNs, long toNs) {
        for (int i = 0; i < nearest.length; i++) {
            Sample sample = samples.get(i);
            Originator originator = replay.mesh.originators.get(sample.originator());
            if (originator != null && toNs / 1e9 >= sample.from() && fromNs / 1e9 <= sample.to()) {
                int slot = originator.router(0);
                if (slot >= 0 && replay.mesh.router(originator, 0).mac == sample.nextHop()) {
                    nearest[i] = Math.min(nearest[i], Math.abs(originator.average(slot, 0) - sample.tq()));
                }
            }
        }
    }

    /** {@code batctl tg} of a node, as printed in the text beside the capture after a line. */
    private static List<String> globalTable(String text, String after, int node) {
        List<String> lines = new String(Pcap.resource(text), StandardCharsets.US_ASCII).lines().toList();
        int at = after.isEmpty() ? 0 : lines.indexOf(after);
        at += lines.subList(at, lines.size()).indexOf("--- node " + node + ": batctl tg") + 3;
        List<String> rows = new ArrayList<>();
        for (; lines.get(at).contains("(0x"); at++) {
            rows.add(lines.get(at));
        }
        return rows;
    }

    private static List<String> printed(Replay replay) {
        return replay.snapshots.take(0).globalClients().stream().map(row -> String.format(
                " %s %s %4d [%s] (%3d) %s (%3d) (0x%08x)", row.best() ? "*" : " ", row.mac(),
                TtFlags.printedVlan(row.vid()), TtFlags.globalText(row.flags()), row.lastTtvn(),
                row.originator(),
                row.ttvn(), row.crc())).toList();
    }

    /** Without the version at which a client was learned: it is lost in a full table. */
    private static List<String> withoutLearned(List<String> rows) {
        return rows.stream().map(row -> row.replaceFirst("\\( *\\d+\\)", "")).toList();
    }

    @Test
    void theTableLearnedFromAGenuineNodeIsWhatTheGenuineToolPrints() {
        Replay first = play("iv-two", 0x0200_0000_0102L, 1000, List.of(), new int[0]);

        List<String> rows = globalTable("iv-two.txt", "", 1);
        assertThat(rows).hasSize(3);
        assertThat(printed(first)).containsExactlyInAnyOrderElementsOf(rows);
    }

    /** The captures begin when tables are known already, so our requests are answered with what was known. */
    @Test
    void clientsThatRoamBetweenGenuineNodesAreFollowed() {
        for (int node : new int[] {1, 3}) {
            List<String> before = globalTable("iv-roam.txt", "=== before", node);
            Replay replay = play("iv-roam-n" + node, 0x0200_0000_0002L | (long) node << 8, 500, List.of(),
                    new int[0], before);

            List<String> after = globalTable("iv-roam.txt", "=== back", node);
            assertThat(after).isNotEqualTo(before);
            List<String> ours = new ArrayList<>(withoutLearned(printed(replay)));
            // Back at node 1 the client is local there; nobody sends as that client into our mesh interface
            // here.
            assertThat(ours.removeIf(row -> row.contains("02:c1:00:00:00:0b") && row.contains("[R...]")))
                    .isEqualTo(node == 1);
            assertThat(ours).as("node %d", node)
                    .containsExactlyInAnyOrderElementsOf(withoutLearned(after));
        }
    }

    @Test
    void aNewLinkRampsUpAsInTheGenuineNodes() {
        int[] first = replay("iv-two", 0x0200_0000_0102L, 1000, samples("iv-two.samples", 1));
        int[] second = replay("iv-two", 0x0200_0000_0201L, 1000, samples("iv-two.samples", 2));

        System.out.println("ramp: " + first[0] + "/" + first[1] + " and " + second[0] + "/" + second[1]);
        assertThat(first[0]).isEqualTo(first[1]).isGreaterThan(10);
        assertThat(second[0]).isEqualTo(second[1]).isGreaterThan(10);
    }

    @Test
    void tqOnLossyLinksIsThatOfTheGenuineNodes() {
        int exact = 0;
        int known = 0;
        for (int node = 1; node <= 3; node++) {
            int[] result = replay("iv-lossy-n" + node, 0x0200_0000_00f0L | (long) node << 8, 250,
                    samples("iv-lossy.samples", node));
            exact += result[0];
            known += result[1];
        }
        System.out.println("lossy: " + exact + " of " + known);
        assertThat(known).isGreaterThanOrEqualTo(48);
        assertThat(exact).isGreaterThanOrEqualTo(known - 1);
    }
}
