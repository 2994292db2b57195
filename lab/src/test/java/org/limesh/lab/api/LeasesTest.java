package org.limesh.lab.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.access.Lease;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.node.NodeSnapshot;

/** Who gave an address, who confirmed it, and why it is this one. */
class LeasesTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final MacAddress FAR = MacAddress.parse("02:ca:fe:00:00:07");
    private static final MacAddress NAMELESS = MacAddress.parse("02:ca:fe:00:00:08");

    private final SmallWorld small = SmallWorld.line();
    private final World.NodeView plaza = small.world().findNode("plaza").orElseThrow();
    private final MacAddress self = plaza.plan().primaryMac();

    private static Lease lease(int number, String hostname, String reason, MacAddress grantedBy, MacAddress confirmedBy) {
        return new Lease(new MacAddress(0x0211_0000_0000L + number), "", Ip4Address.parse("10.13.0." + number), hostname, 0,
                number * SECOND_NS, reason, grantedBy, confirmedBy);
    }

    private String text(boolean all) {
        Lease farItself = new Lease(FAR, "", Ip4Address.parse("10.13.0.3"), "escuela", 0, 9 * SECOND_NS, "held", FAR, FAR);
        NodeSnapshot node = new NodeSnapshot(plaza.plan(), 0, 0, null,
                List.of(lease(20, "ana", "hash of 02:11:00:00:00:14", self, self),
                        lease(21, "", "held at 02:ca:fe:00:00:07, confirmed here when the client came", FAR, self)),
                List.of(farItself, lease(2, "beto", "held at 02:ca:fe:00:00:08", self, NAMELESS)), 256, null, null, null,
                null, new LinkedHashMap<>(), List.of());
        Table table = Tables.leases();
        Tables.addLeases(table, Leases.of(small.world(), node, all));
        return table.toCsv(true);
    }

    @Test
    void namesWhoGaveAndWhoConfirmedWhatThisNodeHolds() {
        assertThat(text(false).lines()).containsExactly("IPV4,MAC,HOSTNAME,GRANTED BY,CONFIRMED BY,ENDS IN,WHY",
                "10.13.0.20,02:11:00:00:00:14,ana,plaza,plaza,20.0s,hash of 02:11:00:00:00:14",
                "10.13.0.21,02:11:00:00:00:15,-,escuela,plaza,21.0s,\"held at 02:ca:fe:00:00:07, confirmed here when the client "
                        + "came\"");
    }

    @Test
    void showsWhatOtherNodesHoldAndTheirOwnAddressesWhenAskedForAll() {
        assertThat(text(true).lines().skip(1).limit(2)).containsExactly(
                "10.13.0.2,02:11:00:00:00:02,beto,plaza,02:ca:fe:00:00:08,2.0s,held at 02:ca:fe:00:00:08",
                "10.13.0.3,02:ca:fe:00:00:07,escuela,escuela,escuela,-,address of a node");
    }
}
