package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.host.HostState;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.Udp;

/** The client's side of DHCP against the node's real server. */
class DhcpClientTest {
    private final Simulation sim = Worlds.grid(1, 2, 1);
    private final SimNode node = sim.node("n0");
    private final SimClient ana = sim.addClient(new ClientSpec("ana", Worlds.clientMac(0)));
    private final List<String> sent = new ArrayList<>();

    @BeforeEach
    void watch() {
        sim.addObserver(new SimObserver() {
            @Override
            public void clientSent(SimClient client, Frame frame, long nowNs) {
                if (Udp.destinationPort(frame) == Udp.PORT_DHCP_SERVER
                        && DhcpMessage.parse(frame) instanceof Decoded.Valid<DhcpMessage>(var message)) {
                    sent.add(DhcpMessage.typeName(message.type()));
                }
            }
        });
    }

    @Test
    void discoversAgainAndAgainWhileNobodyAnswers() {
        node.setHostFault(state -> HostState.EMPTY);
        ana.attach(node);
        sim.runUntil(60 * SimTime.SECOND);
        // 1, 2, 4, 8, 16, 16 s apart.
        assertThat(sent).containsOnly("DISCOVER").hasSizeBetween(6, 8);
        assertThat(ana.lease()).isNull();
        node.setHostFault(state -> state);
        sim.runUntil(80 * SimTime.SECOND);
        assertThat(ana.lease()).isNotNull();
    }

    @Test
    void confirmsItsLeaseWhenItComesBack() {
        ana.attach(node);
        sim.runUntil(10 * SimTime.SECOND);
        Ip4Address address = ana.address4();
        ana.detach();
        sim.runUntil(100 * SimTime.SECOND);
        sent.clear();
        ana.attach(node);
        sim.runUntil(110 * SimTime.SECOND);
        assertThat(sent).containsExactly("REQUEST");
        assertThat(ana.address4()).isEqualTo(address);
        assertThat(ana.acknowledgements()).isEqualTo(2);
    }

    @Test
    void keepsItsLeaseWhenNobodyConfirmsIt() {
        ana.attach(node);
        sim.runUntil(10 * SimTime.SECOND);
        Ip4Address address = ana.address4();
        ana.detach();
        sim.node("n1").setHostFault(state -> HostState.EMPTY);
        ana.attach(sim.node("n1"));
        sim.runUntil(40 * SimTime.SECOND);
        assertThat(ana.address4()).isEqualTo(address);
    }

    @Test
    void losesItsAddressWhenTheLeaseRunsOutUnanswered() {
        ana.attach(node);
        sim.runUntil(10 * SimTime.SECOND);
        node.setHostFault(state -> HostState.EMPTY);
        sim.runUntil(55 * SimTime.MINUTE);
        assertThat(ana.address4()).isNotNull();
        sim.runUntil(62 * SimTime.MINUTE);
        assertThat(ana.address4()).isNull();
        assertThat(sent).endsWith("DISCOVER");
    }

    @Test
    void givesItsLeaseBackAndAsksAnew() {
        ana.attach(node);
        sim.runUntil(10 * SimTime.SECOND);
        sent.clear();
        ana.startPing(ana.lease().router(), SimTime.SECOND);
        sim.runUntil(12 * SimTime.SECOND);
        ana.releaseLease();
        sim.runUntil(15 * SimTime.SECOND);
        assertThat(sent).containsExactly("RELEASE", "DISCOVER", "REQUEST");
        assertThat(ana.lease()).isNotNull();
    }
}
