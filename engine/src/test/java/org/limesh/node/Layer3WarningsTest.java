package org.limesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.limesh.guard.GuardEvent;

/** What a person is told when the routed network is not as it should be. */
class Layer3WarningsTest {
    private final SmallNet net = new SmallNet();

    /** All but those about the bridge, which a box of this net does not have. */
    private String warnings(SmallNet.Box box) {
        return box.node.snapshot(net.nowNs).warnings().stream()
                .filter(warning -> !warning.startsWith("the gateway is not kept apart"))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void twoNodesWithOneKeyAreToldApart() {
        SmallNet.Box left = net.box("Plaza", "eth0", null);
        SmallNet.Box middle = net.box("Casa", "eth0 eth1", null);
        SmallNet.Box right = net.box("Torre", "eth0", null);
        right.key = left.key;
        net.cable(left, "eth0_18", middle, "eth0_18");
        net.cable(middle, "eth1_18", right, "eth0_18");
        net.start();
        boolean told = net.await(300 * SmallNet.SECOND,
                () -> warnings(left).contains("another node uses this node's key")
                        && warnings(right).contains("another node uses this node's key"));
        assertThat(told).isTrue();
        assertThat(warnings(middle)).doesNotContain("key");
    }

    @Test
    void aNodeThatLostItsNumberIsNoTwin() {
        SmallNet.Box left = net.box("Plaza", "eth0", null);
        SmallNet.Box right = net.box("Casa", "eth0", null);
        net.cable(left, "eth0_18", right, "eth0_18");
        net.start();
        net.run(20 * SmallNet.SECOND);
        left.stop();
        net.run(SmallNet.SECOND);
        left.lastDescSqn = 0;
        left.start();
        net.run(120 * SmallNet.SECOND);
        assertThat(left.node.bmx7().routes()).isNotEmpty();
        assertThat(warnings(left)).isEmpty();
    }

    @Test
    void anotherCloudWithTheSameNetworkIsNamed() {
        SmallNet.Box left = net.box("Plaza", "eth0", null, "network.main_ipv4_address=10.77.0.0/16");
        SmallNet.Box right = net.box("Casa", "eth0", null, "network.main_ipv4_address=10.77.0.0/16");
        SmallNet.Box member = net.box("Plaza", "eth0 eth1", null, "network.main_ipv4_address=10.77.0.0/16");
        net.cable(left, "eth0_18", member, "eth0_18");
        net.cable(member, "eth1_18", right, "eth0_18");
        net.start();
        assertThat(net.await(90 * SmallNet.SECOND, () -> warnings(left).contains(
                "another cloud (node n2) has the network 10.77.0.0/16 too"))).isTrue();
        assertThat(left.events).as("told once, when it begins")
                .filteredOn(event -> event instanceof NodeEvent.Guard(
                GuardEvent.Warned(var sentence)) && sentence.startsWith("another cloud")).hasSize(1);
        net.run(150 * SmallNet.SECOND);
        assertThat(left.node.snapshot(net.nowNs).counters()).containsEntry("warning.clash", 1L);
    }

    @Test
    void membersOfOneCloudAreNoClash() {
        SmallNet.Box left = net.box("Plaza", "eth0", null);
        SmallNet.Box right = net.box("Plaza", "eth0", null);
        net.cable(left, "eth0_18", right, "eth0_18");
        net.start();
        net.run(90 * SmallNet.SECOND);
        assertThat(warnings(left)).isEmpty();
    }

    @Test
    void trustWithoutAnybodyTrustedIsToldAtOnce() {
        SmallNet.Box box = net.box("Plaza", "eth0", null, "network.bmx7_enable_pki=1");
        net.start();
        assertThat(warnings(box)).contains("bmx7_enable_pki is on and no node is trusted");
    }

    @Test
    void aNodeThatStoodStillSaysForHowLong() {
        SmallNet.Box box = net.box("Plaza", "eth0", null);
        net.start();
        net.run(5 * SmallNet.SECOND);
        net.nowNs += 60 * SmallNet.SECOND;
        net.run(SmallNet.SECOND);
        assertThat(warnings(box)).contains("this node stood still for 5", "suspended");
        net.run(700 * SmallNet.SECOND);
        assertThat(warnings(box)).isEmpty();
    }
}
