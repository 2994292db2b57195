package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.host.FilterRule;
import org.limesh.host.FilterRule.Condition;

/** The rule against {@code shared-state} from client ports, as the simulated bridge reads it. */
class LinkLocalTcpRuleTest {
    private static final Ip6Address CLIENT = Ip6Address.parse("fe80::1");
    private static final Ip6Address NODE = Ip6Address.parse("fe80::2");
    private static final Ip6Address GLOBAL = Ip6Address.parse("fd0d::2");

    private static Frame tcp(Ip6Address source, Ip6Address destination, int sourcePort, int destinationPort) {
        Frame frame = Frame.allocate(14 + 40 + 20);
        frame.putMac(0, MacAddress.parse("02:00:00:00:00:02").bits());
        frame.putMac(6, MacAddress.parse("02:00:00:00:00:01").bits());
        frame.put16(12, 0x86dd);
        frame.put8(14, 0x60);
        frame.put16(18, 20);
        frame.put8(20, 6);
        frame.put8(21, 64);
        Octets.put64(frame.array(), frame.offset() + 22, source.high());
        Octets.put64(frame.array(), frame.offset() + 30, source.low());
        Octets.put64(frame.array(), frame.offset() + 38, destination.high());
        Octets.put64(frame.array(), frame.offset() + 46, destination.low());
        frame.put16(54, sourcePort);
        frame.put16(56, destinationPort);
        return frame;
    }

    private static boolean drops(Condition condition, Frame frame) {
        FilterTable table = new FilterTable(() -> {});
        table.load(List.of(new FilterRule(FilterRule.Hook.PREROUTING, "rule", List.of(
                new Condition.InPort(List.of("bat0"), true), condition))));
        return table.drops(FilterRule.Hook.PREROUTING, frame, "lan1", null);
    }

    @Test
    void dropsBetweenLinkLocalAddressesOnly() {
        Condition asks = new Condition.LinkLocalTcp(-1, 80);
        assertThat(drops(asks, tcp(CLIENT, NODE, 40000, 80))).isTrue();
        assertThat(drops(asks, tcp(CLIENT, NODE, 40000, 8080))).isFalse();
        assertThat(drops(asks, tcp(CLIENT, GLOBAL, 40000, 80))).isFalse();
        assertThat(drops(asks, tcp(GLOBAL, NODE, 40000, 80))).isFalse();
        assertThat(drops(asks, tcp(NODE, CLIENT, 80, 40000))).isFalse();
        assertThat(drops(new Condition.LinkLocalTcp(80, -1), tcp(NODE, CLIENT, 80, 40000))).isTrue();
    }
}
