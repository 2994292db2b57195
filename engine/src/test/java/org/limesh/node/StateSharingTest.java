package org.limesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.limesh.access.CloudReport;
import org.limesh.access.Lease;
import org.limesh.alfred.wire.AlfredMessage;
import org.limesh.alfred.wire.DataBlock;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.host.FilterRule;
import org.limesh.host.HostState;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv6;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.StateDocument;
import org.limesh.sharedstate.StateExchange;

/** A whole node with the second carrier of leases, on a host that notes what it is asked for. */
class StateSharingTest {
    private static final long SECOND = 1_000_000_000L;
    private static final MacAddress SELF = MacAddress.parse("02:ca:fe:00:00:01");
    private static final MacAddress GENUINE = MacAddress.parse("02:ca:fe:00:00:02");
    private static final MacAddress PHONE = MacAddress.parse("52:54:00:aa:bb:01");
    private static final Ip4Address PHONE4 = Ip4Address.parse("10.13.7.21");
    private static final Ip4Address GENUINE4 = Ip4Address.parse("10.13.0.2");

    private final List<StateExchange> exchanges = new ArrayList<>();
    private final List<Frame> pings = new ArrayList<>();
    private final List<HostState> states = new ArrayList<>();
    private long nowNs = 100 * SECOND;

    private Node node(String protocols, String... settings) {
        LimeConfig config = LimeConfig.builtIn().with("network", "protocols", List.of(protocols.split(" ")));
        for (String setting : settings) {
            config = config.with(setting);
        }
        NodePlan plan = AutoConfig.plan(config, DeviceSet.of(SELF, List.of("eth0"), List.of("lan1")))
                .orThrow();
        Node[] made = new Node[1];
        made[0] = new Node(plan, new NodeHost() {
            @Override
            public void transmit(int port, Frame frame) {
                if (made[0].ports().get(port) instanceof Port.Echo) {
                    pings.add(frame);
                }
            }

            @Override
            public void exchangeState(StateExchange exchange) {
                exchanges.add(exchange);
            }

            @Override
            public void apply(HostState desired) {
                states.add(desired);
            }

            @Override
            public void report(NodeEvent event) {}
        }, null, new Rng(1), nowNs);
        made[0].start();
        return made[0];
    }

    /** On a cable with others, without batman-adv: whoever answers is near. */
    private Node onACable() {
        return node("lan anygw", "network.limesh_shared_state=1");
    }

    private static Decoded<StateDocument> told(LeaseEntry... entries) {
        return new Decoded.Valid<>(new StateDocument(List.of(entries), 0));
    }

    private static LeaseEntry itself(int ttl) {
        return new LeaseEntry(GENUINE4, ttl, "LiMe-000002", GENUINE, "LiMe-000002");
    }

    private static LeaseEntry phone(int ttl) {
        return new LeaseEntry(PHONE4, ttl, "LiMe-000002", PHONE, "phone1");
    }

    private List<Lease> remote(Node node) {
        return node.snapshot(nowNs).remoteLeases();
    }

    @Test
    void isOffUnlessItIsSwitchedOn() {
        Node node = node("lan anygw");
        assertThat(node.ports()).noneMatch(port -> port instanceof Port.Echo);
        assertThat(node.onStateQuestion(Ip6Address.linkLocalOf(GENUINE), told(phone(30)), nowNs)).isNull();
        assertThat(rules()).noneMatch(rule -> rule.counter().equals("from_client.shared_state"));
    }

    private List<FilterRule> rules() {
        return states.getLast().filters();
    }

    @Test
    void clientsMayNeitherAskNorAnswer() {
        onACable();
        assertThat(rules()).filteredOn(rule -> rule.counter().startsWith("from_client.shared_state"))
                .extracting(FilterRule::blames).containsExactly(true, false);
        node("lan anygw", "network.limesh_shared_state=1", "network.limesh_alfred_on_lan=1");
        assertThat(rules()).noneMatch(rule -> rule.counter().equals("from_client.shared_state"));
    }

    @Test
    void asksTheStationThatAnswersItsPingAndTellsOfItself() {
        Node node = onACable();
        while (pings.isEmpty()) {
            nowNs = node.nextDeadlineNs();
            node.onTimer(nowNs);
        }
        Frame ping = pings.getFirst();
        assertThat(Ipv6.destination(ping)).isEqualTo(Ip6Address.parse("ff02::1"));
        assertThat(Ethernet.source(ping)).isEqualTo(SELF.bits());
        Ip6Address peer = Ip6Address.linkLocalOf(GENUINE);
        int port = IntStream.range(0, node.ports().size())
                .filter(i -> node.ports().get(i) instanceof Port.Echo)
                .findFirst().orElseThrow();
        node.onFrame(port, Icmpv6.echoReply(ping, GENUINE.bits(), peer), nowNs + 1000);
        while (exchanges.isEmpty()) {
            nowNs = node.nextDeadlineNs();
            node.onTimer(nowNs);
        }
        StateExchange exchange = exchanges.getFirst();
        assertThat(exchange.neighbours()).containsExactly(peer);
        assertThat(exchange.entries()).containsExactly(new LeaseEntry(node.plan().address4().address(), 30,
                node.plan().hostname(), SELF, node.plan().hostname()));
        node.onStateAnswer(exchange.round(), peer, peer.toString(), told(itself(30), phone(30)), nowNs);
        assertThat(remote(node)).extracting(Lease::address).containsExactly(GENUINE4, PHONE4);
    }

    @Test
    void saysWhoHoldsALeaseAndHowThatIsKnown() {
        Node node = onACable();
        node.onStateQuestion(Ip6Address.linkLocalOf(GENUINE), told(itself(30), phone(20)), nowNs);
        Lease lease = remote(node).getLast();
        assertThat(lease.grantedBy()).isEqualTo(GENUINE);
        assertThat(lease.confirmedBy()).isEqualTo(GENUINE);
        assertThat(lease.hostname()).isEqualTo("phone1");
        assertThat(lease.reason()).isEqualTo("held at LiMe-000002, as shared-state of " + GENUINE + " tells");
        // Bleached ten times, so it was said between 18 and 20 minutes ago.
        assertThat((lease.expiresNs() - nowNs) / SECOND).isEqualTo(3600 - 9 * 120);
    }

    @Test
    void aRemovedLeaseRunsOutByItself() {
        Node node = onACable();
        Ip6Address peer = Ip6Address.linkLocalOf(GENUINE);
        node.onStateQuestion(peer, told(phone(29)), nowNs);
        node.onStateQuestion(peer, told(new LeaseEntry(PHONE4, 30, "LiMe-000002", null, "")), nowNs);
        assertThat(remote(node)).extracting(Lease::address).containsExactly(PHONE4);
    }

    @Test
    void whatLiesOutsideThePoolOrBearsOurNameIsNoNews() {
        Node node = onACable();
        node.onStateQuestion(Ip6Address.linkLocalOf(GENUINE), told(
                new LeaseEntry(Ip4Address.parse("192.0.2.7"), 30, "LiMe-000002", PHONE, ""),
                new LeaseEntry(PHONE4, 30, node.plan().hostname(), PHONE, "")), nowNs);
        assertThat(remote(node)).isEmpty();
        assertThat(node.snapshot(nowNs).counters()).containsEntry("lease.rejected.outside_pool", 1L);
    }

    @Test
    void aNodeThatSendsReportsIsBelievedThoseOnly() {
        Node node = onACable();
        // A primary takes what it did not ask for.
        node.onLocal(1, new AlfredMessage.ModeSwitch(true).emit(), nowNs);
        CloudReport report = new CloudReport(GENUINE, 1, 1, GENUINE4, "LiMe-000002", new BitSet(),
                new BitSet(),
                Map.of(), List.of(), List.of());
        int port = IntStream.range(0, node.ports().size())
                .filter(i -> node.ports().get(i).name().equals("alfred"))
                .findFirst().orElseThrow();
        for (AlfredMessage message : List.of(new AlfredMessage.PushData(7, 0, List.of(
                new DataBlock(GENUINE, LeaseSharing.TYPE_REPORT, 0, report.emit()))),
                new AlfredMessage.StatusTxEnd(7, 1))) {
            node.onDatagram(port, Ip6Address.linkLocalOf(GENUINE), message.emit(), nowNs);
        }
        assertThat(remote(node)).extracting(Lease::address).containsExactly(GENUINE4);
        node.onStateQuestion(Ip6Address.linkLocalOf(GENUINE), told(phone(29)), nowNs);
        assertThat(remote(node)).extracting(Lease::address).containsExactly(GENUINE4);
        // It has fallen silent there and goes on here.
        nowNs += 300 * SECOND;
        node.onStateQuestion(Ip6Address.linkLocalOf(GENUINE), told(phone(30)), nowNs);
        assertThat(remote(node)).extracting(Lease::address).contains(PHONE4);
    }

    @Test
    void believesOnlyWhomLayerTwoKnows() {
        Node node = node("batadv:%N1 lan anygw", "network.limesh_shared_state=1");
        assertThat(node.onStateQuestion(Ip6Address.linkLocalOf(GENUINE), told(phone(30)), nowNs)).isNull();
        assertThat(node.onStateQuestion(Ip6Address.parse("fd0d::2"), told(phone(30)), nowNs)).isNull();
        assertThat(node.snapshot(nowNs).counters()).containsEntry("drop.sharedstate.unknown_peer", 2L);
        assertThat(remote(node)).isEmpty();
    }
}
