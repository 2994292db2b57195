package org.limesh.lab;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.limesh.lab.api.ExitControl;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.scenario.Action;
import org.limesh.lab.scenario.Suggest;
import org.limesh.sim.SimLink;
import org.limesh.sim.SimNode;
import org.limesh.sim.Simulation;

/** Hands orders to the thread of a laboratory and waits until they are carried out. */
final class SessionControl implements LabControl, ExitControl {
    private static final long PATIENCE_S = 5;

    private final Simulation sim;
    private final Hands hands;
    private final RealTimePacer pacer;
    private final LabSession.Clockwork clockwork;
    private final Consumer<Runnable> thread;

    /** Something to do on the thread of the laboratory. */
    private interface Order {
        void run() throws Refused;
    }

    /** @param thread runs what it is given, on the thread of the laboratory */
    SessionControl(Simulation sim, Hands hands, RealTimePacer pacer, LabSession.Clockwork clockwork,
            Consumer<Runnable> thread) {
        this.sim = sim;
        this.hands = hands;
        this.pacer = pacer;
        this.clockwork = clockwork;
        this.thread = thread;
    }

    private void perform(Order order) throws Refused {
        CompletableFuture<Refused> done = new CompletableFuture<>();
        thread.accept(() -> {
            try {
                order.run();
                done.complete(null);
            } catch (Refused refused) {
                done.complete(refused);
            }
        });
        Refused refused;
        try {
            refused = done.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException late) {
            throw new Refused("the laboratory did not answer within " + PATIENCE_S + " s");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Refused("interrupted");
        }
        if (refused != null) {
            throw refused;
        }
    }

    @Override
    public void roam(String client, String toNode) throws Refused {
        perform(() -> hands.perform(new Action.Roam(client, toNode)));
    }

    @Override
    public void fail(String what) throws Refused {
        perform(() -> {
            if (what.startsWith("link ")) {
                link(what).setUp(false);
            } else {
                hands.node(what).fail();
            }
        });
    }

    @Override
    public void heal(String what) throws Refused {
        perform(() -> {
            if (what.equals("all")) {
                hands.perform(new Action.HealAll());
            } else if (what.startsWith("link ")) {
                link(what).heal();
            } else {
                SimNode node = hands.node(what);
                if (!node.isUp()) {
                    node.restart();
                }
            }
        });
    }

    private SimLink link(String what) throws Refused {
        String id = what.substring("link ".length()).strip();
        Map<String, SimLink> links = WorldBuilder.linksById(sim);
        SimLink link = links.get(id);
        for (SimLink other : links.values()) {
            // A person may say the two ends in the other order.
            boolean reversed = (other.b().node().name() + "-" + other.a().node().name()).equals(id);
            link = link == null && reversed ? other : link;
        }
        if (link == null) {
            throw new Refused("'" + id + "' is not a link" + Suggest.didYouMean(id, links.keySet()));
        }
        return link;
    }

    @Override
    public void move(String node, double x, double y) throws Refused {
        if (!(Math.abs(x) <= 1e6 && Math.abs(y) <= 1e6)) {
            throw new Refused("a position is within 1000 km");
        }
        perform(() -> hands.perform(new Action.Move(node, x, y)));
    }

    @Override
    public void plug(String node) throws Refused {
        perform(() -> hands.perform(new Action.Plug(List.of(node))));
    }

    @Override
    public void unplug(String node) throws Refused {
        perform(() -> hands.perform(new Action.Unplug(List.of(node))));
    }

    @Override
    public void pin(String node, String client, String exit) throws Refused {
        perform(() -> {
            if (client == null && node == null) {
                throw new Refused("say for whom: a node (-n NODE) or a client (--client NAME)");
            }
            hands.perform(new Action.Pin(client == null ? node : hands.client(client).name(), exit));
        });
    }

    @Override
    public void pause() {
        thread.accept(clockwork::pause);
    }

    @Override
    public void resume() {
        thread.accept(clockwork::resume);
    }

    @Override
    public void speed(double speed) throws Refused {
        if (speed != RealTimePacer.UNLIMITED
                && !(speed >= RealTimePacer.SLOWEST && speed <= RealTimePacer.FASTEST)) {
            throw new Refused("speed " + speed + ": 0 for as fast as possible, else " + RealTimePacer.SLOWEST
                    + " to " + (int) RealTimePacer.FASTEST);
        }
        thread.accept(() -> pacer.setSpeed(speed, System.nanoTime(), sim.nowNs()));
    }

    @Override
    public void step(long durationNs) throws Refused {
        if (durationNs < 0) {
            throw new Refused("a step goes forward");
        }
        perform(() -> clockwork.step(durationNs));
    }
}
