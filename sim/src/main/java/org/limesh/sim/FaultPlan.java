package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Rng;

/**
 * Misfortunes from a seed: links flap, lose more or become one-way, nodes crash, the world splits, clients
 * roam, leave and come back, and pretend to be the gateway. Each lasts a while and is then undone.
 *
 * <p>What happens is drawn when its time has come, from what exists then.
 */
public final class FaultPlan {
    /** Kinds of misfortune. */
    public enum Kind { FLAP, LOSS, ONE_WAY, CRASH, SPLIT, ROAM, LEAVE, SPOOF, STARVE, FORGE }

    /** Parts of 100 for each kind, in their order. Roaming is no fault but the daily business. */
    private static final int[] SHARES = {20, 14, 8, 10, 4, 26, 9, 5, 2, 2};
    private static final long SHORTEST_NS = 500 * SimTime.MS;
    private static final long LONGEST_NS = 40 * SimTime.SECOND;
    /** Ten years. */
    private static final double LARGEST_JUMP_MS = 315_360_000_000.0;
    /** New clients that a flood pretends to be; an honest one may have to wait for some seconds. */
    private static final int FLOOD = 60;
    private static final long LONGEST_ROAM_GAP_NS = 100 * SimTime.MS;

    private final Simulation sim;
    private final Rng rng;
    private final long meanGapNs;
    private final long untilNs;
    private int happened;
    private boolean over;

    private FaultPlan(Simulation sim, Rng rng, long meanGapNs, long untilNs) {
        this.sim = sim;
        this.rng = rng;
        this.meanGapNs = meanGapNs;
        this.untilNs = untilNs;
    }

    /** Lets misfortunes happen from a time until another, one each {@code meanGapNs} on average. */
    public static FaultPlan schedule(Simulation sim, Rng rng, long fromNs, long untilNs, long meanGapNs) {
        FaultPlan plan = new FaultPlan(sim, rng, meanGapNs, untilNs);
        sim.at(fromNs, plan::next);
        return plan;
    }

    /** Stops: nothing new happens. What is broken is mended by {@link Simulation#healAll}. */
    public void stop() {
        over = true;
    }

    /** How many misfortunes there were. */
    public int happened() {
        return happened;
    }

    private void next() {
        if (over || sim.nowNs() >= untilNs) {
            return;
        }
        happened++;
        int part = rng.nextInt(100);
        int kind = 0;
        while (part >= SHARES[kind]) {
            part -= SHARES[kind++];
        }
        happen(Kind.values()[kind]);
        sim.at(sim.nowNs() + uniform(0, 2 * meanGapNs), this::next);
    }

    private long uniform(long fromNs, long toNs) {
        return fromNs + (long) (rng.nextDouble() * (toNs - fromNs));
    }

    private void undo(Runnable action) {
        sim.at(sim.nowNs() + uniform(SHORTEST_NS, LONGEST_NS), () -> {
            if (!over) {
                action.run();
            }
        });
    }

    private void happen(Kind kind) {
        switch (kind) {
            case FLAP -> flap();
            case LOSS -> lose(rng.nextDouble() * 0.6, rng.nextDouble() * 0.6);
            case ONE_WAY -> lose(rng.nextBoolean(0.5) ? 1 : 0.95, 0.1);
            case CRASH -> crash();
            case SPLIT -> split();
            case ROAM -> roam();
            case LEAVE -> leave();
            case SPOOF -> spoof();
            case STARVE -> starve();
            case FORGE -> forge();
        }
    }

    private <T> T anyOf(List<T> list) {
        return list.isEmpty() ? null : list.get(rng.nextInt(list.size()));
    }

    private void flap() {
        SimLink link = anyOf(sim.links());
        if (link != null) {
            link.setUp(false);
            undo(() -> link.setUp(true));
        }
    }

    private void lose(double there, double back) {
        SimLink link = anyOf(sim.links());
        if (link != null) {
            link.setLoss(there, back);
            undo(link::heal);
        }
    }

    private void crash() {
        SimNode node = anyOf(sim.nodes());
        if (node != null && node.isUp()) {
            node.fail();
            // Boxes without a battery come back in 1970, others in the future.
            long jumpMs = rng.nextBoolean(0.3) ? (long) ((2 * rng.nextDouble() - 1) * LARGEST_JUMP_MS) : 0;
            undo(() -> {
                if (!node.isUp()) {
                    node.jumpWallClock(jumpMs);
                    node.restart();
                }
            });
        }
    }

    /** All links between those left and right of a random node go down together. */
    private void split() {
        SimNode border = anyOf(sim.nodes());
        if (border == null) {
            return;
        }
        List<SimLink> cut = new ArrayList<>();
        for (SimLink link : sim.links()) {
            boolean left = link.a().node().xM() < border.xM();
            if (link.isUp() && left != link.b().node().xM() < border.xM()) {
                cut.add(link);
                link.setUp(false);
            }
        }
        undo(() -> cut.forEach(link -> link.setUp(true)));
    }

    private void roam() {
        SimClient client = anyOf(sim.clients());
        if (client == null || client.access() == null) {
            return;
        }
        SimNode from = client.access();
        List<SimNode> others = sim.nodes().stream()
                .filter(node -> node != from && node.isUp() && node.cloud() == from.cloud()).toList();
        SimNode to = anyOf(others);
        if (to != null) {
            client.roam(to, uniform(0, LONGEST_ROAM_GAP_NS));
        }
    }

    /** A client says that it is the gateway; the rules must keep that from everybody. */
    private void spoof() {
        SimClient client = anyOf(sim.clients());
        if (client == null || !client.hasLink() || client.access().plan().anycast() == null) {
            return;
        }
        client.attacks("pretends to be the gateway and whatever else");
        SpoofingSet.send(client, anyOf(client.access().clients()));
    }

    private SimClient attacker() {
        SimClient client = anyOf(sim.clients());
        return client != null && client.hasLink() && client.access().plan().anycast() != null ? client : null;
    }

    private void starve() {
        SimClient client = attacker();
        if (client != null) {
            sim.at(sim.nowNs() + uniform(0, SimTime.SECOND), () -> {
                if (client.hasLink()) {
                    client.attacks("floods the address server");
                    new DhcpAttack(client, rng).starve(FLOOD);
                }
            });
        }
    }

    private void forge() {
        SimClient client = attacker();
        SimClient victim = client == null ? null : anyOf(client.access().clients());
        if (victim != null && victim != client) {
            client.attacks("gives back the address of " + victim.name());
            new DhcpAttack(client, rng).forge(victim);
        }
    }

    private void leave() {
        SimClient client = anyOf(sim.clients());
        if (client != null && client.access() != null) {
            SimNode back = client.access();
            client.detach();
            undo(() -> client.attach(back));
        }
    }
}
