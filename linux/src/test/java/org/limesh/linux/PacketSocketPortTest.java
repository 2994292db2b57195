package org.limesh.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.linux.ffi.PacketFilter;
import org.limesh.linux.ffi.PacketSocket;
import org.limesh.node.Port;

/** Hard interfaces on a pair of veth devices: which frames they hear, and what goes out on the wire. */
@Tag("root")
class PacketSocketPortTest {
    /** Two runs of the tests on one machine shall not meet. */
    private static final String DEVICE = "lxa" + ProcessHandle.current().pid();
    private static final String WIRE = "lxb" + ProcessHandle.current().pid();
    private static final MacAddress OURS = new MacAddress(0x02_00_00_00_00_29L);
    private static final int LAST_OCTETS = 1000;
    private static final VlanTag AD29 = new VlanTag(VlanTag.TPID_8021AD, 29);
    private static final VlanTag Q18 = new VlanTag(VlanTag.TPID_8021Q, 18);
    private final List<Port> ports = List.of(hardif(AD29), hardif(Q18), hardif(null));
    private final Counters counters = new Counters();
    private PacketSocketPort port;
    private PacketSocket wire;

    private static Port.Hardif hardif(VlanTag tag) {
        return new Port.Hardif(DEVICE + "_" + tag, DEVICE, tag, OURS, 1532, false);
    }

    @BeforeEach
    void makeVeth() {
        TestShell.run("ip link add " + DEVICE + " mtu 1540 type veth peer name " + WIRE + " mtu 1540;"
                + "for d in " + DEVICE + " " + WIRE
                + "; do echo 1 > /proc/sys/net/ipv6/conf/$d/disable_ipv6; ip link set $d up; done");
        port = PacketSocketPort.open(DEVICE, index(DEVICE), 1540, new int[] {0, 1, 2}, ports, counters);
        wire = PacketSocket.open(index(WIRE), WIRE, PacketFilter.etherType(0x4305), true, 1600);
    }

    @AfterEach
    void removeVeth() {
        port.close();
        wire.close();
        TestShell.run("ip link del " + DEVICE);
    }

    private static int index(String device) {
        return Machine.links().stream().filter(link -> link.name().equals(device)).findFirst().orElseThrow()
                .index();
    }

    private static Frame frame(long destination, int type, int lengthOctets) {
        Frame frame = Frame.allocate(lengthOctets);
        frame.putMac(0, destination);
        frame.putMac(6, 0x02_00_00_00_00_01L);
        frame.put16(12, type);
        frame.put8(lengthOctets - 1, 0x5a);
        return frame;
    }

    private void onTheWire(Frame frame, int tpid, int vlanId) {
        wire.queue(frame.array(), frame.offset(), frame.length(), tpid, vlanId);
        wire.flush();
    }

    /** What was heard before a frame that is sent now: the kernel may be late with all of them. */
    private List<String> heard() {
        onTheWire(frame(-1L >>> 16, 0x4305, LAST_OCTETS), 0x88a8, 29);
        List<String> heard = new ArrayList<>();
        String last = "0: " + LAST_OCTETS + " 4305 5a";
        TestShell.await("the last frame is heard", heard::toString, () -> {
            port.receive((number, frame) -> heard.add(number + ": " + frame.length()
                    + " " + Integer.toHexString(frame.u16(12)) + " "
                    + Integer.toHexString(frame.u8(frame.length() - 1))));
            return heard.remove(last);
        });
        return heard;
    }

    /**
     * As many frames as come out of a socket, each told by {@code teller}, which gets its number in the
     * batch.
     */
    private static <T> List<T> received(PacketSocket socket, int count, IntFunction<T> teller) {
        List<T> all = new ArrayList<>();
        TestShell.await(count + " frames", all::toString, () -> {
            int some = socket.receive();
            for (int i = 0; i < some; i++) {
                all.add(teller.apply(i));
            }
            return all.size() >= count;
        });
        return all;
    }

    @Test
    void eachHardInterfaceHearsItsOwnTag() {
        onTheWire(frame(-1L >>> 16, 0x4305, 100), 0x88a8, 29);
        onTheWire(frame(-1L >>> 16, 0x4305, 101), 0x8100, 18);
        onTheWire(frame(-1L >>> 16, 0x4305, 102), 0, 0);
        onTheWire(frame(-1L >>> 16, 0x4305, 103), 0x8100, 29);
        onTheWire(frame(-1L >>> 16, 0x4305, 104), 0x88a8, 30);
        assertThat(heard()).containsExactly("0: 100 4305 5a", "1: 101 4305 5a", "2: 102 4305 5a");
        assertThat(counters.value("linux.hardif.foreign")).isEqualTo(2);
    }

    @Test
    void hearsItsOwnMacAndNoOther() {
        onTheWire(frame(OURS.bits(), 0x4305, 100), 0x88a8, 29);
        onTheWire(frame(OURS.bits() + 1, 0x4305, 101), 0x88a8, 29);
        assertThat(heard()).containsExactly("0: 100 4305 5a");
    }

    @Test
    void otherTrafficDoesNotEvenReachTheProgram() {
        for (int type : new int[] {0x0800, 0x86dd, 0x0806, 0x4306}) {
            onTheWire(frame(-1L >>> 16, type, 100), 0, 0);
            onTheWire(frame(-1L >>> 16, type, 100), 0x88a8, 29);
        }
        assertThat(heard()).isEmpty();
        assertThat(counters.value("linux.hardif.foreign")).isZero();
    }

    @Test
    void sendsWithTheTagOfItsPortAndDoesNotHearItself() {
        for (int number = 0; number < 3; number++) {
            port.transmit(number, frame(-1L >>> 16, 0x4305, 100 + number));
        }
        port.flush();
        List<String> seen = received(wire, 3, i -> Integer.toHexString(wire.tpid(i)) + "."
                + (wire.tpid(i) == 0 ? 0 : wire.vlanId(i)) + " " + wire.lengthOctets(i));
        assertThat(seen).containsExactly("88a8.29 100", "8100.18 101", "0.0 102");
        assertThat(heard()).isEmpty();
    }

    @Test
    void carriesTheLargestFrameOfItsMtuAndCountsWhatTheDeviceRefuses() {
        port.transmit(0, frame(-1L >>> 16, 0x4305, 14 + 1532));
        port.transmit(0, frame(-1L >>> 16, 0x4305, 14 + 1540));
        port.transmit(0, frame(-1L >>> 16, 0x4305, 4000));
        port.flush();
        assertThat(received(wire, 1, wire::lengthOctets)).containsExactly(14 + 1532);
        assertThat(counters.value("drop.linux.send_failed")).isEqualTo(1);
        assertThat(counters.value("drop.linux.too_long")).isEqualTo(1);
    }

    @Test
    void sendsMoreThanABatchInOrder() {
        for (int i = 0; i < 200; i++) {
            Frame frame = frame(-1L >>> 16, 0x4305, 60);
            frame.put16(14, i);
            port.transmit(0, frame);
        }
        port.flush();
        byte[] octets = new byte[2048];
        List<Integer> order = received(wire, 200, i -> {
            wire.copyTo(i, octets, 0);
            return (octets[14] & 255) << 8 | octets[15] & 255;
        });
        assertThat(order).hasSize(200).isSorted();
    }

    @Test
    void filterOfTheGatewayPassesOnlyWhatClientsAsk() {
        try (PacketSocket gateway =
                PacketSocket.open(index(DEVICE), DEVICE, PacketFilter.clientQuestions(), false, 1600)) {
            onTheWire(udp(17, 67, 0), 0, 0);
            onTheWire(ipv6(58, 133 << 8), 0, 0);
            onTheWire(ipv6(17, 547), 0, 0);
            assertThat(received(gateway, 3, gateway::lengthOctets)).containsExactly(60, 70, 70);
            onTheWire(udp(17, 68, 0), 0, 0);
            onTheWire(udp(6, 67, 0), 0, 0);
            onTheWire(udp(17, 67, 1), 0, 0);
            onTheWire(udp(17, 547, 0), 0, 0);
            onTheWire(ipv6(58, 134 << 8), 0, 0);
            onTheWire(ipv6(17, 546), 0, 0);
            onTheWire(ipv6(17, 67), 0, 0);
            onTheWire(ipv6(6, 547), 0, 0);
            onTheWire(frame(-1L >>> 16, 0x0806, 60), 0, 0);
            // One that passes, behind those that shall not.
            onTheWire(udp(17, 67, 0), 0, 0);
            assertThat(received(gateway, 1, gateway::lengthOctets)).containsExactly(60);
        }
    }

    /** @param word ICMPv6 type and code, or with UDP the destination port */
    private static Frame ipv6(int nextHeader, int word) {
        Frame frame = frame(-1L >>> 16, 0x86dd, 70);
        frame.put8(14, 0x60);
        frame.put8(20, nextHeader);
        frame.put16(nextHeader == 58 ? 54 : 56, word);
        return frame;
    }

    private static Frame udp(int protocol, int destinationPort, int fragmentOffset) {
        Frame frame = frame(-1L >>> 16, 0x0800, 60);
        // A header with options: the port is not at its usual place.
        frame.put8(14, 0x46);
        frame.put16(20, fragmentOffset);
        frame.put8(23, protocol);
        frame.put16(14 + 24 + 2, destinationPort);
        return frame;
    }
}
