package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.RsaPrivateKey;
import org.limesh.bmx7.wire.TrustEntry;

/** A few engines, links between them, and a clock moved by hand. */
final class TestMesh {
    static final long MS = 1_000_000;
    static final long SECOND = 1_000 * MS;
    static final long LINK_DELAY = 200_000;

    final LaboratoryKeys keys = new LaboratoryKeys(7);
    final VerificationCache cache = new VerificationCache(100_000);
    final Rng rng = new Rng(42);
    final List<Node> nodes = new ArrayList<>();
    private final PriorityQueue<Arrival> pending = new PriorityQueue<>();
    long now = 5 * SECOND;
    private long order;

    /** One engine and what came out of it. */
    static final class Node implements Bmx7Engine.Outbox {
        final TestMesh mesh;
        final int number;
        final RsaPrivateKey key;
        final List<Link> links = new ArrayList<>();
        final List<Bmx7Event> events = new ArrayList<>();
        final List<Long> eventNs = new ArrayList<>();
        Counters counters = new Counters();
        Bmx7Engine engine;
        int lastDescSqn;
        /** Nodes that may forward, or null for all. */
        List<TrustEntry> trusts;
        List<TrustEntry> supports = List.of();
        /** Hears everything that is sent. */
        Consumer<byte[]> tap = payload -> { };
        long sentOctets;
        long sentPackets;

        Node(TestMesh mesh, int number) {
            this.mesh = mesh;
            this.number = number;
            this.key = mesh.keys.forNode(mesh.rng.fork("node key " + number)).newRsaKey(6);
        }

        void start() {
            Rng own = mesh.rng.fork("node " + number + " at " + mesh.now);
            counters = new Counters();
            engine = new Bmx7Engine(config(), mesh.keys.forNode(own), mesh.cache, counters, own, this, mesh.now);
            for (int device = 0; device < links.size(); device++) {
                Link link = links.get(device);
                engine.addDevice("dev" + device, address(device), link.layer, link.channel, 0, mesh.now);
            }
        }

        Bmx7Config config() {
            Bmx7Config usual = Bmx7Config.of(key, lastDescSqn, "node" + number);
            return new Bmx7Config(key, lastDescSqn, usual.hostname(), usual.rsaLinkType(), usual.dhLinkType(),
                    usual.linkKeyLifetimeS(), usual.ogmSqnRange(), usual.metric(), trusts, supports);
        }

        void stop() {
            engine = null;
        }

        Ip6Address address(int device) {
            return Ip6Address.linkLocalOf(new MacAddress(0x0200_0000_0000L | (long) number << 8 | device + 1));
        }

        @Override
        public void send(int device, byte[] payload) {
            sentOctets += payload.length;
            sentPackets++;
            // Nothing that a genuine daemon would choke on may ever leave.
            if (!(Bmx7Packet.parse(payload) instanceof Decoded.Valid<Bmx7Packet>)) {
                throw new AssertionError("node " + number + " sent " + Bmx7Packet.parse(payload));
            }
            tap.accept(payload);
            links.get(device).carry(this, device, payload);
        }

        @Override
        public void report(Bmx7Event event) {
            events.add(event);
            eventNs.add(mesh.now);
            if (event instanceof Bmx7Event.DescriptionMade made) {
                lastDescSqn = made.descSqn();
            }
        }

        /** The route to another node's primary address, or null. */
        Bmx7Route routeTo(Node other) {
            Ip6Prefix wanted = new Ip6Prefix(other.key.publicKey().nodeId().cryptoAddress(0), 128);
            return engine.routes().stream().filter(route -> route.network().equals(wanted)).findFirst().orElse(null);
        }

        long drops() {
            return counters.snapshot().entrySet().stream().filter(entry -> entry.getKey().startsWith("drop."))
                    .mapToLong(Map.Entry::getValue).sum();
        }
    }

    /** Everybody on it hears everybody else on it. */
    static final class Link {
        final TestMesh mesh;
        final LinkLayer layer;
        final int channel;
        final List<Node> nodes = new ArrayList<>();
        final List<Integer> devices = new ArrayList<>();
        boolean up = true;
        double loss;

        Link(TestMesh mesh, LinkLayer layer, int channel) {
            this.mesh = mesh;
            this.layer = layer;
            this.channel = channel;
        }

        void carry(Node from, int device, byte[] payload) {
            for (int i = 0; i < nodes.size(); i++) {
                if (nodes.get(i) != from && up && !(loss > 0 && mesh.rng.nextBoolean(loss))) {
                    mesh.pending.add(new Arrival(mesh.now + LINK_DELAY, mesh.order++, nodes.get(i), devices.get(i),
                            from.address(device), payload));
                }
            }
        }

        Link join(Node node) {
            nodes.add(node);
            devices.add(node.links.size());
            node.links.add(this);
            return this;
        }
    }

    private record Arrival(long atNs, long order, Node to, int device, Ip6Address source, byte[] payload)
            implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    Node node() {
        Node node = new Node(this, nodes.size() + 1);
        nodes.add(node);
        return node;
    }

    Node get(int index) {
        return nodes.get(index);
    }

    Link cable(Node a, Node b) {
        return new Link(this, LinkLayer.LAN, 0).join(a).join(b);
    }

    Link radio(int channel, Node a, Node b) {
        return new Link(this, LinkLayer.WLAN, channel).join(a).join(b);
    }

    static TestMesh line(int count) {
        TestMesh mesh = new TestMesh();
        for (int i = 0; i < count; i++) {
            mesh.node();
            if (i > 0) {
                mesh.cable(mesh.get(i - 1), mesh.get(i));
            }
        }
        mesh.nodes.forEach(Node::start);
        return mesh;
    }

    /** Nodes in a square, cables between neighbours. */
    static TestMesh grid(int side) {
        TestMesh mesh = new TestMesh();
        for (int i = 0; i < side * side; i++) {
            mesh.node();
        }
        for (int i = 0; i < side * side; i++) {
            if (i % side + 1 < side) {
                mesh.cable(mesh.get(i), mesh.get(i + 1));
            }
            if (i + side < side * side) {
                mesh.cable(mesh.get(i), mesh.get(i + side));
            }
        }
        mesh.nodes.forEach(Node::start);
        return mesh;
    }

    boolean allRoutes() {
        for (Node from : nodes) {
            for (Node to : nodes) {
                if (from != to && from.engine != null && to.engine != null && from.routeTo(to) == null) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Runs until the condition holds, at most so long; the seconds it took, or -1. */
    double secondsUntil(BooleanSupplier condition, double limitSeconds) {
        long begin = now;
        while (now - begin < (long) (limitSeconds * SECOND)) {
            if (condition.getAsBoolean()) {
                return (now - begin) / (double) SECOND;
            }
            runSeconds(0.1);
        }
        return -1;
    }

    void runSeconds(double seconds) {
        long end = now + (long) (seconds * SECOND);
        while (true) {
            long next = pending.isEmpty() ? Long.MAX_VALUE : pending.peek().atNs();
            Node due = null;
            for (Node node : nodes) {
                long deadline = node.engine == null ? Engine.NEVER : node.engine.nextDeadlineNs();
                if (deadline != Engine.NEVER && deadline < next) {
                    next = deadline;
                    due = node;
                }
            }
            if (next > end) {
                break;
            }
            now = Math.max(now, next);
            if (due != null) {
                due.engine.onTimer(now);
            } else {
                Arrival arrival = pending.poll();
                if (arrival.to().engine != null) {
                    arrival.to().engine.onDatagram(arrival.device(), arrival.source(), arrival.payload(), now);
                }
            }
        }
        now = end;
    }
}
