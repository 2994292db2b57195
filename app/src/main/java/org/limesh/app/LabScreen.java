package org.limesh.app;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.limesh.lab.LabSession;
import org.limesh.lab.Version;
import org.limesh.lab.api.EventRecord;
import org.limesh.lab.api.World;
import org.limesh.lab.scenario.Quantity;
import org.limesh.lab.scenario.Scenario;

/**
 * The status screen of a laboratory: a few lines, rewritten in place on a terminal; printed once, followed by
 * one line per event of the laboratory, elsewhere.
 */
final class LabScreen {
    private static final int EVENTS_SHOWN = 5;
    private static final int EVENTS_SEARCHED = 1000;
    private static final int CLIENTS_SHOWN = 8;
    private static final int EXITS_SHOWN = 4;
    private static final String KEYS =
            "  try      p pause   + faster   - slower   g pull the plug of a gateway   r roam a client   q quit";

    private final LabSession session;
    private final PrintWriter out;
    private final boolean live;
    private final int columns;
    private String page = "starting ...";
    private int linesUp;
    private long lastEvent;
    private boolean saidConverged;

    /**
     * @param live    true on a terminal
     * @param columns width of the terminal
     * @param linesUp lines that {@link #opening} has written
     */
    LabScreen(LabSession session, PrintWriter out, boolean live, int columns, int linesUp) {
        this.session = session;
        this.out = out;
        this.live = live;
        this.columns = columns;
        this.linesUp = linesUp;
    }

    /** The first lines, while the nodes are still being made; answers how many. For a terminal. */
    static int opening(PrintWriter out, Scenario scenario) {
        int clouds = (int) scenario.nodes().stream().map(Scenario.NodeSpec::cloud).distinct().count();
        int exits = (int) scenario.nodes().stream().filter(node -> node.internet() != null).count();
        out.println(header(scenario.name(), scenario.nodes().size(), clouds, exits, scenario.clients().size(),
                scenario.seed()));
        out.println("  page     starting ...");
        out.flush();
        return 2;
    }

    /** @param text the address of the page, or why there is none */
    synchronized void setPage(String text) {
        page = text;
        if (!live) {
            line("  page     " + page);
        }
    }

    /** Shows the first lines. */
    synchronized void begin() {
        if (!live) {
            line(header(session.world()));
        } else {
            draw();
        }
    }

    /** Shows what is new. */
    synchronized void refresh() {
        if (live) {
            draw();
            return;
        }
        World world = session.world();
        if (!saidConverged && session.convergedNs() >= 0) {
            saidConverged = true;
            line(state(world));
        }
        // All of them: while the first minutes run fast, hundreds come between two looks.
        List<EventRecord> news = session.events().since(lastEvent, EVENTS_SEARCHED);
        while (!news.isEmpty()) {
            for (EventRecord event : news) {
                lastEvent = event.seq();
                if (event.kind().startsWith("lab.") && !event.kind().equals("lab.converged")) {
                    line(event(event));
                }
            }
            news = session.events().since(lastEvent, EVENTS_SEARCHED);
        }
        out.flush();
    }

    private void draw() {
        World world = session.world();
        String address = "  page     " + page;
        List<String> lines = new ArrayList<>(List.of(header(world), address, state(world), KEYS, ""));
        lines.add("  time     " + time(world.timeNs()) + "   " + clock(world.clock())
                + (session.failure().isEmpty() ? "" : "   ! " + session.failure()));
        world.layer3().exits().stream().limit(EXITS_SHOWN).forEach(exit -> lines.add(exit(world, exit)));
        world.clients().stream().limit(CLIENTS_SHOWN)
                .forEach(client -> lines.add(client(client, world.timeNs())));
        lines.add("");
        List<EventRecord> events = recentEvents();
        events.forEach(event -> lines.add(event(event)));
        for (int missing = EVENTS_SHOWN - events.size(); missing > 0; missing--) {
            lines.add("");
        }
        StringBuilder text = new StringBuilder();
        if (linesUp > 0) {
            text.append("\u001b[").append(linesUp).append('A');
        }
        for (String line : lines) {
            text.append('\r').append(cut(line)).append("\u001b[K\n");
        }
        linesUp = lines.size();
        out.print(text);
        out.flush();
    }

    /** The last events that tell a person something; a mesh changes routes all the time. */
    private List<EventRecord> recentEvents() {
        List<EventRecord> telling = session.events().since(0, EVENTS_SEARCHED).stream().filter(event ->
                event.kind().startsWith("lab.") || event.kind().startsWith("access.")
                        || event.kind().startsWith("gateway.") || event.kind().equals("batadv.roam"))
                .toList();
        return telling.subList(Math.max(0, telling.size() - EVENTS_SHOWN), telling.size());
    }

    private String cut(String line) {
        return line.length() < columns ? line : line.substring(0, columns - 1);
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }

    private static String header(World world) {
        return header(world.name(), world.nodes().size(), world.clouds().size(), world.layer3().exits().size(),
                world.clients().size(), world.seed());
    }

    private static String header(String name, int nodes, int clouds, int exits, int clients, long seed) {
        return "limesh " + Version.TEXT + "   lab \"" + name + "\"   " + count(nodes, "node") + "  "
                + count(clouds, "cloud") + "  " + (exits == 0 ? "" : count(exits, "internet gateway") + "  ")
                + count(clients, "client") + "   seed " + seed;
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private String state(World world) {
        long leases = world.clients().stream().filter(client -> client.address() != null).count();
        String converged = session.convergedNs() < 0 ? "converging, " + seconds(world.timeNs()) + " so far"
                : "converged after " + seconds(session.convergedNs());
        int routed = Math.max(0, session.routedNodes());
        return String.format("  state    %-30s batman-adv %d/%d clouds, bmx7 %d/%d nodes, leases %d/%d", converged,
                session.convergedClouds(), world.clouds().size(), routed, world.layer3().speaking(), leases,
                world.clients().size());
    }

    private static String seconds(long ns) {
        return String.format(Locale.ROOT, "%.1f s", ns / 1e9);
    }

    private static String clock(World.Clock clock) {
        String speed = clock.speed() == 0 ? "as fast as possible" : new java.math.BigDecimal(clock.speed())
                .round(new java.math.MathContext(3)).stripTrailingZeros().toPlainString() + "x";
        return clock.running() ? speed : "paused (" + speed + ")";
    }

    private static String time(long ns) {
        long tenths = ns / 100_000_000L;
        return String.format("%02d:%02d:%02d.%d", tenths / 36_000, tenths / 600 % 60, tenths / 10 % 60,
                tenths % 10);
    }

    private static String exit(World world, World.ExitView exit) {
        long nodes = world.layer3().exitOf().stream().filter(exit.node()::equals).count();
        String state = !exit.plugged() ? "unplugged"
                : exit.internet() ? "Internet" : "no Internet: " + exit.reason();
        return String.format("  exit %-10s %-9s %s", exit.node(), state, exit.internet()
                ? "for " + count((int) nodes, "node") + ", announces " + Quantity.rateText(exit.offeredBps()) : "");
    }

    private static String client(World.ClientView client, long nowNs) {
        String address = client.address() == null ? "no address" : client.address().toString();
        String node = client.node() == null ? "nowhere" : client.node();
        return String.format("  %-8s %-15s at %-10s %s", client.name(), address, node, roam(client, nowNs));
    }

    /** Where it came from, and how long it was silent then. */
    private static String roam(World.ClientView client, long nowNs) {
        if (client.lastRoamNs() < 0) {
            return "";
        }
        String before = client.nodeBefore() == null ? "nowhere" : client.nodeBefore();
        String gap = client.longestGapNs() < 0 ? ""
                : ", longest gap " + Quantity.durationText(client.longestGapNs());
        return "from " + before + " " + (nowNs - client.lastRoamNs()) / 1_000_000_000L + " s ago" + gap;
    }

    private static String event(EventRecord event) {
        // What is done to the laboratory names its node in the sentence.
        boolean named = event.node().isEmpty() || event.kind().startsWith("lab.");
        return "  " + time(event.timeNs()) + "  " + (named ? "" : event.node() + " ") + event.text();
    }
}
