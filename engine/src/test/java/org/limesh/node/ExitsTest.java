package org.limesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.bmx7.TunnelChoice;
import org.limesh.gateway.Exit;
import org.limesh.gateway.GatewaySnapshot;
import org.limesh.host.HostState;

/** The way to the Internet of whole nodes: client, two gateways in a line. */
class ExitsTest {
    private static final Ip4Prefix WORLD = Ip4Prefix.parse("0.0.0.0/0");

    private final SmallNet net = new SmallNet();
    private SmallNet.Box client;
    private SmallNet.Box near;
    private SmallNet.Box far;

    /** client - near - far; both gateways announce nothing about their bandwidth. */
    @BeforeEach
    void connect() {
        client = net.box("Casa", "eth0", null);
        near = net.gateway("Norte", "eth0 eth1");
        far = net.gateway("Sur", "eth0");
        net.cable(client, "eth0_18", near, "eth0_18");
        net.cable(near, "eth1_18", far, "eth0_18");
        net.start();
    }

    private static String tunnelTo(SmallNet.Box box) {
        return "X7Out_" + box.key.publicKey().nodeId().toString().substring(0, 8);
    }

    /** Device of the best default route in the main table, or "". */
    private static String exitOf(SmallNet.Box box) {
        return box.state().routes4().stream()
                .filter(route -> route.destination().equals(WORLD) && route.table() == RoutedHost.MAIN_TABLE)
                .min((one, two) -> Long.compare(one.metric(), two.metric())).map(HostState.Route4::device)
                .orElse("");
    }

    private boolean exitBecomes(SmallNet.Box box, String device, long limitNs) {
        return net.await(limitNs, () -> exitOf(box).equals(device));
    }

    @Test
    void theClientTakesTheNearExitAndTheGatewaysTheirOwn() {
        assertThat(exitBecomes(client, tunnelTo(near), 25 * SmallNet.SECOND)).isTrue();
        assertThat(exitOf(near)).isEqualTo("uplink");
        assertThat(exitOf(far)).isEqualTo("uplink");
        assertThat(near.state().masquerades()).containsExactly(
                new HostState.Masquerade("uplink", Ip4Prefix.parse("192.0.2.0/24")));
        assertThat(near.state().mssClamps()).contains("uplink", "X7main");
        assertThat(near.state().reservations()).as("offered, so for everybody").isEmpty();
        net.run(10 * SmallNet.SECOND);
        GatewaySnapshot exits = client.node.snapshot(net.nowNs).gateway();
        assertThat(exits.exits()).extracting(Exit::gateway).containsExactly("n2", "n3");
        assertThat(exits.exits().getFirst().used()).isTrue();
    }

    @Test
    void theTableOfTunnelsShowsTheExitsWithTheirReasons() {
        exitBecomes(client, tunnelTo(near), 25 * SmallNet.SECOND);
        net.run(5 * SmallNet.SECOND);
        List<TunnelChoice> exits = client.node.snapshot(net.nowNs).bmx7().tunnels().stream()
                .filter(choice -> choice.search().name().equals("inet4")).toList();
        assertThat(exits).extracting(choice -> choice.offer().hostname()).containsExactly("n2", "n3");
        assertThat(exits).extracting(TunnelChoice::active).containsExactly(true, false);
        assertThat(exits).allSatisfy(choice -> assertThat(choice.reason()).isNotEmpty());
    }

    @Test
    void aGatewayWhoseLineDiesWithdrawsAndEverybodyUsesTheOther() {
        exitBecomes(client, tunnelTo(near), 25 * SmallNet.SECOND);
        near.node.onUplinkCarrier(false, net.nowNs);
        long pulledNs = net.nowNs;
        assertThat(exitBecomes(client, tunnelTo(far), 5 * SmallNet.SECOND)).isTrue();
        assertThat(exitBecomes(near, tunnelTo(far), 5 * SmallNet.SECOND)).isTrue();
        assertThat(net.nowNs - pulledNs).isLessThan(5 * SmallNet.SECOND);
        assertThat(near.state().reservations()).containsExactly(new HostState.Reservation("uplink",
                List.of("br-lan", "anygw"), "bat0"));

        near.node.onUplinkCarrier(true, net.nowNs);
        assertThat(exitBecomes(near, "uplink", 30 * SmallNet.SECOND)).isTrue();
    }

    @Test
    void silenceBehindTheUplinkIsNoticedWithinHalfAMinute() {
        exitBecomes(client, tunnelTo(near), 25 * SmallNet.SECOND);
        near.internet = false;
        assertThat(exitBecomes(client, tunnelTo(far), 30 * SmallNet.SECOND)).isTrue();
    }

    @Test
    void aPersonMayChooseForTheNodeAndTakeItBack() {
        exitBecomes(client, tunnelTo(near), 25 * SmallNet.SECOND);
        net.run(10 * SmallNet.SECOND);
        client.node.pinExit("n3", null, net.nowNs);
        assertThat(exitBecomes(client, tunnelTo(far), SmallNet.SECOND)).isTrue();
        client.node.pinExit(null, null, net.nowNs);
        assertThat(exitBecomes(client, tunnelTo(near), SmallNet.SECOND)).isTrue();
    }

    @Test
    void aPersonMayChooseForOneClient() {
        exitBecomes(client, tunnelTo(near), 25 * SmallNet.SECOND);
        net.run(10 * SmallNet.SECOND);
        Ip4Address phone = client.plan.address4().network().plus(7);
        client.node.pinExit("n3", phone, net.nowNs);
        net.run(SmallNet.SECOND);

        assertThat(exitOf(client)).isEqualTo(tunnelTo(near));
        HostState.PolicyRule rule = client.state().policyRules().stream()
                .filter(each -> each.from4() != null && each.from4().address().equals(phone)).findFirst()
                .orElseThrow();
        List<HostState.Route4> table = client.state().routes4().stream()
                .filter(route -> route.table() == rule.table()).toList();
        assertThat(table).contains(new HostState.Route4(WORLD, null, tunnelTo(far), rule.table(), 1024),
                new HostState.Route4(client.plan.address4().masked(), null, "br-lan", rule.table(), 0));
        assertThat(table).anyMatch(route -> route.destination().equals(near.plan.address4().masked()));

        client.node.pinExit(null, phone, net.nowNs);
        net.run(SmallNet.SECOND);
        assertThat(client.state().policyRules()).doesNotContain(rule);
    }

    @Test
    void whoDoesNotShareIsNobodysExitButItsOwn() {
        SmallNet alone = new SmallNet();
        SmallNet.Box other = alone.box("Casa", "eth0", null);
        SmallNet.Box owner = alone.gateway("Norte", "eth0", "network.limesh_share=off");
        alone.cable(other, "eth0_18", owner, "eth0_18");
        alone.start();
        alone.run(30 * SmallNet.SECOND);
        assertThat(exitOf(owner)).isEqualTo("uplink");
        assertThat(exitOf(other)).isEmpty();
        assertThat(other.node.snapshot(alone.nowNs).gateway().exits()).isEmpty();
    }

    @Test
    void theConfiguredBandwidthTravelsWithTheOffer() {
        SmallNet fast = new SmallNet();
        SmallNet.Box other = fast.box("Casa", "eth0", null, "network.limesh_exit_bandwidth=10M");
        SmallNet.Box slow = fast.gateway("Norte", "eth0 eth1", "network.limesh_share_bandwidth=1M");
        SmallNet.Box quick = fast.gateway("Sur", "eth0", "network.limesh_share_bandwidth=50M");
        fast.cable(other, "eth0_18", slow, "eth0_18");
        fast.cable(slow, "eth1_18", quick, "eth0_18");
        fast.start();
        fast.run(40 * SmallNet.SECOND);
        assertThat(exitOf(other)).isEqualTo(tunnelTo(quick));
        assertThat(other.node.snapshot(fast.nowNs).gateway().exits()).extracting(Exit::bandwidthBps)
                .containsExactly(46_137_344L, 983_040L);
    }

    @Test
    void anUplinkThatAppearsLaterIsUsedAndChoicesAreKept() {
        client.node.pinExit("n3", null, net.nowNs);
        near.node.pinExit("n3", null, net.nowNs);
        near.node.onUplinkMac(new MacAddress(0x0233_0000_0001L), net.nowNs);
        assertThat(near.node.snapshot(net.nowNs).gateway().preferred()).isEqualTo("n3");
        assertThat(exitBecomes(client, tunnelTo(far), 25 * SmallNet.SECOND)).isTrue();
    }
}
