package org.limesh.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.LaboratoryKeys;
import org.limesh.bmx7.VerificationCache;
import org.limesh.bmx7.wire.RsaPrivateKey;
import org.limesh.gateway.Probe;
import org.limesh.gateway.ProbeResult;
import org.limesh.host.HostState;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.ConfigSource;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;

/**
 * Whole nodes on hosts that do nothing but remember what is wanted, BMX7's packets carried over named cables.
 */
final class SmallNet {
    static final long MS = 1_000_000L;
    static final long SECOND = 1000 * MS;
    private static final long DELAY_NS = MS / 5;

    /** Primes are what costs here; which node has which is of no interest. */
    private static final LaboratoryKeys KEYS = new LaboratoryKeys(3);

    final LaboratoryKeys keys = KEYS;
    final VerificationCache cache = new VerificationCache(10_000);
    final Rng rng = new Rng(11);
    final List<Box> boxes = new ArrayList<>();
    private final List<Cable> cables = new ArrayList<>();
    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>();
    private final PriorityQueue<Answer> answers = new PriorityQueue<>();
    long nowNs = 100 * SECOND;
    private long order;

    private record Arrival(long atNs, long order, Box to, String device, Ip6Address source, byte[] payload)
            implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            return atNs != other.atNs ? Long.compare(atNs, other.atNs) : Long.compare(order, other.order);
        }
    }

    private record Answer(long atNs, long order, Box to, ProbeResult result) implements Comparable<Answer> {
        @Override
        public int compareTo(Answer other) {
            return atNs != other.atNs ? Long.compare(atNs, other.atNs) : Long.compare(order, other.order);
        }
    }

    /** Two devices, by BMX7's names of them. */
    static final class Cable {
        final Box a;
        final String deviceOfA;
        final Box b;
        final String deviceOfB;
        boolean up = true;

        Cable(Box a, String deviceOfA, Box b, String deviceOfB) {
            this.a = a;
            this.deviceOfA = deviceOfA;
            this.b = b;
            this.deviceOfB = deviceOfB;
        }
    }

    /** A node and its host. */
    final class Box implements NodeHost {
        final NodePlan plan;
        RsaPrivateKey key;
        final Map<String, Ip6Address> linkLocals = new LinkedHashMap<>();
        final List<HostState> states = new ArrayList<>();
        final List<Long> stateNs = new ArrayList<>();
        final List<NodeEvent> events = new ArrayList<>();
        final List<Probe> probes = new ArrayList<>();
        /** Whether the world answers questions. */
        boolean internet = true;
        final List<Frame> uplinkFrames = new ArrayList<>();
        int lastDescSqn;
        Node node;

        Box(NodePlan plan) {
            this.plan = plan;
            this.key = keys.forNode(rng.fork("key " + boxes.size())).newRsaKey(6);
            for (NodePlan.Bmx7Device device : plan.bmx7() == null ? List.<NodePlan.Bmx7Device>of()
                    : plan.bmx7().devices()) {
                MacAddress mac = device.mac() != null ? device.mac() : device.name().equals("br-lan")
                        ? plan.primaryMac() : new MacAddress(0x0211_0000_0000L + boxes.size());
                linkLocals.put(device.name(), Ip6Address.linkLocalOf(mac));
            }
        }

        void start() {
            Rng own = rng.fork("node " + boxes.indexOf(this) + " at " + nowNs);
            node = new Node(plan, this, new NodeSecrets(key, lastDescSqn, keys.forNode(own), cache), own,
                    nowNs);
            if (plan.wan() != null && linkLocals.containsKey(plan.wan().device())) {
                node.onLinkLocal(plan.wan().device(), linkLocals.get(plan.wan().device()), nowNs);
            } else if (plan.wan() != null) {
                node.onUplinkMac(new MacAddress(0x0222_0000_0000L + boxes.indexOf(this)), nowNs);
            }
            node.start();
        }

        void stop() {
            node = null;
        }

        HostState state() {
            return states.getLast();
        }

        @Override
        public void transmit(int port, Frame frame) {
            if (node.ports().get(port) instanceof Port.Uplink) {
                uplinkFrames.add(frame);
            }
        }

        @Override
        public void send(int port, Ip6Address destination, byte[] payload) {
            Port.Datagram datagram = (Port.Datagram) node.ports().get(port);
            if (datagram.udpPort() == 6270) {
                carry(this, datagram.device(), payload);
            }
        }

        @Override
        public void probe(Probe probe) {
            probes.add(probe);
            if (internet) {
                answers.add(new Answer(nowNs + 10 * MS, order++, this,
                        new ProbeResult(probe.id(), true, 10, "fine")));
            }
        }

        @Override
        public void apply(HostState desired) {
            states.add(desired);
            stateNs.add(nowNs);
        }

        @Override
        public void report(NodeEvent event) {
            events.add(event);
            if (event instanceof NodeEvent.Bmx7(Bmx7Event.DescriptionMade(int descSqn, var unused))) {
                lastDescSqn = descSqn;
            }
        }

        private void receive(String device, Ip6Address source, byte[] payload) {
            for (int port = 0; port < node.ports().size(); port++) {
                if (node.ports().get(port) instanceof Port.Datagram datagram && datagram.udpPort() == 6270
                        && datagram.device().equals(device)) {
                    node.onDatagram(port, source, payload, nowNs);
                }
            }
        }
    }

    static DeviceSet devices(int number, String mesh, String wan) {
        MacAddress mac = new MacAddress(0x02ca_fe00_0000L + number * 0x0101L);
        return new DeviceSet(mac, List.of(mesh.split(" ")).stream().map(DeviceSet.MeshDevice::named).toList(),
                List.of(), wan);
    }

    /** A node whose uplink has the fixed address 192.0.2.2, behind 192.0.2.1. */
    Box gateway(String ssid, String mesh, String... settings) {
        return box(LimeConfig.of(List.of(new ConfigSource("lime-node", """
                config net uplink
                 option linux_name uplink
                 list protocols static
                 option static_ipv4 192.0.2.2/24
                 option static_gateway_ipv4 192.0.2.1
                """)), null), ssid, mesh, null, settings);
    }

    /** @param mesh blank-separated; @param wan null without an uplink */
    Box box(String ssid, String mesh, String wan, String... settings) {
        return box(LimeConfig.builtIn(), ssid, mesh, wan, settings);
    }

    private Box box(LimeConfig base, String ssid, String mesh, String wan, String... settings) {
        LimeConfig config = base.with("wifi.ap_ssid=" + ssid)
                .with("system.hostname=n" + (boxes.size() + 1));
        for (String setting : settings) {
            config = config.with(setting);
        }
        Box box = new Box(AutoConfig.plan(config, devices(boxes.size() + 1, mesh, wan)).orThrow());
        boxes.add(box);
        return box;
    }

    Cable cable(Box a, String deviceOfA, Box b, String deviceOfB) {
        Cable cable = new Cable(a, deviceOfA, b, deviceOfB);
        cables.add(cable);
        return cable;
    }

    private void carry(Box from, String device, byte[] payload) {
        for (Cable cable : cables) {
            if (cable.up && cable.a == from && cable.deviceOfA.equals(device)) {
                arrivals.add(new Arrival(nowNs + DELAY_NS, order++, cable.b, cable.deviceOfB,
                        from.linkLocals.get(device), payload));
            } else if (cable.up && cable.b == from && cable.deviceOfB.equals(device)) {
                arrivals.add(new Arrival(nowNs + DELAY_NS, order++, cable.a, cable.deviceOfA,
                        from.linkLocals.get(device), payload));
            }
        }
    }

    void start() {
        boxes.forEach(Box::start);
    }

    /** Lets time go on until something holds. True when it did within the time. */
    boolean await(long limitNs, BooleanSupplier condition) {
        long endNs = nowNs + limitNs;
        while (!condition.getAsBoolean()) {
            if (nowNs >= endNs) {
                return false;
            }
            step(endNs);
        }
        return true;
    }

    void run(long durationNs) {
        await(durationNs, () -> false);
    }

    private void step(long endNs) {
        long nextNs = endNs;
        for (Box box : boxes) {
            if (box.node != null) {
                nextNs = Math.min(nextNs, Engine.earlier(box.node.nextDeadlineNs(), endNs));
            }
        }
        nextNs = arrivals.isEmpty() ? nextNs : Math.min(nextNs, arrivals.peek().atNs());
        nextNs = answers.isEmpty() ? nextNs : Math.min(nextNs, answers.peek().atNs());
        nowNs = Math.max(nowNs, nextNs);
        while (!answers.isEmpty() && answers.peek().atNs() <= nowNs) {
            Answer answer = answers.poll();
            if (answer.to().node != null) {
                answer.to().node.onProbe(answer.result(), nowNs);
            }
        }
        while (!arrivals.isEmpty() && arrivals.peek().atNs() <= nowNs) {
            Arrival arrival = arrivals.poll();
            if (arrival.to().node != null) {
                arrival.to().receive(arrival.device(), arrival.source(), arrival.payload());
            }
        }
        for (Box box : boxes) {
            if (box.node != null && Engine.isDue(box.node.nextDeadlineNs(), nowNs)) {
                box.node.onTimer(nowNs);
            }
        }
    }
}
