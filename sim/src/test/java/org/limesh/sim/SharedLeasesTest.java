package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.access.Lease;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.Cloud;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.NodePlan;

/** A cloud that shares its leases, over the real mesh. */
class SharedLeasesTest {
    private static final int SETTLED_S = 240;

    /** Pool in which clients would collide all the time if every node gave from all of it. */
    private static final String SMALL_POOL = "10.13.0.0/22";

    private static Simulation cloud(long seed, int width, int height) {
        return cloud(seed, width, height, "10.13.0.0/16");
    }

    private static Simulation cloud(long seed, int width, int height, String network) {
        Simulation sim = new Simulation(seed);
        sim.setRadio(RadioModel.Range.perfect(120));
        for (int i = 0; i < width * height; i++) {
            NodePlan plan = AutoConfig.plan(Worlds.layer2()
                            .with("network", "main_ipv4_address", List.of(network))
                            .with("network", "batadv_orig_interval", List.of("5000")),
                    DeviceSet.of(Worlds.nodeMac(i), List.of(Worlds.RADIO), List.of())).orThrow();
            sim.addNode(new NodeSpec("n" + i, plan, 100.0 * (i % width), 100.0 * (i / width)));
        }
        return sim;
    }

    private static void run(Simulation sim, long seconds) {
        sim.runUntil(sim.nowNs() + seconds * SimTime.SECOND);
    }

    private static List<Ip4Address> known(SimNode node) {
        List<Ip4Address> known = new ArrayList<>();
        for (Lease lease : node.snapshot().leases()) {
            known.add(lease.address());
        }
        for (Lease lease : node.snapshot().remoteLeases()) {
            known.add(lease.address());
        }
        return known;
    }

    @Test
    void twelveNodesDivideThePoolAndKnowEachOthersLeases() {
        Simulation sim = cloud(1, 4, 3);
        Checkers.watchLeases(sim);
        run(sim, SETTLED_S);
        assertThat(sim.nodes().stream().mapToInt(node -> node.snapshot().ownSlices()).sum()).isEqualTo(256);
        assertThat(sim.nodes().stream().filter(node -> node.snapshot().alfred().primary()).count()).isBetween(2L, 3L);
        for (int i = 0; i < 12; i++) {
            Worlds.client(sim, i, sim.nodeAt(i));
        }
        // A secondary asks once a minute.
        run(sim, 120);
        for (SimNode node : sim.nodes()) {
            for (SimClient client : sim.clients()) {
                assertThat(known(node)).as("leases at " + node).contains(client.address4());
            }
        }
        assertThat(sim.violations()).isEmpty();
    }

    @Test
    void twoCloudsThatShareAVlanAreToldSo() {
        String other = IntStream.range(0, 10_000).mapToObj(i -> "Escuela" + i)
                .filter(ssid -> Cloud.of(ssid).batadvVlan() == Cloud.of(Worlds.CLOUD).batadvVlan()).findFirst().orElseThrow();
        Simulation sim = new Simulation(1);
        sim.setRadio(RadioModel.Range.perfect(120));
        SimNode here = sim.addNode(new NodeSpec("here", Worlds.plan(0), 0, 0));
        SimNode beside = sim.addNode(new NodeSpec("beside", Worlds.plan(1), 100, 0));
        run(sim, SETTLED_S);
        assertThat(here.snapshot().warnings()).noneMatch(warning -> warning.contains("another cloud"));
        sim.addNode(new NodeSpec("there", Worlds.plan(other, 2, List.of(Worlds.RADIO), List.of()), 200, 0));
        run(sim, SETTLED_S);
        for (SimNode node : List.of(here, beside)) {
            assertThat(node.snapshot().warnings()).as("warnings of " + node).anyMatch(warning -> warning.startsWith(
                    "another cloud shares layer 2 with this one (node " + Worlds.nodeMac(2)));
            assertThat(node.snapshot().counters()).containsEntry("warning.cloud", 1L);
        }
    }

    @Test
    void aPhoneThatRoamsKeepsItsAddressAndTheNewNodeKnowsWhy() {
        Simulation sim = cloud(2, 4, 1);
        run(sim, SETTLED_S);
        SimClient ana = Worlds.client(sim, 1, sim.nodeAt(0));
        run(sim, 120);
        Ip4Address address = ana.address4();
        ana.roam(sim.nodeAt(3), 50 * SimTime.MS);
        run(sim, 10);
        assertThat(ana.address4()).isEqualTo(address);
        assertThat(ana.acknowledgements()).isEqualTo(2);
        Lease lease = sim.nodeAt(3).snapshot().leases().getFirst();
        assertThat(lease.client()).isEqualTo(ana.mac());
        assertThat(lease.grantedBy()).isEqualTo(Worlds.nodeMac(0));
        assertThat(lease.confirmedBy()).isEqualTo(Worlds.nodeMac(3));
        assertThat(lease.reason()).isEqualTo("held at " + Worlds.nodeMac(0) + ", confirmed here when the client came");
        assertThat(lease.grantedNs()).isBetween((SETTLED_S - 1) * SimTime.SECOND,
                // Ages are told relative to a report that was up to a minute under way.
                (SETTLED_S + 120) * SimTime.SECOND);
    }

    @Test
    void aPhoneThatRoamsBeforeItsLeaseIsSharedKeepsItsAddressToo() {
        Simulation sim = cloud(3, 4, 1);
        Checkers.watchLeases(sim);
        run(sim, SETTLED_S);
        SimClient ana = Worlds.client(sim, 1, sim.nodeAt(0));
        run(sim, 2);
        Ip4Address address = ana.address4();
        for (int node = 1; node < 4; node++) {
            ana.roam(sim.nodeAt(node), 50 * SimTime.MS);
            run(sim, 2);
            assertThat(ana.address4()).as("at n" + node).isEqualTo(address);
            assertThat(sim.nodeAt(node).snapshot().leases()).extracting(Lease::address).contains(address);
        }
        assertThat(sim.violations()).isEmpty();
    }

    @Test
    void aPhoneThatComesWithAnAddressOfTheOtherHalfGetsAnotherWithinSeconds() {
        Simulation sim = cloud(3, 4, 1);
        Checkers.watchLeases(sim);
        run(sim, SETTLED_S);
        sim.links().stream().filter(link -> link.a().node().index() < 2 != link.b().node().index() < 2)
                .forEach(link -> link.setUp(false));
        SimClient ana = Worlds.client(sim, 1, sim.nodeAt(0));
        run(sim, 30);
        Ip4Address before = ana.address4();
        ana.roam(sim.nodeAt(3), 50 * SimTime.MS);
        run(sim, 5);
        assertThat(ana.address4()).isNotNull().isNotEqualTo(before);
        assertThat(sim.violations()).isEmpty();
    }

    @Test
    void aNodeThatJoinsIsHandedItsPartOfThePool() {
        Simulation sim = cloud(4, 3, 1);
        run(sim, SETTLED_S);
        SimNode late = sim.addNode(new NodeSpec("late", Worlds.plan(9, 5000, List.of(Worlds.RADIO)), 300, 0));
        run(sim, 420);
        assertThat(late.snapshot().ownSlices()).isBetween(40, 90);
        assertThat(sim.nodes().stream().mapToInt(node -> node.snapshot().ownSlices()).sum()).isEqualTo(256);
    }

    @Test
    void aNodeThatComesBackHasItsLeasesAndItsSlices() {
        Simulation sim = cloud(5, 3, 1);
        Checkers.watchLeases(sim);
        run(sim, SETTLED_S);
        SimClient ana = Worlds.client(sim, 1, sim.nodeAt(1));
        run(sim, 10);
        int slices = sim.nodeAt(1).snapshot().ownSlices();
        Ip4Address address = ana.address4();
        sim.nodeAt(1).fail();
        run(sim, 30);
        sim.nodeAt(1).restart();
        assertThat(sim.nodeAt(1).snapshot().ownSlices()).isEqualTo(slices);
        assertThat(sim.nodeAt(1).snapshot().leases()).extracting(Lease::address).containsExactly(address);
        run(sim, 10);
        assertThat(ana.address4()).isEqualTo(address);
        assertThat(sim.violations()).isEmpty();
    }

    @Test
    void aJumpOfTheWallClockEndsNoLease() {
        for (long jumpMs : new long[] {-315_360_000_000L, 315_360_000_000L}) {
            Simulation sim = cloud(6, 1, 1);
            Checkers.watchLeases(sim);
            SimClient ana = Worlds.client(sim, 1, sim.nodeAt(0));
            run(sim, 1000);
            long expiresNs = sim.nodeAt(0).snapshot().leases().getFirst().expiresNs();
            sim.nodeAt(0).jumpWallClock(jumpMs);
            sim.nodeAt(0).restart();
            Lease lease = sim.nodeAt(0).snapshot().leases().getFirst();
            assertThat(lease.client()).isEqualTo(ana.mac());
            assertThat(lease.expiresNs()).isBetween(expiresNs - SimTime.SECOND, expiresNs + 600 * SimTime.SECOND);
            assertThat(sim.violations()).isEmpty();
        }
    }

    /** What happens to clients in a day of a community network, in one half or both. */
    private static final class Crowd {
        final Simulation sim;
        final Rng rng;
        final List<SimClient> clients = new ArrayList<>();
        boolean split;

        Crowd(Simulation sim, long seed) {
            this.sim = sim;
            this.rng = new Rng(seed).fork("crowd");
        }

        private boolean sameHalf(SimNode a, SimNode b) {
            return (a.index() % 4 < 2) == (b.index() % 4 < 2);
        }

        void step() {
            int what = rng.nextInt(10);
            SimNode node = sim.nodeAt(rng.nextInt(12));
            SimClient client = clients.isEmpty() ? null : clients.get(rng.nextInt(clients.size()));
            if (what < 4 && clients.size() < 150 || client == null) {
                // Random as those of phones: neighbours' hashes would never meet.
                SimClient fresh = sim.addClient(new ClientSpec("c" + clients.size(),
                        new MacAddress(0x0200_0000_0000L | rng.nextLong() & 0xff_ffff_ffffL)));
                fresh.attach(node);
                clients.add(fresh);
            } else if (what < 5 && client.access() != null && (!split || sameHalf(client.access(), node))) {
                client.roam(node, 50 * SimTime.MS);
            } else if (what < 7 && client.access() != null) {
                client.detach();
            } else if (what < 9 && client.access() == null) {
                // Whoever comes back may come to the other half: people walk.
                client.attach(node);
            } else if (what == 9 && client.access() != null && rng.nextInt(4) == 0) {
                client.releaseLease();
            }
        }

        void live(long seconds) {
            long untilNs = sim.nowNs() + seconds * SimTime.SECOND;
            while (sim.nowNs() < untilNs) {
                step();
                sim.runUntil(Math.min(untilNs, sim.nowNs() + rng.nextInt(40_000) * SimTime.MS));
            }
        }
    }

    private static void splitAndHeal(long seed) {
        Simulation sim = cloud(seed, 4, 3, SMALL_POOL);
        LeaseChecker checker = Checkers.watchLeases(sim);
        run(sim, SETTLED_S);
        Crowd crowd = new Crowd(sim, seed);
        crowd.live(1800);
        crowd.split = true;
        List<SimLink> cut = sim.links().stream().filter(link -> !crowd.sameHalf(link.a().node(), link.b().node())).toList();
        assertThat(cut).isNotEmpty();
        cut.forEach(link -> link.setUp(false));
        crowd.live(7200);
        if (seed % 2 == 0) {
            SimNode crashed = sim.nodeAt((int) (seed / 2 % 12));
            crashed.restart();
            crowd.live(600);
        }
        cut.forEach(link -> link.setUp(true));
        crowd.split = false;
        crowd.live(3600);
        assertThat(sim.violations().stream().map(Violation::describe)).as("seed " + seed).isEmpty();
        assertThat(checker.acknowledgements()).isGreaterThan(200);
        assertThat(sim.nodes().stream().mapToInt(node -> node.snapshot().ownSlices()).sum()).isEqualTo(256);
        long conflicts = sim.nodes().stream().mapToLong(node -> node.snapshot().counters()
                .getOrDefault("lease.conflict", 0L)).sum();
        assertThat(conflicts).as("conflicts of seed " + seed).isZero();
    }

    @Test
    void aCloudThatIsCutInTwoForTwoHoursNeverDoublesAnAddress() throws Exception {
        // 136: a node that was restarted in the split had forgotten the address of a node in the other half.
        splitAndHeal(List.of(136L, 1L, 2L));
    }

    /** Worlds share nothing, so two go on at a time. */
    private static void splitAndHeal(List<Long> seeds) throws Exception {
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            List<Future<?>> runs = new ArrayList<>();
            for (long seed : seeds) {
                runs.add(two.submit(() -> splitAndHeal(seed)));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        }
    }

    /** First seeds of groups of ten; {@code -Dlimesh.splitSeeds=200} for more than the usual twenty. */
    static IntStream firstSeeds() {
        return IntStream.iterate(11, seed -> seed <= Integer.getInteger("limesh.splitSeeds", 20), seed -> seed + 10);
    }

    @ParameterizedTest
    @MethodSource("firstSeeds")
    @Tag("slow")
    void cloudsThatAreCutInTwoNeverDoubleAnAddress(int firstSeed) throws Exception {
        splitAndHeal(LongStream.range(firstSeed, firstSeed + 10L).boxed().toList());
    }

    /** Power is cut while clients ask, at any moment between a write and its becoming durable. */
    @Test
    void aThousandKillsForgetNoAcknowledgedLease() {
        Simulation sim = cloud(7, 2, 1);
        LeaseChecker checker = Checkers.watchLeases(sim);
        run(sim, SETTLED_S);
        Rng rng = new Rng(7);
        List<SimClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(Worlds.client(sim, i, sim.nodeAt(i % 2)));
        }
        long torn = 0;
        for (int kill = 0; kill < 1000; kill++) {
            SimNode node = sim.nodeAt(kill % 2);
            for (int i = 0; i < 3; i++) {
                clients.get(rng.nextInt(clients.size())).releaseLease();
            }
            // An exchange takes some ms; the cut comes somewhere in it.
            sim.runUntil(sim.nowNs() + rng.nextInt(12_000) * 1000L);
            node.fail();
            sim.runUntil(sim.nowNs() + 50 * SimTime.MS);
            node.restart();
            torn += node.snapshot().counters().getOrDefault("lease.torn", 0L);
            sim.runUntil(sim.nowNs() + 3 * SimTime.SECOND);
        }
        assertThat(sim.violations().stream().map(Violation::describe)).isEmpty();
        assertThat(checker.acknowledgements()).isGreaterThan(2000);
        assertThat(torn).as("records that a cut tore").isGreaterThan(100);
    }
}
