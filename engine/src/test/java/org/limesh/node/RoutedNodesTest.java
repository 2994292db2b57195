package org.limesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.host.HostState;

/** Whole nodes, their layer 3 connected by cables, their wishes looked at. */
class RoutedNodesTest {
    private final SmallNet net = new SmallNet();

    private static Ip4Prefix cloud(SmallNet.Box box) {
        return box.plan.address4().masked();
    }

    private static HostState.Route4 routeTo(SmallNet.Box box, Ip4Prefix network) {
        return box.state().routes4().stream().filter(route -> route.destination().equals(network)
                && route.table() == RoutedHost.MAIN_TABLE).findFirst().orElse(null);
    }

    private static Ip6Address primary(SmallNet.Box box) {
        return box.key.publicKey().nodeId().cryptoAddress(0);
    }

    private static String tunnelTo(SmallNet.Box box) {
        return "X7Out_" + box.key.publicKey().nodeId().toString().substring(0, 8);
    }

    @Test
    void cloudsReachEachOtherThroughOneWayTunnels() {
        SmallNet.Box north = net.box("North", "eth0", null);
        SmallNet.Box between = net.box("Middle", "eth0 eth1", null);
        SmallNet.Box south = net.box("South", "eth0", null);
        net.cable(north, "eth0_18", between, "eth0_18");
        net.cable(between, "eth1_18", south, "eth0_18");
        net.start();

        boolean met = net.await(20 * SmallNet.SECOND, () -> routeTo(north, cloud(south)) != null
                && routeTo(south, cloud(north)) != null);

        assertThat(met).isTrue();
        assertThat(routeTo(north, cloud(south)).device()).isEqualTo(tunnelTo(south));
        assertThat(north.state().links()).contains(new HostState.Link.Tunnel(tunnelTo(south),
                south.key.publicKey().nodeId().cryptoAddress(1), primary(south), 1460));
        assertThat(north.state().routes6()).contains(new HostState.Route6(new Ip6Prefix(primary(south), 128),
                between.linkLocals.get("eth0_18"), "eth0_18", RoutedHost.NODE_TABLE, 1024));
        assertThat(south.state().links()).contains(new HostState.Link.Tunnel("X7main", primary(south),
                south.key.publicKey().nodeId().cryptoAddress(1), 1460));
    }

    @Test
    void membersOfOneCloudMakeNoTunnelToEachOther() {
        SmallNet.Box one = net.box("Plaza", "eth0", null);
        SmallNet.Box two = net.box("Plaza", "eth0", null);
        net.cable(one, "eth0_18", two, "eth0_18");
        net.start();
        net.run(20 * SmallNet.SECOND);

        assertThat(one.state().routes6()).anyMatch(route -> route.destination().contains(primary(two)));
        assertThat(one.state().links()).noneMatch(link -> link.name().startsWith("X7Out_"));
        assertThat(routeTo(one, cloud(one))).isNull();
    }

    @Test
    void ofTwoMembersTheNearerOneIsTheWayIntoTheirCloud() {
        SmallNet.Box here = net.box("Here", "eth0 eth1", null);
        SmallNet.Box near = net.box("There", "eth0", null);
        SmallNet.Box relay = net.box("Relay", "eth0 eth1", null);
        SmallNet.Box far = net.box("There", "eth0", null);
        SmallNet.Cable toNear = net.cable(here, "eth0_18", near, "eth0_18");
        net.cable(here, "eth1_18", relay, "eth0_18");
        net.cable(relay, "eth1_18", far, "eth0_18");
        net.start();
        net.run(30 * SmallNet.SECOND);
        assertThat(routeTo(here, cloud(near)).device()).isEqualTo(tunnelTo(near));

        toNear.up = false;
        near.stop();
        boolean moved = net.await(25 * SmallNet.SECOND, () -> routeTo(here, cloud(near)) != null
                && routeTo(here, cloud(near)).device().equals(tunnelTo(far)));

        assertThat(moved).isTrue();
        assertThat(here.state().links()).noneMatch(link -> link.name().equals(tunnelTo(near)));
    }

    @Test
    void tellsTheHostAtMostTenTimesASecondAndOnlyNews() {
        SmallNet.Box hub = net.box("Hub", "eth0 eth1 eth2 eth3 eth4 eth5", null);
        for (int i = 0; i < 6; i++) {
            net.cable(hub, "eth" + i + "_18", net.box("Cloud" + i, "eth0", null), "eth0_18");
        }
        net.start();
        net.run(60 * SmallNet.SECOND);

        assertThat(hub.states).doesNotHaveDuplicates();
        for (int i = 1; i < hub.states.size(); i++) {
            assertThat(hub.states.get(i)).isNotEqualTo(hub.states.get(i - 1));
            assertThat(hub.stateNs.get(i) - hub.stateNs.get(i - 1)).isGreaterThanOrEqualTo(100 * SmallNet.MS);
        }
    }

    @Test
    void aDeviceWhoseAddressIsToldLaterJoinsThen() {
        SmallNet.Box box = net.box("Plaza", "eth1", "eth0");
        SmallNet.Box other = net.box("Casa", "eth1", "eth0");
        net.cable(box, "eth0", other, "eth0");
        net.start();
        box.node.onLinkLocal("eth0", null, net.nowNs);
        net.run(10 * SmallNet.SECOND);
        assertThat(box.node.bmx7().routes()).isEmpty();

        box.node.onLinkLocal("eth0", box.linkLocals.get("eth0"), net.nowNs);
        assertThat(net.await(20 * SmallNet.SECOND, () -> routeTo(box, cloud(other)) != null)).isTrue();
        assertThat(box.node.snapshot(net.nowNs).bmx7().interfaces()).extracting(row -> row.name())
                .contains("eth1_18", "br-lan", "eth0");
    }
}
