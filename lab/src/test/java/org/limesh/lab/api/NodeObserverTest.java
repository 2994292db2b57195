package org.limesh.lab.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.access.Lease;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvEvent;
import org.limesh.batadv.BatadvSnapshot;
import org.limesh.node.NodeEvent;
import org.limesh.node.NodeSnapshot;

/** The world as one real node knows it. */
class NodeObserverTest {
    private static final MacAddress PHONE = MacAddress.parse("02:11:22:33:44:01");
    private static final MacAddress NEIGHBOUR = MacAddress.parse("02:29:00:00:00:02");
    private static final MacAddress FAR = MacAddress.parse("02:29:00:00:00:03");
    private static final long SECOND_NS = 1_000_000_000L;

    private final EventLog log = new EventLog();
    private final NodeObserver observer = new NodeObserver("plaza", "0.1.0", 0, log);
    private final NodeSnapshot plaza = SmallWorld.line().node("plaza").orElseThrow();

    /** The node plaza after so many seconds, with these addresses in its local translation table. */
    private NodeSnapshot at(long seconds, MacAddress... local) {
        BatadvSnapshot before = plaza.batadv();
        List<BatadvSnapshot.LocalClient> clients = new ArrayList<>();
        clients.add(new BatadvSnapshot.LocalClient(before.meshMac(), 0, BatctlText.NO_PURGE, 0, 0));
        clients.add(new BatadvSnapshot.LocalClient(plaza.plan().primaryMac(), 0, 0, 0, 0));
        for (MacAddress mac : local) {
            clients.add(new BatadvSnapshot.LocalClient(mac, 0, 0, 0, 0));
        }
        BatadvSnapshot state = new BatadvSnapshot(before.meshMac(), before.algorithm(), 2000, 1, before.hardifs(),
                before.neighbours(), before.originators(), clients, before.globalClients());
        Lease lease = new Lease(PHONE, "", Ip4Address.parse("10.13.100.7"), "ana-phone", 0, 3600 * SECOND_NS, "new");
        return new NodeSnapshot(plaza.plan(), 100 * SECOND_NS + seconds * SECOND_NS, 100 * SECOND_NS, state,
                List.of(lease), plaza.counters(), List.of());
    }

    @Test
    void showsItselfItsNeighboursAndWhoIsBehindThem() {
        World world = observer.observe(at(1));
        assertThat(world.kind()).isEqualTo(World.Kind.NODE);
        assertThat(world.timeNs()).isEqualTo(SECOND_NS);
        assertThat(world.nodes()).extracting(World.NodeView::name)
                .containsExactly("plaza", NEIGHBOUR.toString(), FAR.toString());
        assertThat(world.links()).singleElement().satisfies(link -> {
            assertThat(link.b().node()).isEqualTo(NEIGHBOUR.toString());
            assertThat(link.tqThere()).isEqualTo(255);
            assertThat(link.tqBack()).isEqualTo(-1);
        });
    }

    @Test
    void doesNotTakeItsOwnAddressesForClients() {
        assertThat(observer.observe(at(1)).clients()).isEmpty();
    }

    @Test
    void namesAClientByItsLeaseAndRemembersSinceWhen() {
        observer.observe(at(5, PHONE));
        assertThat(observer.observe(at(9, PHONE)).clients()).singleElement().satisfies(client -> {
            assertThat(client.name()).isEqualTo("ana-phone");
            assertThat(client.address()).hasToString("10.13.100.7");
            assertThat(client.sinceNs()).isEqualTo(5 * SECOND_NS);
            assertThat(client.lastRoamNs()).isEqualTo(-1);
        });
    }

    @Test
    void forgetsSinceWhenAClientThatWasGone() {
        observer.observe(at(5, PHONE));
        observer.observe(at(6));
        assertThat(observer.observe(at(7, PHONE)).clients().getFirst().sinceNs()).isEqualTo(7 * SECOND_NS);
    }

    @Test
    void remembersWhereAClientRoamedFrom() {
        observer.onEvent(new NodeEvent.Batadv(new BatadvEvent.ClientRoamedHere(PHONE, 0, FAR)), 3 * SECOND_NS);
        assertThat(observer.observe(at(4, PHONE)).clients().getFirst()).satisfies(client -> {
            assertThat(client.nodeBefore()).isEqualTo(FAR.toString());
            assertThat(client.lastRoamNs()).isEqualTo(3 * SECOND_NS);
        });
        assertThat(log.since(0, 10)).singleElement().satisfies(event -> {
            assertThat(event.kind()).isEqualTo("batadv.roam");
            assertThat(event.text()).isEqualTo("client " + PHONE + " roamed here from " + FAR);
        });
    }
}
