package org.limesh.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.packet.Ethernet;

/** Links alone: frames are put on devices by hand and counted where they arrive. */
class SimLinkTest {
    private static final VlanTag TAG = new VlanTag(VlanTag.TPID_8021AD, 29);
    private final Simulation sim = new Simulation(4);
    private final List<SimDevice> arrivals = new ArrayList<>();
    private final List<Long> arrivalTimes = new ArrayList<>();

    /** Nodes whose own messages are ten minutes apart, so that only ours are on the links. */
    private SimNode node(int number, double xM) {
        SimNode node = sim.addNode(new NodeSpec("n" + number, Worlds.plan(number, 600_000,
                List.of(Worlds.RADIO, "eth0")), xM, 0));
        if (number == 0) {
            sim.addObserver(new SimObserver() {
                @Override
                public boolean wantsFrames() {
                    return true;
                }

                @Override
                public void frameReceived(SimDevice from, SimDevice to, VlanTag tag, Frame frame,
                        long nowNs) {
                    arrivals.add(to);
                    arrivalTimes.add(nowNs);
                }
            });
        }
        return node;
    }

    private static Frame frame(MacAddress to, int octets) {
        Frame frame = Frame.allocate(octets);
        Ethernet.put(frame, to.bits(), 0x0200_0000_00ffL, Ethernet.TYPE_BATADV);
        // A version that no node speaks: counted and dropped.
        frame.put8(15, 99);
        return frame;
    }

    private static MacAddress radioMac(SimNode node) {
        return node.plan().batadv().hardifs().getFirst().mac();
    }

    private int tagOf(SimNode node) {
        return SimDevice.tagCode(node.plan().batadv().hardifs().getFirst().tag());
    }

    private void send(SimDevice device, MacAddress to, int times) {
        for (int i = 0; i < times; i++) {
            sim.at(sim.nowNs() + i * 10 * SimTime.MS, () -> device.transmit(tagOf(device.node()), frame(to,
                    100), null));
        }
        sim.runUntil(sim.nowNs() + times * 10 * SimTime.MS + SimTime.SECOND);
    }

    private long arrivedAt(SimNode node) {
        return arrivals.stream().filter(device -> device.node() == node).count();
    }

    @Test
    void aRadioBroadcastReachesEveryoneInReachAndNobodyElse() {
        sim.setRadio(RadioModel.Range.perfect(120));
        SimNode a = node(0, 0);
        SimNode b = node(1, 100);
        SimNode c = node(2, -100);
        SimNode d = node(3, 200);
        send(a.device(Worlds.RADIO), MacAddress.BROADCAST, 10);
        assertThat(List.of(arrivedAt(b), arrivedAt(c), arrivedAt(d))).containsExactly(10L, 10L, 0L);
    }

    @Test
    void aRadioUnicastReachesItsReceiverOnlyAndIsRepeatedWhenLost() {
        sim.setRadio(new RadioModel.Range(120, 100, 0.5, SimTime.MS, 54_000_000));
        SimNode a = node(0, 0);
        SimNode b = node(1, 100);
        SimNode c = node(2, -100);
        send(a.device(Worlds.RADIO), radioMac(b), 400);
        assertThat(arrivedAt(c)).isZero();
        // 0.5^8 of 400 is 1.6.
        assertThat(arrivedAt(b)).isBetween(394L, 400L);
        assertThat(a.device(Worlds.RADIO).unansweredFrames()).isEqualTo(400 - arrivedAt(b));
        arrivals.clear();
        send(a.device(Worlds.RADIO), MacAddress.BROADCAST, 400);
        assertThat(arrivedAt(b)).isBetween(160L, 240L);
        assertThat(arrivedAt(c)).isBetween(160L, 240L);
    }

    @Test
    void aLinkMayLoseInOneDirectionOnly() {
        SimNode a = node(0, 0);
        SimNode b = node(1, 0);
        SimLink link = sim.radioLink(a.device(Worlds.RADIO), b.device(Worlds.RADIO),
                new LinkQuality(1, SimTime.MS, 0), new LinkQuality(0, SimTime.MS, 0));
        send(a.device(Worlds.RADIO), MacAddress.BROADCAST, 20);
        send(b.device(Worlds.RADIO), MacAddress.BROADCAST, 20);
        assertThat(List.of(arrivedAt(a), arrivedAt(b))).containsExactly(20L, 0L);
        link.setUp(false);
        send(b.device(Worlds.RADIO), MacAddress.BROADCAST, 20);
        assertThat(arrivedAt(a)).isEqualTo(20);
        link.heal();
        send(b.device(Worlds.RADIO), MacAddress.BROADCAST, 20);
        assertThat(arrivedAt(a)).isEqualTo(40);
    }

    @Test
    void aFrameTakesTheTimeOfItsOctetsAndTheLinksDelay() {
        SimNode a = node(0, 0);
        SimNode b = node(1, 0);
        sim.cable(a.device("eth0"), b.device("eth0"), new LinkQuality(0, 3 * SimTime.MS, 1_000_000));
        long startNs = sim.nowNs();
        sim.at(startNs, () -> {
            a.device("eth0").transmit(tagOf(a), frame(MacAddress.BROADCAST, 121), null);
            a.device("eth0").transmit(tagOf(a), frame(MacAddress.BROADCAST, 121), null);
        });
        sim.runUntil(startNs + SimTime.SECOND);
        // 121 octets and the tag at 1 Mbit/s are 1 ms; the second frame waits for the first.
        assertThat(arrivalTimes).containsExactly(startNs + 4 * SimTime.MS, startNs + 5 * SimTime.MS);
        assertThat(a.device("eth0").sentOctets()).isEqualTo(250);
    }

    @Test
    void aFullQueueDropsWhatComes() {
        SimNode a = node(0, 0);
        SimNode b = node(1, 0);
        sim.cable(a.device("eth0"), b.device("eth0"), new LinkQuality(0, SimTime.MS, 1_000_000));
        sim.at(sim.nowNs(), () -> {
            for (int i = 0; i < SimDevice.CABLE_QUEUE_LIMIT_FRAMES + 10; i++) {
                a.device("eth0").transmit(tagOf(a), frame(MacAddress.BROADCAST, 121), null);
            }
        });
        sim.runUntil(2 * SimTime.SECOND);
        assertThat(a.device("eth0").droppedFrames()).isEqualTo(10);
        assertThat(arrivedAt(b)).isEqualTo(SimDevice.CABLE_QUEUE_LIMIT_FRAMES);
    }

    @Test
    void aFrameWithAnotherTagIsNotHeard() {
        sim.setRadio(RadioModel.Range.perfect(120));
        SimNode a = node(0, 0);
        SimNode b = node(1, 100);
        assertThat(tagOf(a)).isEqualTo(SimDevice.tagCode(TAG));
        a.device(Worlds.RADIO).transmit(SimDevice.tagCode(new VlanTag(VlanTag.TPID_8021Q, 29)),
                frame(MacAddress.BROADCAST, 100), null);
        a.device(Worlds.RADIO).transmit(SimDevice.tagCode(null), frame(MacAddress.BROADCAST, 100), null);
        sim.runUntil(SimTime.SECOND);
        assertThat(arrivedAt(b)).isZero();
    }

    @Test
    void linksFollowAMovingNode() {
        sim.setRadio(new RadioModel.Range(120, 100, 0.2, SimTime.MS, 54_000_000));
        SimNode a = node(0, 0);
        SimNode b = node(1, 500);
        assertThat(sim.links()).isEmpty();
        b.moveTo(100, 0);
        assertThat(sim.links()).hasSize(1);
        assertThat(sim.links().getFirst().there().loss()).isEqualTo(0.2);
        b.moveTo(50, 0);
        assertThat(sim.links().getFirst().there().loss()).isEqualTo(0.0125);
        b.moveTo(200, 0);
        assertThat(sim.links()).isEmpty();
        assertThat(a.device(Worlds.RADIO).reach()).isEmpty();
    }

    @Test
    void aLinkMadeByHandIsLeftAloneByTheRadioModel() {
        SimNode a = node(0, 0);
        SimNode b = node(1, 100);
        sim.setRadio(RadioModel.Range.perfect(120));
        LinkQuality poor = new LinkQuality(0.4, SimTime.MS, 6_000_000);
        sim.radioLink(a.device(Worlds.RADIO), b.device(Worlds.RADIO), poor, poor);
        assertThat(sim.links()).hasSize(1);
        b.moveTo(1000, 0);
        assertThat(sim.links()).hasSize(1);
        assertThat(sim.links().getFirst().there()).isEqualTo(poor);
    }

    @Test
    void saysWhatIsWrongWithALink() {
        SimNode a = node(0, 0);
        SimNode b = node(1, 0);
        assertThatThrownBy(() -> sim.cable(a.device(Worlds.RADIO), b.device("eth0"), LinkQuality.CABLE))
                .hasMessageContaining("n0:wlan0-mesh is a radio and cannot have a link of kind CABLE");
        assertThatThrownBy(() -> a.device("eth7")).hasMessageContaining("it has wlan0-mesh, eth0");
        assertThatThrownBy(() -> new LinkQuality(1.5, 0, 0)).hasMessageContaining("not 1.5");
        assertThat(sim.links()).isEmpty();
    }
}
