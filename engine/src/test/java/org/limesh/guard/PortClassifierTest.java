package org.limesh.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.guard.PortView.Consequence;
import org.limesh.packet.Arp;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Udp;

class PortClassifierTest {
    private static final long SECOND = 1_000_000_000L;
    private static final MacAddress SELF = MacAddress.parse("02:ca:fe:00:00:05");
    private static final MacAddress ANYCAST = MacAddress.parse("aa:aa:aa:0d:fe:aa");
    private static final MacAddress STRANGER = MacAddress.parse("02:90:00:00:00:01");
    private static final MacAddress CLIENT = MacAddress.parse("02:10:00:00:00:01");
    private static final long CLOUD = GuardConfig.cloudId("LibreMesh.org");

    private final List<Frame> sent = new ArrayList<>();
    private final Set<MacAddress> reached = new LinkedHashSet<>();
    private boolean neighbours;
    private long nowNs;
    private PortClassifier port = classifier(false);

    private PortClassifier classifier(boolean fixed) {
        GuardConfig config = new GuardConfig(SELF, mesh(5), CLOUD, ANYCAST, Ip4Address.parse("10.13.0.5"),
                Ip4Address.parse("10.13.0.1"), Ip6Address.parse("fd0d:fe46:8ce8::1"),
                List.of(new GuardConfig.ClientPort("lan1", fixed, false), new GuardConfig.ClientPort("lan2", false, false)));
        return new PortClassifier(config, 0, new PortClassifier.Outbox() {
            @Override
            public void transmit(int number, Frame frame) {
                sent.add(frame);
            }

            @Override
            public boolean reaches(MacAddress originator) {
                return reached.contains(originator);
            }

            @Override
            public boolean hasNeighbours() {
                return neighbours;
            }
        }, nowNs);
    }

    private static MacAddress node(int number) {
        return new MacAddress(0x02ca_fe00_0000L + number);
    }

    private static MacAddress mesh(int number) {
        return new MacAddress(0x06ca_fe00_0000L + number);
    }

    private void hear(Frame frame) {
        assertThat(PortClassifier.wants(frame)).isTrue();
        port.onFrame(frame, nowNs);
    }

    private void greet(int number, long cloud) {
        hear(new Hello(cloud, node(number), mesh(number), 0).emit());
    }

    /** Lets time pass; {@code from} answers every question of the port, or nobody does. */
    private void pass(int seconds, MacAddress from) {
        long untilNs = nowNs + seconds * SECOND;
        while (port.nextDeadlineNs() - untilNs <= 0) {
            nowNs = Math.max(nowNs, port.nextDeadlineNs());
            sent.clear();
            port.onTimer(nowNs);
            for (Frame frame : List.copyOf(sent)) {
                if (from != null && DhcpMessage.parse(frame) instanceof Decoded.Valid<DhcpMessage>(var asked)) {
                    hear(offer(from, asked.xid(), asked.chaddr()));
                }
            }
        }
        nowNs = untilNs;
    }

    private static Frame offer(MacAddress from, int xid, MacAddress client) {
        DhcpMessage message = new DhcpMessage(DhcpMessage.BOOT_REPLY, 0, xid, 0, true, Ip4Address.ANY,
                Ip4Address.parse("192.168.1.9"), Ip4Address.ANY, Ip4Address.ANY, client,
                DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.OFFER)
                        .put(DhcpOptions.SERVER_ID, Ip4Address.parse("192.168.1.1")).build());
        return Udp.frame4(MacAddress.BROADCAST.bits(), from.bits(), 0xc0a80101, 67, -1, 68, message.emit());
    }

    private void is(PortKind kind, Consequence consequence) {
        PortView view = port.view(nowNs);
        assertThat(List.of(view.kind(), view.consequence())).as(view.toString()).isEqualTo(List.of(kind, consequence));
    }

    @Test
    void nobodyIsThereAtFirstAndClientsAfterTheirFirstQuestion() {
        is(PortKind.SILENT, Consequence.SERVED);
        hear(Arp.request(CLIENT.bits(), 0, 0x0a0d0001));
        is(PortKind.CLIENTS, Consequence.SERVED);
        pass(700, null);
        is(PortKind.SILENT, Consequence.SERVED);
    }

    @Test
    void oneAnswerIsNoUplinkAndTwoAre() {
        pass(2, STRANGER);
        is(PortKind.SILENT, Consequence.SERVED);
        pass(3, STRANGER);
        is(PortKind.UPLINK, Consequence.BLOCKED);
        assertThat(port.view(nowNs).detail()).isEqualTo("192.168.1.1 (02:90:00:00:00:01)");
        pass(100, null);
        is(PortKind.SILENT, Consequence.SERVED);
    }

    @Test
    void answersToOthersAndWithTheWrongNumberAreNoEvidence() {
        for (int i = 0; i < 100; i++) {
            pass(3, null);
            hear(offer(STRANGER, i, SELF));
            hear(offer(STRANGER, i, CLIENT));
        }
        assertThat(port.view(nowNs).consequence()).isEqualTo(Consequence.SERVED);
    }

    @Test
    void anAnswerThatIsOverheardMakesThePortAskAtOnceButNotForEver() {
        pass(60, null);
        hear(offer(STRANGER, 1, CLIENT));
        pass(1, null);
        assertThat(sent.stream().filter(frame -> Udp.destinationPort(frame) == 67)).hasSize(1);
        int questions = 0;
        for (int i = 0; i < 25; i++) {
            hear(offer(STRANGER, 1, CLIENT));
            pass(1, null);
            questions += (int) sent.stream().filter(frame -> Udp.destinationPort(frame) == 67).count();
            sent.clear();
        }
        assertThat(questions).isLessThanOrEqualTo(1);
    }

    @Test
    void theLowestNodeOnAWireServesAndTheOthersKeepSilent() {
        greet(7, CLOUD);
        is(PortKind.NODE_LAN, Consequence.SERVED);
        greet(3, CLOUD);
        is(PortKind.NODE_LAN, Consequence.UNSERVED);
        pass(10, null);
        greet(7, CLOUD);
        pass(10, null);
        is(PortKind.NODE_LAN, Consequence.SERVED);
        pass(20, null);
        is(PortKind.SILENT, Consequence.SERVED);
    }

    @Test
    void aRingThroughTheMeshIsCutAtTheHigherNodeAndOpenedHalfAMinuteAfterItEnds() {
        reached.add(mesh(3));
        greet(3, CLOUD);
        is(PortKind.NODE_LAN, Consequence.BLOCKED);
        reached.clear();
        for (int i = 0; i < 6; i++) {
            greet(3, CLOUD);
            pass(4, null);
            is(PortKind.NODE_LAN, Consequence.BLOCKED);
        }
        pass(4, null);
        greet(3, CLOUD);
        pass(4, null);
        is(PortKind.NODE_LAN, Consequence.UNSERVED);
        reached.add(mesh(9));
        greet(9, CLOUD);
        is(PortKind.NODE_LAN, Consequence.UNSERVED);
    }

    @Test
    void framesOfOurOwnThatComeBackCutThePortOffUntilSomebodyGreets() {
        hear(Arp.request(SELF.bits(), 0x0a0d0005, 0x0a0d0007));
        is(PortKind.NODE_LAN, Consequence.BLOCKED);
        greet(7, CLOUD);
        is(PortKind.NODE_LAN, Consequence.SERVED);
    }

    @Test
    void twoPortsOfOneNodeOnAWireAreToldApart() {
        hear(new Hello(CLOUD, SELF, mesh(5), 1).emit());
        is(PortKind.NODE_LAN, Consequence.SERVED);
        assertThat(port.view(nowNs).detail()).isEqualTo("cabled to lan2 of this node");
    }

    @Test
    void aNodeOfLibreMeshItselfServesItsWire() {
        pass(5, ANYCAST);
        is(PortKind.NODE_LAN, Consequence.UNSERVED);
        neighbours = true;
        is(PortKind.NODE_LAN, Consequence.BLOCKED);
    }

    @Test
    void anotherCloudIsCutOffByTheHigherNode() {
        greet(3, CLOUD + 1);
        is(PortKind.FOREIGN_CLOUD, Consequence.BLOCKED);
        port.onPlugged(nowNs);
        greet(7, CLOUD + 1);
        is(PortKind.FOREIGN_CLOUD, Consequence.SERVED);
        port.onPlugged(nowNs);
        pass(5, MacAddress.parse("aa:aa:aa:01:02:aa"));
        is(PortKind.FOREIGN_CLOUD, Consequence.BLOCKED);
    }

    @Test
    void originatorMessagesTwiceMakeAMeshNeighbour() {
        Frame ogm = Frame.allocate(60);
        Ethernet.put(ogm, MacAddress.BROADCAST.bits(), mesh(9).bits(), Ethernet.TYPE_BATADV);
        for (int i = 0; i < 10; i++) {
            hear(ogm);
        }
        is(PortKind.SILENT, Consequence.SERVED);
        pass(2, null);
        hear(ogm);
        is(PortKind.MESH, Consequence.SERVED);
        pass(70, null);
        is(PortKind.SILENT, Consequence.SERVED);
    }

    @Test
    void theConfigurationHasTheLastWord() {
        port = classifier(true);
        pass(5, STRANGER);
        is(PortKind.UPLINK, Consequence.SERVED);
    }

    @Test
    void aFloodOfNodesIsBoundedAndAnsweredOnceASecond() {
        int hellos = 0;
        for (int i = 0; i < 1000; i++) {
            greet(1000 + i, CLOUD);
            nowNs += SECOND / 100;
            sent.clear();
            if (Engine.isDue(port.nextDeadlineNs(), nowNs)) {
                port.onTimer(nowNs);
            }
            hellos += (int) sent.stream().filter(frame -> Ethernet.type(frame) == Hello.ETHER_TYPE).count();
        }
        assertThat(hellos).isBetween(5, 11);
        assertThat(port.view(nowNs).detail()).startsWith("32 nodes");
    }

    @Test
    void aHelloReadsAsItWasWrittenAndGarbageIsRefused() {
        Hello hello = new Hello(CLOUD, node(3), mesh(3), 7);
        assertThat(Hello.parse(hello.emit())).isEqualTo(new Decoded.Valid<>(hello));
        Frame whole = hello.emit();
        for (int length = Ethernet.HEADER_OCTETS; length < 40; length++) {
            assertThat(Hello.parse(whole.copyOf(0, length))).isInstanceOf(Decoded.Malformed.class);
        }
        Frame other = hello.emit();
        other.put8(18, 2);
        assertThat(Hello.parse(other)).isInstanceOf(Decoded.Malformed.class);
    }
}
