package org.limesh.batadv;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

/** A few engines, links between them, and a clock moved by hand. */
final class SmallMesh {
    static final long MS = 1_000_000;
    static final long SECOND = 1_000 * MS;
    static final long LINK_DELAY = 100_000;

    /** One engine and what came out of it. */
    static final class Node implements BatadvEngine.Outbox {
        final int number;
        final BatadvEngine engine;
        final Counters counters = new Counters();
        final List<Frame> delivered = new ArrayList<>();
        final List<BatadvEvent> events = new ArrayList<>();
        final List<Sent> sent = new ArrayList<>();
        final List<Link> links = new ArrayList<>();
        final SmallMesh mesh;
        int hardifs;

        Node(SmallMesh mesh, int number, BatadvConfig config) {
            this.mesh = mesh;
            this.number = number;
            this.engine = new BatadvEngine(config, meshMac(), counters, new Rng(1000 + number), this,
                    mesh.now);
        }

        MacAddress meshMac() {
            return new MacAddress(0x0200_0000_0000L | (long) number << 8);
        }

        /** MAC of the n-th hard interface; the primary is n = 0. */
        MacAddress hardifMac(int hardif) {
            return new MacAddress(0x0200_0000_0000L | (long) number << 8 | 0x10 + hardif);
        }

        long mac() {
            return hardifMac(0).bits();
        }

        int addHardif(boolean wifi) {
            return addHardif(wifi, 1532);
        }

        int addHardif(boolean wifi, int mtuOctets) {
            links.add(null);
            int added = engine.addHardif("if" + hardifs, hardifMac(hardifs), mtuOctets, wifi, mesh.now);
            hardifs++;
            return added;
        }

        @Override
        public void transmit(int hardif, Frame frame) {
            sent.add(new Sent(mesh.now, hardif, frame));
            if (links.get(hardif) != null) {
                links.get(hardif).carry(this, hardif, frame);
            }
        }

        @Override
        public void deliver(Frame frame) {
            delivered.add(frame);
        }

        @Override
        public void report(BatadvEvent event) {
            events.add(event);
        }

        void fromClient(long source, long destination) {
            engine.onMeshFrame(clientFrame(source, destination), mesh.now);
        }

        List<Sent> sentSince(long time, int type) {
            return sent.stream().filter(s -> s.atNs() >= time && s.type() == type).toList();
        }
    }

    record Sent(long atNs, int hardif, Frame frame) {
        int type() {
            return frame.u8(14);
        }
    }

    /** Everybody on it hears everybody else on it. */
    static final class Link {
        final SmallMesh mesh;
        final List<Node> nodes = new ArrayList<>();
        final List<Integer> hardifs = new ArrayList<>();
        boolean up = true;
        Predicate<Node> loses = sender -> false;

        Link(SmallMesh mesh) {
            this.mesh = mesh;
        }

        void carry(Node from, int hardif, Frame frame) {
            for (int i = 0; i < nodes.size(); i++) {
                if (nodes.get(i) != from && up && !loses.test(from)) {
                    mesh.pending.add(new Arrival(mesh.now + LINK_DELAY, mesh.order++, nodes.get(i),
                            hardifs.get(i),
                            frame));
                }
            }
        }

        Link join(Node node, int hardif) {
            nodes.add(node);
            hardifs.add(hardif);
            node.links.set(hardif, this);
            return this;
        }
    }

    private record Arrival(long atNs, long order, Node to, int hardif, Frame frame)
            implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    final List<Node> nodes = new ArrayList<>();
    final PriorityQueue<Arrival> pending = new PriorityQueue<>();
    long now = 5 * SECOND;
    long order;

    Node node(BatadvConfig config) {
        Node node = new Node(this, nodes.size() + 1, config);
        nodes.add(node);
        return node;
    }

    /** A line of nodes over cables. */
    static SmallMesh line(int count) {
        SmallMesh mesh = new SmallMesh();
        for (int i = 0; i < count; i++) {
            Node node = mesh.node(BatadvConfig.withInterval(1000));
            node.addHardif(false);
            if (i > 0 && i < count - 1) {
                node.addHardif(false);
            }
        }
        for (int i = 0; i + 1 < count; i++) {
            mesh.link(i, i == 0 ? 0 : 1, i + 1, 0);
        }
        return mesh;
    }

    Link link(int a, int hardifA, int b, int hardifB) {
        return new Link(this).join(nodes.get(a), hardifA).join(nodes.get(b), hardifB);
    }

    /** All nodes with one interface on one link. */
    static SmallMesh hub(int count, boolean wifi) {
        SmallMesh mesh = new SmallMesh();
        Link link = new Link(mesh);
        for (int i = 0; i < count; i++) {
            Node node = mesh.node(BatadvConfig.withInterval(1000));
            link.join(node, node.addHardif(wifi));
        }
        return mesh;
    }

    Node get(int index) {
        return nodes.get(index);
    }

    void runSeconds(double seconds) {
        runUntil(now + (long) (seconds * SECOND));
    }

    void runUntil(long end) {
        while (true) {
            long next = pending.isEmpty() ? Long.MAX_VALUE : pending.peek().atNs();
            Node due = null;
            for (Node node : nodes) {
                long deadline = node.engine.nextDeadlineNs();
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
                arrival.to().engine.onFrame(arrival.hardif(), arrival.frame(), now);
            }
        }
        now = end;
    }

    static Frame clientFrame(long source, long destination) {
        Frame frame = Frame.allocate(60);
        frame.putMac(0, destination);
        frame.putMac(6, source);
        frame.put16(12, 0x0800);
        frame.put32(14, 0x4500_0020);
        return frame;
    }
}
