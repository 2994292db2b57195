package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.host.HostState;
import org.limesh.packet.Arp;
import org.limesh.packet.Ethernet;

/** One node, its bridge and clients; nothing of the mesh. */
class SimHostTest {
    private final Simulation sim = Worlds.grid(1, 1, 1);
    private final SimNode node = sim.node("n0");

    private MacAddress anycastMac() {
        return node.plan().anycast().mac();
    }

    @Test
    void leasesAnAddressAndTellsTheAnycastMacAsGateway() {
        SimClient ana = Worlds.client(sim, 0, node);
        sim.runUntil(5 * SimTime.SECOND);
        assertThat(ana.lease()).isNotNull();
        assertThat(node.plan().anycast().address4().contains(ana.address4())).isTrue();
        assertThat(ana.lease().router()).isEqualTo(node.plan().anycast().address4().address());
        PingSeries ping = ana.startPing(ana.lease().router(), SimTime.SECOND);
        sim.runUntil(10 * SimTime.SECOND + 500 * SimTime.MS);
        assertThat(ping.received()).isEqualTo(ping.sent());
        assertThat(ping.duplicates()).isZero();
        assertThat(ana.gatewayMac()).isEqualTo(anycastMac());
    }

    @Test
    void answersPingsToItsOwnAddressFromItsOwnMac() {
        SimClient ana = Worlds.client(sim, 0, node);
        sim.runUntil(5 * SimTime.SECOND);
        PingSeries ping = ana.startPing(node.plan().address4().address(), SimTime.SECOND);
        PingSeries ping6 = ana.startPing(node.plan().anycast().address6().address(), SimTime.SECOND);
        sim.runUntil(10 * SimTime.SECOND + 500 * SimTime.MS);
        assertThat(ping.received()).isEqualTo(ping.sent()).isGreaterThan(4);
        assertThat(ping6.received()).isEqualTo(ping6.sent()).isGreaterThan(4);
        assertThat(ana.neighbourMac(node.plan().address4().address())).isEqualTo(node.plan().primaryMac());
        assertThat(ana.neighbourMac(node.plan().anycast().address6().address())).isEqualTo(anycastMac());
    }

    @Test
    void bridgesClientsToEachOtherAndLearnsWhereTheyAre() {
        SimClient ana = Worlds.client(sim, 0, node);
        SimClient beto = Worlds.client(sim, 1, node);
        SimClient carla = Worlds.client(sim, 2, node);
        sim.runUntil(5 * SimTime.SECOND);
        PingSeries ping = ana.startPing(beto.address4(), SimTime.SECOND);
        List<Frame> atCarla = new ArrayList<>();
        sim.addObserver(new SimObserver() {
            @Override
            public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
                if (client == carla && !MacAddress.isMulticast(Ethernet.destination(frame))) {
                    atCarla.add(frame);
                }
            }
        });
        sim.runUntil(10 * SimTime.SECOND + 500 * SimTime.MS);
        assertThat(ping.received()).isEqualTo(ping.sent()).isGreaterThan(4);
        assertThat(atCarla).as("unicast frames flooded to a third client").isEmpty();
    }

    @Test
    void dropsTheFloodOfFramesForTheAnycastMacInTheForwardHookOnly() {
        SimClient ana = Worlds.client(sim, 0, node);
        Worlds.client(sim, 1, node);
        sim.runUntil(5 * SimTime.SECOND);
        ana.startPing(ana.lease().router(), SimTime.SECOND);
        sim.runUntil(10 * SimTime.SECOND + 500 * SimTime.MS);
        assertThat(node.filterCounters().get("within.anycast_destination")).isGreaterThan(0);
    }

    @Test
    void withoutArpIgnoreTheBridgeAnswersForTheAnycastAddressToo() {
        node.setHostFault(SimHostTest::withoutArpIgnore);
        SimClient ana = Worlds.client(sim, 0, node);
        List<Long> answers = new ArrayList<>();
        sim.addObserver(new SimObserver() {
            @Override
            public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
                if (Arp.operation(frame) == Arp.REPLY) {
                    answers.add(Arp.senderMac(frame));
                }
            }
        });
        sim.runUntil(5 * SimTime.SECOND);
        ana.send(Arp.request(ana.mac().bits(), ana.address4().bits(), ana.lease().router().bits()));
        sim.runUntil(6 * SimTime.SECOND);
        assertThat(answers).contains(node.plan().primaryMac().bits(), anycastMac().bits());
    }

    static HostState withoutArpIgnore(HostState state) {
        return state.withSysctls(
                state.sysctls().stream().filter(sysctl -> !sysctl.path().endsWith("arp_ignore")).toList());
    }

    static HostState withoutFilters(HostState state) {
        return state.withFilters(List.of());
    }

    @Test
    void dropsAForgedGatewayFromAClientPort() {
        SimClient ana = Worlds.client(sim, 0, node);
        SimClient mallory = Worlds.client(sim, 1, node);
        sim.runUntil(5 * SimTime.SECOND);
        ana.startPing(ana.lease().router(), SimTime.SECOND);
        mallory.send(Arp.gratuitous(mallory.mac().bits(), ana.lease().router().bits()));
        sim.runUntil(10 * SimTime.SECOND + 500 * SimTime.MS);
        assertThat(ana.gatewayMac()).isEqualTo(anycastMac());
        assertThat(node.filterCounters().get("from_client.arp_sender")).isEqualTo(1);
    }

    @Test
    void renewsItsLeaseAtHalfTime() {
        SimClient ana = Worlds.client(sim, 0, node);
        sim.runUntil(40 * SimTime.MINUTE);
        assertThat(ana.acknowledgements()).isEqualTo(2);
        sim.runUntil(200 * SimTime.MINUTE);
        assertThat(ana.lease()).isNotNull();
        assertThat(ana.acknowledgements()).isGreaterThan(5);
    }

    @Test
    void aPowerCutTakesTheClientsLinkAndItsReturnGivesItBack() {
        SimClient ana = Worlds.client(sim, 0, node);
        sim.runUntil(5 * SimTime.SECOND);
        var address = ana.address4();
        node.fail();
        assertThat(ana.hasLink()).isFalse();
        sim.runUntil(10 * SimTime.SECOND + 500 * SimTime.MS);
        node.restart();
        sim.runUntil(15 * SimTime.SECOND);
        assertThat(ana.hasLink()).isTrue();
        assertThat(ana.address4()).isEqualTo(address);
    }

    @Test
    void aStreamBetweenTwoClientsFillsTheRateOfItsApplication() {
        SimClient ana = Worlds.client(sim, 0, node);
        SimClient beto = Worlds.client(sim, 1, node);
        sim.runUntil(5 * SimTime.SECOND);
        SimStream slow = ana.startStream(beto, 64_000);
        SimStream fast = beto.startStream(ana, 0);
        sim.runUntil(15 * SimTime.SECOND);
        assertThat(slow.goodputBps(6 * SimTime.SECOND, 15 * SimTime.SECOND)).isBetween(62_000L, 66_000L);
        assertThat(slow.longestGapNs(6 * SimTime.SECOND, 15 * SimTime.SECOND)).isLessThan(30 * SimTime.MS);
        // One window of 64 KiB per round trip of 4 ms.
        assertThat(fast.goodputBps(6 * SimTime.SECOND, 15 * SimTime.SECOND)).isGreaterThan(50_000_000L);
        assertThat(fast.retransmissions()).isZero();
    }

    @Test
    void aStreamSurvivesLossAndBreaksWhenAnAddressIsGone() {
        SimClient ana = sim.addClient(new ClientSpec("ana", Worlds.clientMac(7), SimTime.MS, 0.05, true));
        ana.attach(node);
        SimClient beto = Worlds.client(sim, 1, node);
        sim.runUntil(30 * SimTime.SECOND);
        SimStream stream = ana.startStream(beto, 100_000);
        sim.runUntil(60 * SimTime.SECOND);
        assertThat(stream.retransmissions()).isGreaterThan(0);
        assertThat(stream.isAlive()).isTrue();
        assertThat(stream.deliveredOctets()).isGreaterThan(300_000);
        beto.detach();
        sim.runUntil(61 * SimTime.SECOND);
        long delivered = stream.deliveredOctets();
        sim.runUntil(90 * SimTime.SECOND);
        assertThat(stream.deliveredOctets()).isEqualTo(delivered);
        assertThat(stream.longestGapNs(60 * SimTime.SECOND, 90 * SimTime.SECOND))
                .isGreaterThan(28 * SimTime.SECOND);
    }
}
