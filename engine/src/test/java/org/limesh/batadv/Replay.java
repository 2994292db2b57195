package org.limesh.batadv;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
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
 * Plays what a genuine node heard to our routing, in the place of that node.
 *
 * <p>Our own emissions are not ours to choose here: they are read from the captures. Those that a lossy link
 * swallowed are put evenly into the gap of sequence numbers.
 */
final class Replay implements BatadvEngine.Outbox {
    private static final int FIRST_OGM = 14;
    private static final long UNTIL_ALL_IS_SENT = 10_000_000_000L;

    /** One interface of the node: name, address and what was captured there. */
    record Port(String name, long mac, String capture) {}

    /** One row of {@code batctl o}, valid at some instant between two times. */
    record Sample(double from, double to, int node, long originator, int tq, long nextHop, String hardif,
            boolean best) {
        static Sample of(String line) {
            String[] parts = line.split(" ");
            return new Sample(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]),
                    Integer.parseInt(parts[2]), MacAddress.parse(parts[3]).bits(), Integer.parseInt(parts[4]),
                    MacAddress.parse(parts[5]).bits(), parts[6], parts[7].equals("*"));
        }
    }

    private record Event(long atNs, int port, Captured frame) {}

    final Mesh mesh;
    final OgmQueue queue;
    final OgmScheduler scheduler;
    final BatmanIv batman;
    final Snapshots snapshots;
    private final TtSync tt;
    private final List<MacAddress> requested = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Sample> samples;
    private final int[] nearest;

    Replay(List<Port> ports, int intervalMs, List<Sample> samples) {
        this.samples = samples;
        this.nearest = new int[samples.size()];
        Arrays.fill(nearest, Integer.MAX_VALUE);
        mesh = new Mesh(BatadvConfig.withInterval(intervalMs), new MacAddress(0x02ff_ffff_ffffL),
                new Counters(),
                this);
        LocalTranslationTable local = new LocalTranslationTable(mesh);
        GlobalTranslationTable global = new GlobalTranslationTable(mesh, local);
        queue = new OgmQueue(mesh, new Rng(1));
        scheduler = new OgmScheduler(mesh, queue, local, new Rng(2));
        tt = new TtSync(mesh, local, global, new UnicastSender(mesh, new Fragmenter(mesh, 0)));
        batman = new BatmanIv(mesh, queue, tt);
        snapshots = new Snapshots(mesh, local, global);
        List<List<Captured>> captures = ports.stream().map(port -> Pcap.read(port.capture())).toList();
        for (int i = 0; i < ports.size(); i++) {
            addPort(i, ports.get(i), captures, intervalMs);
        }
        events.sort(Comparator.comparingLong(Event::atNs).thenComparing(event -> event.frame() != null));
    }

    static Replay of(String capture, long mac, int intervalMs, List<Sample> samples) {
        return new Replay(List.of(new Port("x", mac, capture)), intervalMs, samples);
    }

    static List<Sample> samples(String name, int node) {
        return new String(Pcap.resource(name), StandardCharsets.US_ASCII).lines().map(Sample::of)
                .filter(sample -> sample.node() == node).toList();
    }

    private void addPort(int number, Port port, List<List<Captured>> captures, int intervalMs) {
        TreeMap<Integer, Long> emissions = emissions(port.mac(), captures);
        long intervalNs = intervalMs * 1_000_000L;
        mesh.addHardif(new Hardif(number, port.name(), new MacAddress(port.mac()), 1532, false, 0,
                emissions.firstKey() + 1));
        emissions.forEach((seqno, atNs) -> events.add(new Event(atNs, number, null)));
        // The interface came up an interval before its first message; what was captured earlier it never
        // heard.
        long startNs = emissions.firstEntry().getValue() - intervalNs;
        for (Captured frame : captures.get(number)) {
            if (frame.isBatadv() && frame.type() == 0 && frame.source() != port.mac()
                    && frame.atNs() >= startNs) {
                events.add(new Event(frame.atNs(), number, frame));
            }
        }
    }

    /**
     * When the node itself emitted which number for one of its addresses, on whatever interface it was seen.
     */
    private static TreeMap<Integer, Long> emissions(long mac, List<List<Captured>> captures) {
        TreeMap<Integer, Long> seen = new TreeMap<>();
        for (List<Captured> frames : captures) {
            for (Captured frame : frames) {
                byte[] octets = frame.octets();
                boolean own = frame.isBatadv() && frame.type() == 0
                        && Octets.mac(octets, FIRST_OGM + OgmIv.ORIGINATOR) == mac
                        && Octets.mac(octets, FIRST_OGM + OgmIv.PREVIOUS_SENDER) == mac
                        && (octets[FIRST_OGM + OgmIv.TQ] & 0xff) == 255
                        && ((octets[FIRST_OGM + OgmIv.TTL] & 0xff) == BatadvLimits.TTL
                        || frame.source() == mac)
                        && (octets[FIRST_OGM + OgmIv.FLAGS] & OgmIv.FLAG_DIRECT_LINK) == 0;
                if (own) {
                    seen.merge(Octets.i32(octets, FIRST_OGM + OgmIv.SEQNO), frame.atNs(), Math::min);
                }
            }
        }
        TreeMap<Integer, Long> all = new TreeMap<>(seen);
        for (int seqno = seen.firstKey(); seqno <= seen.lastKey(); seqno++) {
            if (!seen.containsKey(seqno)) {
                var before = seen.floorEntry(seqno);
                var after = seen.ceilingEntry(seqno);
                all.put(seqno, before.getValue() + (after.getValue() - before.getValue())
                        * (seqno - before.getKey()) / (after.getKey() - before.getKey()));
            }
        }
        return all;
    }

    /** Plays everything; table requests are answered with the rows of a printed table. */
    Replay play(List<String> known) {
        long previousNs = events.getFirst().atNs();
        for (Event event : events) {
            compare(previousNs, event.atNs());
            previousNs = event.atNs();
            Hardif hardif = mesh.hardif(event.port());
            if (event.frame() == null) {
                scheduler.prepare(hardif, event.atNs());
                queue.sendDue(event.atNs() + UNTIL_ALL_IS_SENT, (sent, at) -> {});
            } else {
                batman.onFrame(hardif, event.frame().frame(), event.atNs());
                answerRequests(known, event.atNs());
            }
        }
        return this;
    }

    /**
     * The tables have stood as they are from one time to the other: holds them against samples of that span.
     */
    private void compare(long fromNs, long toNs) {
        for (int i = 0; i < nearest.length; i++) {
            Sample sample = samples.get(i);
            Originator originator = mesh.originators.get(sample.originator());
            if (originator == null || toNs / 1e9 < sample.from() || fromNs / 1e9 > sample.to()) {
                continue;
            }
            for (int slot = 0; slot < originator.slots(); slot++) {
                Neighbour neighbour = mesh.neighbours.at(originator.neighbourId(slot));
                boolean sameHardif = mesh.hardifCount() == 1 || neighbour.hardif.name.equals(sample.hardif());
                if (neighbour.mac == sample.nextHop() && sameHardif
                        && sample.best() == (originator.router(0) == slot)) {
                    nearest[i] = Math.min(nearest[i], Math.abs(originator.average(slot, 0) - sample.tq()));
                }
            }
        }
    }

    /** How many samples came out within this distance. */
    int within(int distance) {
        return (int) Arrays.stream(nearest).filter(off -> off <= distance).count();
    }

    /** The samples that did not come out exactly. */
    List<String> misses() {
        List<String> misses = new ArrayList<>();
        for (int i = 0; i < nearest.length; i++) {
            if (nearest[i] != 0) {
                misses.add((nearest[i] == Integer.MAX_VALUE ? "no such row: " : "off by " + nearest[i] + ": ")
                        + samples.get(i));
            }
        }
        return misses;
    }

    private void answerRequests(List<String> known, long nowNs) {
        for (MacAddress originator : requested) {
            List<TtTvlv.Change> clients = new ArrayList<>();
            int ttvn = 0;
            for (String row : known) {
                String[] words = row.replace("(", " ").replace(")", " ").trim().split(" +");
                if (words[5].equals(originator.toString())) {
                    int vlan = Integer.parseInt(words[2]);
                    int vid = vlan < 0 ? 0 : 0x8000 | vlan;
                    clients.add(new TtTvlv.Change(0, MacAddress.parse(words[1]), vid));
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
        UnicastTvlvPacket.put(packet, 0, 50, mesh.primaryMac(), originator.bits(), table.lengthOctets());
        table.emit(packet, UnicastTvlvPacket.HEADER_OCTETS);
        tt.onUnicast(packet, 0, UnicastTvlvPacket.HEADER_OCTETS, table.lengthOctets(), nowNs);
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
}
