package org.limesh.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterReport;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Arp;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Udp;

/**
 * Proves every minute that the gateway is kept apart, by trying to break the rules: the node puts frames into
 * its own bridge as if they came from the cloud, which the rules must drop and count and which nobody may answer.
 *
 * <pre>
 *   read the rules ─→ send the probes ─→ 1 s ─→ read the rules ─→ every counter moved? no answer? ─→ verdict
 * </pre>
 *
 * <p>The probes carry a MAC of their own ({@link #MAC}), so an answer is known as one. They leave the machine
 * only where the rules are broken, and then harm nobody: two questions for the gateway, one for an address, and
 * frames of the loopback test protocol.
 */
public final class SelfTest {
    public static final long INTERVAL_NS = 60_000_000_000L;
    /** Source of the probes and destination of answers; of no device. */
    public static final MacAddress MAC = MacAddress.parse("06:5e:1f:7e:57:01");
    /** Rules that the probes have to run into. */
    public static final String CLOUD_ASKS_ARP = "from_cloud.arp_target";
    public static final String CLOUD_ASKS_ND = "from_cloud.neighbour";
    public static final String CLOUD_ASKS_DHCP = "from_cloud.dhcp_request";
    public static final String CLOUD_PRETENDS = "from_cloud.anycast_source";
    public static final String TO_CLOUD_PRETENDS = "to_cloud.anycast_source";

    static final long FIRST_NS = 5_000_000_000L;
    private static final long AGAIN_NS = 10_000_000_000L;
    private static final long ANSWER_NS = 1_000_000_000L;
    /** A host that does not tell of its rules for so long does not know them. */
    private static final long HOST_NS = 15_000_000_000L;
    /** Configuration test protocol: what is meant to go nowhere. */
    private static final int TYPE_LOOPBACK_TEST = 0x9000;
    private static final int PADDED_OCTETS = 60;

    /** Effects of a test. */
    interface Outbox {
        /** Asks the host to tell what its filter rules have done. */
        void readFilters();

        /** Puts a frame into the bridge as if it came from the cloud. */
        void fromCloud(Frame frame);

        /** Sends a frame from the gateway identity. */
        void fromGateway(Frame frame);

        /** The end of a test; empty when all is in order. */
        void onVerdict(List<String> faults, long nowNs);
    }

    private enum Step { REST, READ_BEFORE, WAIT, READ_AFTER }

    private final GuardConfig config;
    private final boolean hasCloud;
    private final Outbox out;
    private Step step = Step.REST;
    private long deadlineNs;
    private int round;
    private Map<String, Long> before = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    /** @param hasCloud whether there is a mesh interface to put probes into */
    SelfTest(GuardConfig config, boolean hasCloud, Outbox out, long nowNs) {
        this.config = config;
        this.hasCloud = hasCloud;
        this.out = out;
        this.deadlineNs = nowNs + FIRST_NS;
    }

    long nextDeadlineNs() {
        return deadlineNs;
    }

    void onTimer(long nowNs) {
        if (!Engine.isDue(deadlineNs, nowNs)) {
            return;
        }
        switch (step) {
            case REST -> {
                faults.clear();
                step = Step.READ_BEFORE;
                deadlineNs = nowNs + HOST_NS;
                out.readFilters();
            }
            case WAIT -> {
                step = Step.READ_AFTER;
                deadlineNs = nowNs + HOST_NS;
                out.readFilters();
            }
            case READ_BEFORE, READ_AFTER -> {
                faults.add("the host does not tell whether the filter rules are in force");
                finish(nowNs);
            }
        }
    }

    void onReport(FilterReport report, long nowNs) {
        boolean news = report.fault() != null && !faults.contains(report.fault());
        if (news && step == Step.REST) {
            // The host looked of its own accord. It has repaired what it could: the next test will tell.
            faults.clear();
            faults.add(report.fault());
            finish(nowNs);
            return;
        }
        if (news) {
            faults.add(report.fault());
        }
        if (step == Step.READ_BEFORE) {
            before = report.dropped();
            if (hasCloud) {
                step = Step.WAIT;
                deadlineNs = nowNs + ANSWER_NS;
                probe();
            } else {
                finish(nowNs);
            }
        } else if (step == Step.READ_AFTER) {
            compare(report.dropped(), nowNs);
        }
    }

    private void probe() {
        round++;
        long mac = MAC.bits();
        out.fromCloud(Arp.request(mac, 0, config.gateway4().bits()));
        out.fromCloud(Icmpv6.neighbourSolicitation(mac, Ip6Address.linkLocalOf(MAC), config.gateway6()));
        DhcpMessage discover = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, round, 0, false, Ip4Address.ANY,
                Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY, MAC,
                DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.DISCOVER).build());
        out.fromCloud(Udp.frame4(MacAddress.BROADCAST.bits(), mac, 0, Udp.PORT_DHCP_CLIENT,
                Ip4Address.BROADCAST.bits(), Udp.PORT_DHCP_SERVER, discover.emit()));
        out.fromCloud(loopbackTest(MAC, config.anycastMac()));
        // First the bridge learns that the station is in the cloud; then what is sent to it goes there, if anywhere.
        out.fromCloud(loopbackTest(config.node(), MAC));
        out.fromGateway(loopbackTest(MAC, config.anycastMac()));
    }

    private static Frame loopbackTest(MacAddress destination, MacAddress source) {
        Frame frame = Frame.allocate(PADDED_OCTETS);
        Ethernet.put(frame, destination.bits(), source.bits(), TYPE_LOOPBACK_TEST);
        return frame;
    }

    /** True for a frame that came into the mesh interface in answer to a probe; it shall go no further. */
    boolean takesAnswer(Frame frame) {
        if (Ethernet.destination(frame) != MAC.bits()) {
            return false;
        }
        String fault = switch (Ethernet.type(frame)) {
            case Ethernet.TYPE_ARP -> "this node's gateway answers ARP from the cloud";
            case Ethernet.TYPE_IPV6 -> "this node's gateway answers neighbour discovery from the cloud";
            case Ethernet.TYPE_IPV4 -> "this node's DHCP server answers into the cloud";
            default -> "frames of the gateway's MAC get into the cloud";
        };
        if (!faults.contains(fault)) {
            faults.add(fault);
        }
        return true;
    }

    private void compare(Map<String, Long> after, long nowNs) {
        List<String> names = List.of(CLOUD_ASKS_ARP, CLOUD_ASKS_ND, CLOUD_ASKS_DHCP, CLOUD_PRETENDS,
                TO_CLOUD_PRETENDS);
        for (String name : names) {
            if (value(after, name) < value(before, name)) {
                // Loaded anew meanwhile: the counts say nothing.
                step = Step.REST;
                deadlineNs = nowNs + AGAIN_NS;
                return;
            }
        }
        for (String name : names) {
            if (value(after, name) == value(before, name)) {
                faults.add("filter rule " + name + " did not drop a frame that it must drop");
            }
        }
        finish(nowNs);
    }

    private static long value(Map<String, Long> counts, String name) {
        return counts.getOrDefault(name, 0L);
    }

    private void finish(long nowNs) {
        step = Step.REST;
        deadlineNs = nowNs + (faults.isEmpty() ? INTERVAL_NS : AGAIN_NS);
        out.onVerdict(List.copyOf(faults), nowNs);
    }
}
