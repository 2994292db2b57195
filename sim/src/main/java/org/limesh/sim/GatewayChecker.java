package org.limesh.sim;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Arp;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Icmpv4;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.RouterSolicitation;
import org.limesh.packet.Udp;

/**
 * I6: exactly one gateway answers an attached client, that of its node, and with the anycast MAC.
 *
 * <p>Each {@value #INTERVAL_S} s each attached client asks in five ways: an ARP probe, a neighbour
 * solicitation, a ping, a DHCP DISCOVER, a router solicitation. Who answers is seen at the hosts that answer,
 * so an answer that gets lost still counts. The questions teach the client nothing: its own stack takes no
 * part in them. A client that moves, or whose node restarts, within the second need not be answered. Besides,
 * nobody may have taught a client another MAC for its gateway.
 */
final class GatewayChecker implements SimObserver {
    private static final int INTERVAL_S = 5;
    private static final long ANSWER_NS = SimTime.SECOND;
    /** A link lost and a link gained. */
    private static final int ONE_MOVE = 2;
    private static final int PING_ID = 0xfff0;
    private static final long PROBE_HOST = 0x5eedL << 48;

    /** Questions of one client that wait for judgement. */
    private static final class Round {
        final SimClient client;
        final SimNode access;
        final int attachment;
        final int boots;
        final boolean pinged;
        /** Per kind: answering node to the MAC it answered with. */
        final Map<Answer, TreeMap<Integer, Long>> answers = new EnumMap<>(Answer.class);

        Round(SimClient client) {
            this.client = client;
            this.access = client.access();
            this.attachment = client.attachment();
            this.boots = access.boots();
            this.pinged = client.address4() != null;
        }
    }

    private final Simulation sim;
    private final Map<Long, Round> rounds = new LinkedHashMap<>();
    private int xid;

    GatewayChecker(Simulation sim) {
        this.sim = sim;
        sim.addObserver(this);
        sim.every(INTERVAL_S * SimTime.SECOND, INTERVAL_S * SimTime.SECOND, this::ask);
    }

    private boolean ask() {
        rounds.clear();
        for (SimClient client : sim.clients()) {
            if (client.hasLink() && client.access().plan().anycast() != null) {
                Round round = new Round(client);
                rounds.put(client.mac().bits(), round);
                ask(client, client.access().plan().anycast());
            }
        }
        sim.at(sim.nowNs() + ANSWER_NS, this::judge);
        return true;
    }

    private void ask(SimClient client, NodePlan.Anycast anycast) {
        long mac = client.mac().bits();
        int gateway = anycast.address4().address().bits();
        client.send(Arp.request(mac, 0, gateway));
        client.send(Icmpv6.neighbourSolicitation(mac, client.linkLocal(), anycast.address6().address()));
        client.send(discover(client));
        // From an address that is not the client's, so that its stack does not take the answer for its own.
        client.send(new RouterSolicitation(new Ip6Address(client.linkLocal().high(), PROBE_HOST | mac),
                client.mac())
                .frame(mac));
        if (client.address4() != null) {
            client.send(Icmpv4.echoRequest(anycast.mac().bits(), mac, client.address4().bits(), gateway,
                    PING_ID,
                    xid & 0xffff, 0));
        }
    }

    private Frame discover(SimClient client) {
        DhcpMessage message = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, 0x5eed_0000 | ++xid & 0xffff, 0,
                false,
                Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY, Ip4Address.ANY, client.mac(),
                DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.DISCOVER)
                        .put(DhcpOptions.HOSTNAME, client.name()).build());
        return Udp.frame4(MacAddress.BROADCAST.bits(), client.mac().bits(), 0, Udp.PORT_DHCP_CLIENT,
                Ip4Address.BROADCAST.bits(), Udp.PORT_DHCP_SERVER, message.emit());
    }

    @Override
    public void gatewayAnswered(SimNode node, Answer kind, long clientMac, long answeringMac, long nowNs) {
        Round round = rounds.get(clientMac);
        if (round != null) {
            round.answers.computeIfAbsent(kind, unused -> new TreeMap<>()).merge(node.index(), answeringMac,
                    (first, second) -> first.equals(round.access.plan().anycast().mac().bits()) ? second
                            : first);
        }
    }

    private void judge() {
        for (Round round : rounds.values()) {
            boolean stayed = round.client.attachment() == round.attachment
                    && round.client.access() == round.access
                    && round.access.boots() == round.boots && round.access.isUp();
            for (Answer kind : Answer.values()) {
                if (stayed) {
                    judge(round, kind);
                } else if (round.client.attachment() - round.attachment <= ONE_MOVE) {
                    judgeMoved(round, kind);
                }
            }
        }
        rounds.clear();
        for (SimClient client : sim.clients()) {
            MacAddress believed = client.hasLink() ? client.gatewayMac() : null;
            NodePlan.Anycast anycast = believed == null ? null : client.access().plan().anycast();
            if (anycast != null && !believed.equals(anycast.mac())) {
                sim.violate("I6", "client " + client.name() + " at " + client.access().name()
                        + " believes that "
                        + believed + " is its gateway, not " + anycast.mac());
            }
        }
    }

    /** While a client moves nobody need answer, but a node where it neither was nor is must not. */
    private void judgeMoved(Round round, Answer kind) {
        for (int node : round.answers.getOrDefault(kind, new TreeMap<>()).keySet()) {
            SimNode answering = sim.nodeAt(node);
            if (answering != round.access && answering != round.client.access()) {
                sim.violate("I6", "client " + round.client.name() + " was answered " + kind + " by "
                        + answering.name() + " while it moved from " + round.access.name());
            }
        }
    }

    /** Somebody floods the address server: then it serves those it knows, and others have to wait. */
    private static boolean isStarved(Round round) {
        return round.client.lease() == null
                && round.access.snapshot().counters().getOrDefault("dhcp.starved", 0L) > 0;
    }

    private void judge(Round round, Answer kind) {
        TreeMap<Integer, Long> answers = round.answers.getOrDefault(kind, new TreeMap<>());
        boolean asked = kind != Answer.PING || round.pinged;
        String who = "client " + round.client.name() + " at " + round.access.name();
        if (answers.isEmpty() && asked && round.client.spec().accessLoss() == 0
                && !round.client.attackedLately() && !(kind == Answer.DHCP && isStarved(round))) {
            sim.violate("I6", who + " has no gateway: nobody answers " + kind);
        }
        long anycast = round.access.plan().anycast().mac().bits();
        answers.forEach((node, mac) -> {
            if (node != round.access.index()) {
                sim.violate("I6", who + " has two gateways: " + sim.nodeAt(node).name() + " also answers "
                        + kind);
            } else if (mac != anycast) {
                sim.violate("I6", who + " is told " + new MacAddress(mac) + " as its gateway by " + kind
                        + ", not "
                        + new MacAddress(anycast));
            }
        });
    }
}
