package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpV6Message;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.RouterAdvertisement;
import org.limesh.packet.RouterSolicitation;
import org.limesh.packet.Udp;

/** IPv6 as a client meets it, on one node and in a cloud. */
class RouterDiscoveryTest {
    private final Simulation sim = Worlds.grid(1, 3, 3);
    private final MacAddress anycastMac = sim.node("n0").plan().anycast().mac();
    private final Ip6Prefix prefix = sim.node("n0").plan().anycast().address6().masked();

    private List<SimClient> clients() {
        List<SimClient> clients = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            clients.add(Worlds.client(sim, i, sim.nodeAt(i)));
        }
        return clients;
    }

    /** Router advertisements that each client heard. */
    private Map<SimClient, List<Frame>> advertisements() {
        Map<SimClient, List<Frame>> heard = new LinkedHashMap<>();
        sim.addObserver(new SimObserver() {
            @Override
            public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
                if (Icmpv6.type(frame) == Icmpv6.ROUTER_ADVERTISEMENT) {
                    heard.computeIfAbsent(client, unused -> new ArrayList<>()).add(frame);
                }
            }
        });
        return heard;
    }

    /** Nodes that answer solicitations of a client, from now on. */
    private Map<SimNode, Integer> routersThatAnswer(SimClient client) {
        Map<SimNode, Integer> answers = new LinkedHashMap<>();
        sim.addObserver(new SimObserver() {
            @Override
            public void gatewayAnswered(SimNode node, Answer kind, long clientMac, long answeringMac,
                    long nowNs) {
                if (kind == Answer.ROUTER && clientMac == client.mac().bits()) {
                    answers.merge(node, 1, Integer::sum);
                }
            }
        });
        return answers;
    }

    @Test
    void everyClientMakesItselfAnAddressAndHasOneRouterWithTheAnycastMac() {
        List<SimClient> clients = clients();
        sim.runUntil(5 * SimTime.SECOND);
        for (SimClient client : clients) {
            assertThat(client.address6())
                    .isEqualTo(new Ip6Address(prefix.address().high(), client.linkLocal().low()));
            assertThat(client.routers6()).containsExactly(Ip6Address.linkLocalOf(anycastMac));
            assertThat(client.neighbourMac(client.routers6().getFirst())).isEqualTo(anycastMac);
        }
    }

    @Test
    void whatEachClientHearsComesFromItsOwnNodeOnly() {
        Checkers.watch(sim);
        Map<SimClient, List<Frame>> heard = advertisements();
        List<SimClient> clients = clients();
        Map<SimNode, Integer> answers = routersThatAnswer(clients.get(4));
        sim.runUntil(600 * SimTime.SECOND);
        assertThat(answers.keySet()).containsExactly(sim.nodeAt(4));
        for (SimClient client : clients) {
            assertThat(heard.get(client)).allMatch(frame -> Ethernet.source(frame) == anycastMac.bits());
            long toAll = heard.get(client).stream()
                    .filter(frame -> MacAddress.isMulticast(Ethernet.destination(frame))).count();
            // Ten minutes at 40 to 120 s after a quick start; nine nodes that were heard would say nine times
            // as much.
            assertThat(toAll).isBetween(5L, 20L);
        }
    }

    @Test
    void nothingOfRouterDiscoveryOrDhcp6CrossesTheMesh() {
        List<String> crossed = new ArrayList<>();
        sim.addObserver(new SimObserver() {
            @Override
            public void meshCrossed(SimNode node, boolean toCloud, Frame frame, long nowNs) {
                int type = Icmpv6.type(frame);
                int port = Udp.destinationPort(frame);
                if (type == Icmpv6.ROUTER_SOLICITATION || type == Icmpv6.ROUTER_ADVERTISEMENT
                        || port == DhcpV6Message.PORT_SERVER || port == DhcpV6Message.PORT_CLIENT) {
                    crossed.add(node + " " + frame);
                }
            }
        });
        List<SimClient> clients = clients();
        // Who hears an advertisement soon enough does not ask at all.
        sim.at(40 * SimTime.SECOND, () -> clients.forEach(client -> {
            client.send(new RouterSolicitation(client.linkLocal(), client.mac()).frame(client.mac().bits()));
            client.send(informationRequest(client));
        }));
        sim.runUntil(300 * SimTime.SECOND);
        assertThat(crossed).isEmpty();
        assertThat(sim.nodeAt(4).filterCounters().get("to_cloud.router")).isEqualTo(1);
        assertThat(sim.nodeAt(4).filterCounters().get("to_cloud.dhcp6_request")).isEqualTo(1);
    }

    private static Frame informationRequest(SimClient client) {
        DhcpV6Message request = new DhcpV6Message(DhcpV6Message.INFORMATION_REQUEST, 5, null, null,
                List.of(DhcpV6Message.OPTION_DNS_SERVERS), false, null, List.of(), List.of(), 0);
        return Udp.frame6(0x3333_0001_0002L, client.mac().bits(), client.linkLocal(),
                DhcpV6Message.PORT_CLIENT,
                DhcpV6Message.ALL_SERVERS, DhcpV6Message.PORT_SERVER, request.emit());
    }

    @Test
    void dhcp6NamesTheResolversOfTheConfiguration() {
        SimClient ana = Worlds.client(sim, 0, sim.nodeAt(0));
        List<DhcpV6Message> replies = new ArrayList<>();
        sim.addObserver(new SimObserver() {
            @Override
            public void clientReceived(SimClient client, Frame frame, Trace trace, long nowNs) {
                if (Udp.destinationPort(frame) == DhcpV6Message.PORT_CLIENT && DhcpV6Message.parse(frame)
                        instanceof org.limesh.base.Decoded.Valid<DhcpV6Message>(var message)) {
                    replies.add(message);
                }
            }
        });
        sim.runUntil(5 * SimTime.SECOND);
        ana.send(informationRequest(ana));
        sim.runUntil(6 * SimTime.SECOND);
        assertThat(replies).hasSize(1);
        assertThat(replies.getFirst().dnsServers()).containsExactly(Ip6Address.parse("2001:470:20::2"));
    }

    @Test
    void clientsPingTheGatewayAndEachOtherAcrossTheCloud() {
        List<SimClient> clients = clients();
        sim.runUntil(60 * SimTime.SECOND);
        SimClient ana = clients.getFirst();
        PingSeries gateway = ana.startPing(sim.nodeAt(0).plan().anycast().address6().address(),
                SimTime.SECOND);
        PingSeries router = ana.startPing(ana.routers6().getFirst(), SimTime.SECOND);
        PingSeries far = ana.startPing(clients.get(8).address6(), SimTime.SECOND);
        sim.runUntil(70 * SimTime.SECOND + 500 * SimTime.MS);
        for (PingSeries ping : List.of(gateway, router, far)) {
            assertThat(ping.received()).isEqualTo(ping.sent()).isGreaterThan(9);
            assertThat(ping.duplicates()).isZero();
        }
    }

    @Test
    void roamingKeepsAddressRouterAndPing() {
        List<SimClient> clients = clients();
        sim.runUntil(60 * SimTime.SECOND);
        SimClient ana = clients.getFirst();
        Ip6Address address = ana.address6();
        List<Ip6Address> routers = ana.routers6();
        PingSeries gateway = ana.startPing(sim.nodeAt(0).plan().anycast().address6().address(),
                SimTime.SECOND / 10);
        PingSeries back = clients.get(1).startPing(address, SimTime.SECOND / 10);
        sim.runUntil(70 * SimTime.SECOND);
        ana.roam(sim.nodeAt(8), 100 * SimTime.MS);
        sim.runUntil(90 * SimTime.SECOND);
        assertThat(ana.address6()).isEqualTo(address);
        assertThat(ana.routers6()).isEqualTo(routers);
        assertThat(ana.neighbourMac(routers.getFirst())).isEqualTo(anycastMac);
        assertThat(gateway.longestGapNs(65 * SimTime.SECOND, 89 * SimTime.SECOND))
                .isLessThan(500 * SimTime.MS);
        assertThat(back.longestGapNs(65 * SimTime.SECOND, 89 * SimTime.SECOND)).isLessThan(1500 * SimTime.MS);
    }

    @Test
    void aRouterThatIsGoneIsForgottenAfterSixMinutesAndTheAddressKept() {
        SimClient ana = Worlds.client(sim, 0, sim.nodeAt(0));
        sim.runUntil(5 * SimTime.SECOND);
        ana.detach();
        sim.runUntil(370 * SimTime.SECOND);
        assertThat(ana.routers6()).isEmpty();
        assertThat(ana.address6()).isNotNull();
    }

    @Test
    void aForgedRouterIsStoppedAtTheClientsPort() {
        SimClient ana = Worlds.client(sim, 0, sim.nodeAt(0));
        SimClient mallory = Worlds.client(sim, 1, sim.nodeAt(0));
        sim.runUntil(5 * SimTime.SECOND);
        RouterAdvertisement forged = new RouterAdvertisement(64, false, false, 1, 1800, 0, 0, List.of(), 0,
                mallory.mac(),
                List.of(), List.of());
        for (int i = 0; i < 3; i++) {
            mallory.send(forged.frame(0x3333_0000_0001L, mallory.mac().bits(), mallory.linkLocal(),
                    Ip6Address.parse("ff02::1")));
        }
        sim.runUntil(10 * SimTime.SECOND);
        assertThat(ana.routers6()).containsExactly(Ip6Address.linkLocalOf(anycastMac));
        assertThat(sim.nodeAt(0).filterCounters().get("from_client.router_advertisement")).isEqualTo(3);
    }

    @Test
    void withoutFilterRulesAClientIsAnsweredBySeveralRouters() {
        List<SimClient> clients = clients();
        for (SimNode node : sim.nodes()) {
            node.setHostFault(SimHostTest::withoutFilters);
        }
        Map<SimNode, Integer> answers = routersThatAnswer(clients.get(4));
        sim.runUntil(60 * SimTime.SECOND);
        SimClient asker = clients.get(4);
        asker.send(new RouterSolicitation(asker.linkLocal(), asker.mac()).frame(asker.mac().bits()));
        sim.runUntil(61 * SimTime.SECOND);
        assertThat(answers).hasSize(9);
    }
}
