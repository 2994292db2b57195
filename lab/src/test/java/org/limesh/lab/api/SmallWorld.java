package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.limesh.access.Lease;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.lime.NodePlan;
import org.limesh.node.NodeSnapshot;

/**
 * A world to look at, without protocols: nodes in given places, links among those closer than 120 m, tables
 * along the shortest ways, clients that move when they are told to.
 */
public final class SmallWorld implements WorldView, LabControl {
    private static final double REACH_METRES = 120;
    private static final String[] LETTERS = {"A", "B", "C"};
    private static final String[] SSIDS = {"LibreMesh.org", "Escuela", "Puerto"};

    private final EventLog log = new EventLog(100);
    private final List<World.NodeView> nodes = new ArrayList<>();
    private final List<World.ClientView> clients = new ArrayList<>();
    private final List<String> failedLinks = new ArrayList<>();
    private final List<String> unplugged = new ArrayList<>();
    private final List<String> gateways = new ArrayList<>();
    private final List<Tap> taps = new CopyOnWriteArrayList<>();
    private World.Clock clock = new World.Clock(true, 1);
    private long timeNs = 11_400_000_000L;
    private volatile World world;

    private record Tap(CaptureFilter filter, CaptureListener listener) {}

    /** The three nodes plaza, cuesta, mercado in a line, with ana at plaza and beto at mercado. */
    public static SmallWorld line() {
        SmallWorld small = new SmallWorld();
        small.addNode("plaza", 0, 0, 0);
        small.addNode("cuesta", 0, 100, 10);
        small.addNode("mercado", 0, 190, -30);
        small.addClient("ana-phone", "plaza");
        small.addClient("beto", "mercado");
        small.log.append(1_000_000_000L, "plaza", "batadv.neighbour", "hears cuesta on wlan0-mesh_29");
        small.log.append(2_000_000_000L, "plaza", "access.lease", "gives 10.13.100.7 to ana-phone: new");
        small.publish();
        return small;
    }

    /** Three clouds of eight nodes, to look at the page. */
    public static SmallWorld barrio() {
        SmallWorld small = new SmallWorld();
        String[] names = {"plaza", "cuesta", "mercado", "norte", "fuente", "torre", "jardin", "molino",
            "aula", "patio", "biblio", "taller", "gimnasio", "comedor", "huerta", "teatro",
            "muelle", "faro", "lonja", "astillero", "playa", "dique", "barca", "red"};
        for (int at = 0; at < names.length; at++) {
            int cloud = at / 8;
            int place = at % 8;
            double angle = place * 2 * Math.PI / 7;
            double radius = place == 0 ? 0 : 96 + 11 * (place % 3);
            small.addNode(names[at], cloud, cloud * 360 + radius * Math.cos(angle),
                    (cloud == 1 ? 110 : 0) + radius * Math.sin(angle));
        }
        String[] people = {"ana", "beto", "carla", "dani", "eva", "fede"};
        String[] where = {"plaza", "norte", "aula", "huerta", "faro", "playa"};
        for (int at = 0; at < people.length; at++) {
            small.addClient(people[at], where[at]);
        }
        small.gateways.addAll(List.of("norte", "faro"));
        small.log.append(11_400_000_000L, "", "lab.converged", "everybody knows everybody");
        small.publish();
        return small;
    }

    public void addNode(String name, int cloud, double x, double y) {
        int number = nodes.size() + 1;
        MacAddress primary = mac(0x02ca_fe00_0000L + number);
        MacAddress hardif = mac(0x0229_0000_0000L + number);
        NodePlan plan = new NodePlan("LiMe-" + primary.digits().substring(6), "thisnode.info", primary, SSIDS[cloud],
                Ip4Prefix.parse("10." + (13 + cloud) + ".0." + (number + 50) + "/16"),
                Ip6Prefix.parse("fd0d:fe46:8ce" + cloud + "::" + number + "/64"),
                new NodePlan.Anycast(mac(0xaaaa_aa0d_feaaL + cloud), Ip4Prefix.parse("10." + (13 + cloud) + ".0.1/16"),
                        Ip6Prefix.parse("fd0d:fe46:8ce" + cloud + "::1/64"), Ip4Address.parse("10.13.100.1"),
                        Ip4Address.parse("10.13.255.254"), 1350, 3600, 10, List.of("4.2.2.2")),
                new NodePlan.Batadv(2000, "BATMAN_IV", List.of(new NodePlan.Hardif("wlan0-mesh_29", "wlan0-mesh",
                        new VlanTag(VlanTag.TPID_8021AD, 29), hardif, 1532, true))),
                List.of("eth0"), null, null);
        nodes.add(new World.NodeView(name, primary, plan, LETTERS[cloud], true, x, y, true));
    }

    public void addClient(String name, String node) {
        int number = clients.size() + 1;
        clients.add(new World.ClientView(name, mac(0x0211_2233_4400L + number),
                Ip4Address.parse("10.13.100." + (number + 6)), node, null,
                10_000_000_000L, -1, 1_200_000, 90_000, -1));
    }

    private static MacAddress mac(long bits) {
        return new MacAddress(bits);
    }

    /** Lets time pass. */
    public synchronized void advance(long ns) {
        if (clock.running()) {
            timeNs += (long) (ns * Math.max(clock.speed(), 0.1));
            publish();
        }
    }

    /** Says something into the log. */
    public synchronized void say(String node, String kind, String text) {
        log.append(timeNs, node, kind, text);
    }

    /** A frame passes, as a capture would see it. */
    public void pass(CapturedFrame frame) {
        for (Tap tap : taps) {
            if (tap.filter().accepts(frame.node(), frame.iface())) {
                tap.listener().onFrame(frame);
            }
        }
    }

    public int taps() {
        return taps.size();
    }

    public synchronized void publish() {
        List<World.CloudView> clouds = new ArrayList<>();
        for (int at = 0; at < LETTERS.length; at++) {
            String letter = LETTERS[at];
            nodes.stream().filter(node -> node.cloud().equals(letter)).findFirst().ifPresent(node -> {
                World.CloudView cloud = NodeObserver.cloud(node.plan());
                clouds.add(new World.CloudView(letter, cloud.ssid(), cloud.vlanId(), cloud.network4(),
                        cloud.network6(), cloud.anycast4(), cloud.anycastMac()));
            });
        }
        world = new World(World.Kind.LAB, "barrio", "0.1.0", 1, timeNs, 1_767_225_600_000L, clock, 11_400_000_000L,
                clouds, nodes, links(), clients, layer3());
    }

    /** Everybody uses the first gateway that is plugged in. */
    private World.Layer3 layer3() {
        String used = gateways.stream().filter(name -> !unplugged.contains(name)).findFirst().orElse("");
        List<World.ExitView> exits = gateways.stream().map(name -> new World.ExitView(name, !unplugged.contains(name),
                "100.64.0.2", !unplugged.contains(name), !unplugged.contains(name), 40_000_000, 40_000_000,
                unplugged.contains(name) ? "no cable" : "DNS answers")).toList();
        return gateways.isEmpty() ? World.Layer3.NONE
                : new World.Layer3(exits, nodes.stream().map(node -> used).toList(), List.of(), 0, -1);
    }

    private List<World.LinkView> links() {
        List<World.LinkView> links = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            for (int j = i + 1; j < nodes.size(); j++) {
                World.NodeView a = nodes.get(i);
                World.NodeView b = nodes.get(j);
                double metres = Math.hypot(a.x() - b.x(), a.y() - b.y());
                if (metres < REACH_METRES && a.cloud().equals(b.cloud())) {
                    boolean up = a.up() && b.up() && !failedLinks.contains(a.name() + "-" + b.name());
                    int tq = (int) (255 - 170 * Math.pow(metres / REACH_METRES, 2));
                    links.add(new World.LinkView(a.name() + "-" + b.name(), new World.End(a.name(), "wlan0-mesh_29"),
                            new World.End(b.name(), "wlan0-mesh_29"), World.LinkView.Kind.RADIO, up ? tq : 0,
                            up ? tq - 13 : 0, 0.051, 0.12, up));
                }
            }
        }
        return links;
    }

    @Override
    public World world() {
        return world;
    }

    @Override
    public synchronized Optional<NodeSnapshot> node(String name) {
        World.NodeView node = world.findNode(name).filter(World.NodeView::up).orElse(null);
        if (node == null) {
            return Optional.empty();
        }
        List<BatadvSnapshot.Neighbour> neighbours = new ArrayList<>();
        List<BatadvSnapshot.Originator> originators = new ArrayList<>();
        nextHops(name).forEach((target, next) -> {
            int tq = 255 - 34 * (hops(name, target) - 1);
            originators.add(new BatadvSnapshot.Originator(hardif(target), hardif(next), "wlan0-mesh_29", tq, 228, true));
            if (target.equals(next)) {
                neighbours.add(new BatadvSnapshot.Neighbour("wlan0-mesh_29", hardif(next), 288));
            }
        });
        List<BatadvSnapshot.LocalClient> local = new ArrayList<>();
        List<BatadvSnapshot.GlobalClient> global = new ArrayList<>();
        List<Lease> leases = new ArrayList<>();
        for (World.ClientView client : world.clients()) {
            if (name.equals(client.node())) {
                local.add(new BatadvSnapshot.LocalClient(client.mac(), 0, 0, 1500, 0x2b9cd9f2));
                leases.add(new Lease(client.mac(), "", client.address(), client.name(), 0, 3_600_000_000_000L, "new"));
            } else if (client.node() != null && nextHops(name).containsKey(client.node())) {
                global.add(new BatadvSnapshot.GlobalClient(client.mac(), 0, 0, hardif(client.node()), 14, 14,
                        0x2b9cd9f2, true));
            }
        }
        BatadvSnapshot batadv = new BatadvSnapshot(mac(node.mac().bits() ^ 0x10), "BATMAN_IV", 2000, 3,
                List.of(new BatadvSnapshot.Hardif(0, "wlan0-mesh_29", hardif(name), true, true)), neighbours,
                originators, local, global);
        Map<String, Long> counters = new LinkedHashMap<>();
        counters.put("batadv.ogm.received", 321L);
        counters.put("drop.dhcp.truncated", 2L);
        return Optional.of(new NodeSnapshot(node.plan(), timeNs, 0, batadv, leases, counters, List.of()));
    }

    private MacAddress hardif(String node) {
        return world.findNode(node).orElseThrow().plan().batadv().hardifs().getFirst().mac();
    }

    /** Breadth first over the links that are up: target to next hop. */
    private Map<String, String> nextHops(String from) {
        Map<String, String> next = new LinkedHashMap<>();
        List<String> queue = new ArrayList<>(List.of(from));
        for (int at = 0; at < queue.size(); at++) {
            String here = queue.get(at);
            for (World.LinkView link : world.links()) {
                String other = link.a().node().equals(here) ? link.b().node()
                        : link.b().node().equals(here) ? link.a().node() : null;
                if (other != null && link.up() && !other.equals(from) && !next.containsKey(other)) {
                    next.put(other, here.equals(from) ? other : next.get(here));
                    queue.add(other);
                }
            }
        }
        return next;
    }

    private int hops(String from, String to) {
        int hops = 0;
        for (String at = from; !at.equals(to); hops++) {
            at = nextHops(at).get(to);
        }
        return hops;
    }

    @Override
    public EventLog events() {
        return log;
    }

    @Override
    public CaptureSubscription capture(CaptureFilter filter, CaptureListener listener) {
        Tap tap = new Tap(filter, listener);
        taps.add(tap);
        return () -> taps.remove(tap);
    }

    @Override
    public Optional<LabControl> control() {
        return Optional.of(this);
    }

    @Override
    public synchronized void roam(String client, String toNode) throws Refused {
        if (world.findNode(toNode).isEmpty()) {
            throw new Refused("client '" + client + "' cannot roam to '" + toNode + "', which is not a node");
        }
        for (int at = 0; at < clients.size(); at++) {
            World.ClientView old = clients.get(at);
            if (old.name().equals(client)) {
                clients.set(at, new World.ClientView(old.name(), old.mac(), old.address(), toNode, old.node(), timeNs,
                        timeNs, old.rxOctets(), old.txOctets(), 48_000_000));
                log.append(timeNs, toNode, "lab.roam", client + " roams from " + old.node() + " to " + toNode);
            }
        }
        publish();
    }

    @Override
    public synchronized void fail(String what) {
        set(what, false);
    }

    @Override
    public synchronized void heal(String what) {
        set(what, true);
    }

    private void set(String what, boolean up) {
        if (what.startsWith("link ")) {
            failedLinks.remove(what.substring(5));
            if (!up) {
                failedLinks.add(what.substring(5));
            }
        }
        nodes.replaceAll(node -> node.name().equals(what) || what.equals("all") ? new World.NodeView(node.name(),
                node.mac(), node.plan(), node.cloud(), up, node.x(), node.y(), true) : node);
        log.append(timeNs, "", up ? "lab.heal" : "lab.fail", what + (up ? " is back" : " fails"));
        publish();
    }

    @Override
    public synchronized void plug(String node) {
        unplugged.remove(node);
        log.append(timeNs, "", "lab.plug", node + " is plugged in");
        publish();
    }

    @Override
    public synchronized void unplug(String node) {
        unplugged.add(node);
        log.append(timeNs, "", "lab.plug", node + " is unplugged");
        publish();
    }

    @Override
    public synchronized void move(String name, double x, double y) {
        nodes.replaceAll(node -> node.name().equals(name) ? new World.NodeView(name, node.mac(), node.plan(),
                node.cloud(), node.up(), x, y, true) : node);
        publish();
    }

    @Override
    public synchronized void pause() {
        clock = new World.Clock(false, clock.speed());
        publish();
    }

    @Override
    public synchronized void resume() {
        clock = new World.Clock(true, clock.speed());
        publish();
    }

    @Override
    public synchronized void speed(double speed) {
        clock = new World.Clock(clock.running(), speed);
        publish();
    }

    @Override
    public synchronized void step(long durationNs) {
        timeNs += Math.max(1_000_000, durationNs);
        pause();
    }
}
