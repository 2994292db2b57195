package org.limesh.app;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.limesh.lab.LabSession;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.api.World;

/** What the keys of the status screen do. Chance is fine here: these are a person's hands. */
final class LabKeys {
    private static final double[] SPEEDS = {0.1, 0.2, 0.5, 1, 2, 5, 10};

    private final LabSession session;
    private final LabControl control;
    private final Random chance = new Random();
    private int nextClient;

    LabKeys(LabSession session) {
        this.session = session;
        this.control = session.control().orElseThrow();
    }

    /** Takes keys until {@code q} or the end of the terminal. */
    void run(Terminal terminal) throws IOException {
        for (int key = terminal.key(); key >= 0 && key != 'q' && key != 'Q'; key = terminal.key()) {
            press(key);
        }
    }

    void press(int key) {
        World world = session.world();
        try {
            switch (key) {
                case 'p', 'P', ' ' -> {
                    if (world.clock().running()) {
                        control.pause();
                    } else {
                        control.resume();
                    }
                }
                case '+', '=' -> control.speed(next(world.clock().speed(), 1));
                case '-', '_' -> control.speed(next(world.clock().speed(), -1));
                case 'r', 'R' -> roam(world);
                case 'g', 'G' -> plug(world);
                case 'f', 'F' -> failOrHeal(world);
                default -> { }
            }
        } catch (LabControl.Refused refused) {
            session.events().append(world.timeNs(), "", "lab.refused", refused.getMessage());
        }
    }

    /** Above the fastest comes "as fast as possible", which is 0. */
    private static double next(double speed, int direction) {
        if (speed == 0) {
            return direction > 0 ? 0 : SPEEDS[SPEEDS.length - 1];
        }
        int nearest = 0;
        for (int i = 0; i < SPEEDS.length; i++) {
            nearest = Math.abs(SPEEDS[i] - speed) < Math.abs(SPEEDS[nearest] - speed) ? i : nearest;
        }
        int next = nearest + direction;
        return next >= SPEEDS.length ? 0 : SPEEDS[Math.max(0, next)];
    }

    /** The next client goes to some other working node of its cloud. */
    private void roam(World world) throws LabControl.Refused {
        if (world.clients().isEmpty()) {
            throw new LabControl.Refused("there is no client");
        }
        World.ClientView client = world.clients().get(nextClient++ % world.clients().size());
        String cloud = client.node() == null ? null
                : world.findNode(client.node()).map(World.NodeView::cloud).orElse(null);
        List<World.NodeView> places = world.nodes().stream().filter(node -> node.up()
                && !node.name().equals(client.node())
                && (cloud == null || node.cloud().equals(cloud))).toList();
        if (places.isEmpty()) {
            throw new LabControl.Refused(client.name() + " has nowhere else to go");
        }
        control.roam(client.name(), places.get(chance.nextInt(places.size())).name());
    }

    /** Pulls the plug of the exit that most nodes use; plugs it in again when one is out. */
    private void plug(World world) throws LabControl.Refused {
        if (world.layer3().exits().isEmpty()) {
            throw new LabControl.Refused("no node has a line to the Internet");
        }
        for (World.ExitView exit : world.layer3().exits()) {
            if (!exit.plugged()) {
                control.plug(exit.node());
                return;
            }
        }
        World.ExitView most = world.layer3().exits().getFirst();
        for (World.ExitView exit : world.layer3().exits()) {
            most = users(world, exit) > users(world, most) ? exit : most;
        }
        control.unplug(most.node());
    }

    private static long users(World world, World.ExitView exit) {
        return world.layer3().exitOf().stream().filter(exit.node()::equals).count();
    }

    /** Heals everything when something is broken, else fails a node. */
    private void failOrHeal(World world) throws LabControl.Refused {
        boolean broken = world.nodes().stream().anyMatch(node -> !node.up())
                || world.links().stream().anyMatch(link -> !link.up());
        if (broken) {
            control.heal("all");
        } else {
            control.fail(world.nodes().get(chance.nextInt(world.nodes().size())).name());
        }
    }
}
