package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;

/** A world drawn from a seed: where nodes stand, how well they hear each other, who lives there. */
final class SwarmWorld {
    private enum Shape { LINE, GRID, RING, RANDOM, CLUSTERS }

    private static final String RADIO = "wlan0-mesh";
    private static final String CABLE = "eth0";
    private static final double SPACING_M = 100;
    private static final double LINE_SPACING_M = 65;
    private static final double REACH_M = 145;
    private static final String WAN = "eth1";
    private static final int MOST_LINES = 3;
    private static final List<String> SSIDS = List.of("LibreMesh.org", "Escuela");

    private final Simulation sim;
    private final Rng rng;
    /** Apart, so that what was drawn of layer 2 stays as it was. */
    private final Rng routedRng;
    private final boolean routed;
    private final int nodes;
    private int lines;
    private final List<SimNode> placed = new ArrayList<>();
    private String description = "";

    private SwarmWorld(Simulation sim, int nodes, boolean layer2Only) {
        this.sim = sim;
        this.rng = sim.rng("swarm world");
        this.nodes = nodes;
        this.routedRng = sim.rng("swarm routed");
        // One world in eight is layer 2 only, a profile that people may choose.
        this.routed = !layer2Only && routedRng.nextBoolean(0.875);
    }

    /** Fills a simulation; returns what was drawn, in a line. */
    static String draw(Simulation sim, SwarmSettings settings) {
        SwarmWorld world = new SwarmWorld(sim, settings.nodes(), settings.layer2Only());
        world.draw();
        return world.description;
    }

    private void draw() {
        Shape shape = Shape.values()[rng.nextInt(Shape.values().length)];
        int clouds = rng.nextBoolean(0.3) ? 2 : 1;
        // One world in four loses nothing: only there can exactly-once and no-flapping be judged.
        double loss = rng.nextBoolean(0.25) ? 0 : 0.05 + 0.45 * rng.nextDouble();
        double cabled = rng.nextBoolean(0.4) ? 0.15 : 0;
        sim.setRadio(new RadioModel.Range(REACH_M, REACH_M, loss, SimTime.MS, 54_000_000));
        for (int i = 0; i < nodes; i++) {
            addNode(i, shape, SSIDS.get(clouds == 2 && rng.nextBoolean(0.4) ? 1 : 0));
        }
        addCables(cabled);
        addOneWayLinks(loss == 0 ? 0 : 0.08);
        int clients = addClients();
        description = shape + ", " + nodes + " nodes, " + clouds + " clouds, loss at the rim "
                + Math.round(loss * 100) + " %, " + (routed ? lines + " lines, " : "layer 2 only, ")
                + sim.links().size() + " links, " + clients + " clients";
    }

    private void addNode(int number, Shape shape, String ssid) {
        int width = (int) StrictMath.ceil(StrictMath.sqrt(nodes));
        double[] at = switch (shape) {
            // Two nodes to each side in reach, so ten hops: what a single radio's double penalty lets live.
            case LINE -> new double[] {LINE_SPACING_M * number, 0};
            case GRID -> new double[] {SPACING_M * (number % width), SPACING_M * (number / width)};
            case RING -> {
                double angle = 2 * StrictMath.PI * number / nodes;
                double radius = SPACING_M * nodes / (2 * StrictMath.PI);
                yield new double[] {radius * StrictMath.cos(angle), radius * StrictMath.sin(angle)};
            }
            case RANDOM -> near(placed.isEmpty() ? 0 : anyX(), placed.isEmpty() ? 0 : lastY, 130);
            case CLUSTERS -> near(number % 4 * 120.0, number / 4 % 2 * 100.0, 60);
        };
        MacAddress mac = new MacAddress(0x02ca_fe00_0000L | rng.nextInt(0xfff) << 8 | number + 1);
        LimeConfig config = LimeConfig.builtIn().with("wifi", "ap_ssid", List.of(ssid))
                .with("network", "limesh_profile", List.of(routed ? "full" : "layer2"));
        boolean line = routed && lines < MOST_LINES && routedRng.nextBoolean(0.12);
        List<DeviceSet.MeshDevice> mesh = List.of(DeviceSet.MeshDevice.named(RADIO),
                DeviceSet.MeshDevice.named(CABLE));
        SimNode node = sim.addNode(new NodeSpec("n" + number, AutoConfig.plan(config,
                new DeviceSet(mac, mesh, List.of(), line ? WAN : null)).orThrow(), at[0], at[1]));
        placed.add(node);
        if (line) {
            lines++;
            long downBps = 2_000_000L << routedRng.nextInt(5);
            sim.addUplink(node, new UplinkSpec(downBps, downBps / 4, 5 * SimTime.MS
                    + routedRng.nextInt(40) * SimTime.MS,
                    0)).setPlugged(routedRng.nextBoolean(0.9));
        }
    }

    private double lastY;

    /** Position of a random node that is there already: so a random world hangs together. */
    private double anyX() {
        SimNode node = placed.get(rng.nextInt(placed.size()));
        lastY = node.yM();
        return node.xM();
    }

    private double[] near(double x, double y, double distanceM) {
        return new double[] {
            x + (2 * rng.nextDouble() - 1) * distanceM * 0.7, y + (2 * rng.nextDouble() - 1) * distanceM
                    * 0.7};
    }

    private void addCables(double share) {
        for (int i = 0; i + 1 < nodes; i++) {
            if (rng.nextBoolean(share)) {
                int other = rng.nextInt(nodes);
                if (other != i && placed.get(i).device(CABLE)
                        .linkTo(placed.get(other).device(CABLE)) == null) {
                    sim.cable(placed.get(i).device(CABLE), placed.get(other).device(CABLE),
                            LinkQuality.CABLE);
                }
            }
        }
    }

    private void addOneWayLinks(double share) {
        for (SimLink link : sim.links()) {
            if (link.kind() == SimLink.Kind.RADIO && rng.nextBoolean(share)) {
                link.setLoss(1, link.back().loss());
            }
        }
    }

    private int addClients() {
        int clients = 4 + rng.nextInt(9);
        for (int i = 0; i < clients; i++) {
            SimClient client = sim.addClient(new ClientSpec("c" + i, new MacAddress(
                    0x0211_0000_0000L | (long) rng.nextInt(0xffff) << 8 | i)));
            SimNode home = placed.get(rng.nextInt(nodes));
            sim.at(1 + (long) (rng.nextDouble() * 30 * SimTime.SECOND), () -> client.attach(home));
        }
        return clients;
    }
}
