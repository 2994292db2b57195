package org.limesh.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.bmx7.Announcement;
import org.limesh.bmx7.Bmx7Config;
import org.limesh.bmx7.Bmx7Engine;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.LaboratoryKeys;
import org.limesh.bmx7.LinkLayer;
import org.limesh.bmx7.TunOut;
import org.limesh.bmx7.VerificationCache;
import org.limesh.bmx7.wire.IpNet;

/**
 * BMX7 alone in emulation: grids of nodes with cables between neighbours, every twenty nodes a cloud whose networks
 * all its members announce and all others search. Processor time to the last route, then of a minute in peace; and
 * the memory that all nodes hold together.
 */
final class Bmx7Speed {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long DELAY_NS = 200_000;
    private static final long LOOK_NS = SECOND_NS;
    private static final long LIMIT_NS = 300 * SECOND_NS;
    private static final int PEACE_SECONDS = 60;
    private static final int NODES_OF_CLOUD = 20;
    private static final int[] SIDES = {7, 10, 20, 32};

    private final LaboratoryKeys keys = new LaboratoryKeys(1);
    private final VerificationCache cache = new VerificationCache(100_000);
    private final Rng rng = new Rng(5);
    private final List<Station> stations = new ArrayList<>();
    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private long nowNs = SECOND_NS;
    private long order;

    /** A timer, or a packet. */
    private record Event(long atNs, long order, Station to, int device, Ip6Address source, byte[] payload)
            implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final class Station implements Bmx7Engine.Outbox {
        final int number;
        final List<Station> others = new ArrayList<>();
        final List<Integer> theirDevices = new ArrayList<>();
        Bmx7Engine engine;
        long armedNs = Engine.NEVER;

        Station(int number) {
            this.number = number;
        }

        void start() {
            Rng own = rng.fork("station " + number);
            Bmx7Config config = Bmx7Config.of(keys.forNode(own).newRsaKey(6), 0, "s" + number);
            engine = new Bmx7Engine(config, keys.forNode(own), cache, new Counters(), own, this, nowNs);
            for (int device = 0; device < others.size(); device++) {
                engine.addDevice("eth" + device, address(device), LinkLayer.LAN, 0, 0, nowNs);
            }
            int cloud = number / NODES_OF_CLOUD;
            engine.announce(new Announcement(List.of(), List.of(new Announcement.TunDev("main",
                    Ip4Prefix.parse("10." + (cloud + 1) + "." + number / 256 + "." + number % 256 + "/16"),
                    Ip6Prefix.parse("fd" + (10 + cloud) + "::" + (number + 1) + "/64"), null, null)), List.of()), nowNs);
            engine.searchTunnels(List.of(TunOut.of("clouds", IpNet.parse("10.0.0.0/8")),
                    TunOut.of("clouds6", IpNet.parse("fd00::/8")).maxPrefixLen(64)), nowNs);
            arm();
        }

        Ip6Address address(int device) {
            return Ip6Address.linkLocalOf(new MacAddress(0x0200_0000_0000L | (long) number << 8 | device));
        }

        void arm() {
            long deadlineNs = engine.nextDeadlineNs();
            if (deadlineNs < armedNs) {
                armedNs = Math.max(deadlineNs, nowNs);
                queue.add(new Event(armedNs, order++, this, -1, null, null));
            }
        }

        void take(Event event) {
            if (event.payload() != null) {
                engine.onDatagram(event.device(), event.source(), event.payload(), nowNs);
            } else if (event.atNs() == armedNs) {
                armedNs = Engine.NEVER;
                engine.onTimer(nowNs);
            } else {
                return;
            }
            arm();
        }

        @Override
        public void send(int device, byte[] payload) {
            queue.add(new Event(nowNs + DELAY_NS, order++, others.get(device), theirDevices.get(device), address(device),
                    payload));
        }

        @Override
        public void report(Bmx7Event event) {}
    }

    private Bmx7Speed(int side) {
        for (int i = 0; i < side * side; i++) {
            stations.add(new Station(i));
        }
        for (int i = 0; i < side * side; i++) {
            if (i % side + 1 < side) {
                connect(stations.get(i), stations.get(i + 1));
            }
            if (i + side < side * side) {
                connect(stations.get(i), stations.get(i + side));
            }
        }
        stations.forEach(Station::start);
    }

    private static void connect(Station one, Station two) {
        one.theirDevices.add(two.others.size());
        two.theirDevices.add(one.others.size());
        one.others.add(two);
        two.others.add(one);
    }

    private void run(long durationNs) {
        long endNs = nowNs + durationNs;
        while (!queue.isEmpty() && queue.peek().atNs() <= endNs) {
            Event event = queue.poll();
            nowNs = event.atNs();
            event.to().take(event);
        }
        nowNs = endNs;
    }

    private boolean complete() {
        for (Station station : stations) {
            if (station.engine.routes().size() < stations.size() - 1) {
                return false;
            }
        }
        return true;
    }

    /** @return null when not every node had a route to every other in time */
    private static Row row(int side) {
        long emptyOctets = usedOctets();
        Bmx7Speed grid = new Bmx7Speed(side);
        int nodes = grid.stations.size();
        long beginCpuNs = CpuTime.nowNs();
        long beginNs = grid.nowNs;
        do {
            grid.run(LOOK_NS);
        } while (!grid.complete() && grid.nowNs - beginNs < LIMIT_NS);
        boolean complete = grid.complete();
        double bootS = (grid.nowNs - beginNs) / (double) SECOND_NS;
        double bootCpuS = (CpuTime.nowNs() - beginCpuNs) / (double) SECOND_NS;
        grid.run(30 * SECOND_NS);
        long peaceCpuNs = CpuTime.nowNs();
        grid.run(PEACE_SECONDS * SECOND_NS);
        double perCpuSecond = (double) nodes * PEACE_SECONDS * SECOND_NS / (CpuTime.nowNs() - peaceCpuNs);
        double megabytes = (usedOctets() - emptyOctets) / 1e6 / nodes;
        System.err.printf("  %d nodes: %s after %.0f s, boot %.3f s CPU a node, then %,.0f node-seconds a CPU-second,"
                + " %.2f MB a node%n", nodes, complete ? "complete" : "INCOMPLETE", bootS, bootCpuS / nodes, perCpuSecond,
                megabytes);
        if (Boolean.getBoolean("limesh.bench.hold")) {
            hold();
        }
        return new Row("BMX7 alone, grid of " + nodes + ": processor time until all routes, then in peace, memory",
                "%.3f s a node, %,.0f node-seconds a CPU-second, %.2f MB a node".formatted(bootCpuS / nodes, perCpuSecond,
                        megabytes), "", "");
    }

    /** Leaves time to look at the heap. */
    private static void hold() {
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static long usedOctets() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        String only = System.getProperty("limesh.bench.side");
        for (int side : only == null ? SIDES : new int[] {Integer.parseInt(only)}) {
            rows.add(row(side));
        }
        return rows;
    }
}
