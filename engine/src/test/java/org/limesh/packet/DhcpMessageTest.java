package org.limesh.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

class DhcpMessageTest {
    private static final int OPTIONS = 240;

    @ParameterizedTest
    @ValueSource(strings = {"udhcpc", "udhcpc-rebind", "dhclient", "dhcpcd", "dhcpcd-decline", "networkd"})
    void emitsExactlyWhatGenuineClientsAndServersSent(String capture) {
        List<Frame> frames = dhcp(capture);
        assertThat(frames).hasSizeGreaterThanOrEqualTo(4);
        for (Frame frame : frames) {
            byte[] sent = payload(frame);
            byte[] emitted = valid(sent).emit();
            // Some clients pad less than the 300 octets of BOOTP.
            byte[] padded = Arrays.copyOf(sent, Math.max(sent.length, emitted.length));
            Octets.put16(emitted, 8, Octets.u16(sent, 8));
            assertThat(Arrays.copyOf(emitted, padded.length)).isEqualTo(padded);
        }
    }

    @Test
    void isMalformedWhenCutAnywhereInsideAnOption() {
        for (Frame frame : dhcp("dhcpcd")) {
            byte[] whole = payload(frame);
            int end = optionsEnd(whole);
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                boolean valid = DhcpMessage.parse(cut, 0, length) instanceof Decoded.Valid;
                if (length < OPTIONS + 3) {
                    assertThat(valid).as("cut to %d", length).isFalse();
                } else if (length >= end) {
                    assertThat(valid).as("cut to %d", length).isTrue();
                }
            }
        }
    }

    private static int optionsEnd(byte[] octets) {
        int at = OPTIONS;
        while ((octets[at] & 0xff) != DhcpOptions.END) {
            at += 2 + (octets[at + 1] & 0xff);
        }
        return at;
    }

    @Test
    void survivesEveryFlippedBitAndEmitsWhatItThenAccepts() {
        for (Frame frame : dhcp("udhcpc")) {
            byte[] whole = payload(frame);
            for (int bit = 0; bit < whole.length * 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                if (DhcpMessage.parse(damaged, 0, damaged.length)
                        instanceof Decoded.Valid<DhcpMessage>(var message)) {
                    assertThat(valid(message.emit())).isEqualTo(message);
                }
            }
        }
    }

    @Test
    void readsOptionsFromTheOverloadedFields() {
        byte[] octets = message(DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.REQUEST)
                .put8(DhcpOptions.OVERLOAD, 3)).emit();
        byte[] inFile = {12, 5, 'p', 'h', 'o', 'n', 'e', (byte) 255};
        System.arraycopy(inFile, 0, octets, 108, inFile.length);
        byte[] inName = {12, 1, '1', 52, 1, 3, (byte) 255};
        System.arraycopy(inName, 0, octets, 44, inName.length);
        DhcpOptions options = valid(octets).options();
        assertThat(options.text(DhcpOptions.HOSTNAME)).isEqualTo("phone1");
        assertThat(options.has(DhcpOptions.OVERLOAD)).isFalse();
    }

    @Test
    void refusesAnOptionThatRunsOutOfAnOverloadedField() {
        byte[] octets = message(DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.REQUEST)
                .put8(DhcpOptions.OVERLOAD, 2)).emit();
        octets[44] = 12;
        octets[45] = 63;
        assertThat(fault(octets)).isEqualTo("option_truncated");
    }

    @Test
    void joinsAndSplitsLongOptions() {
        byte[] longValue = new byte[700];
        Arrays.fill(longValue, (byte) 7);
        DhcpMessage message = message(DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.DISCOVER)
                .put(224, longValue).put(225, new byte[0]));
        DhcpMessage again = valid(message.emit());
        assertThat(again.options().value(224)).isEqualTo(longValue);
        assertThat(again).isEqualTo(message);
    }

    @Test
    void joiningThousandsOfPartsCostsNoMoreThanTheyAreLong() {
        byte[] head = message(DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.DISCOVER)).emit();
        int parts = 20_000;
        byte[] octets = Arrays.copyOf(head, 243 + 3 * parts);
        for (int i = 0; i < parts; i++) {
            octets[243 + 3 * i] = (byte) 224;
            octets[244 + 3 * i] = 1;
            octets[245 + 3 * i] = (byte) i;
        }
        valid(octets);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        DhcpMessage message = valid(octets);
        long allocated = thread.getCurrentThreadAllocatedBytes() - before;
        assertThat(message.options().value(224)).hasSize(parts).startsWith(0, 1, 2).endsWith((byte) (parts - 1));
        assertThat(allocated).isLessThan(64 * 1024 + 4L * octets.length);
    }

    @Test
    void namesWhatIsWrong() {
        DhcpOptions.Builder discover = DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, DhcpMessage.DISCOVER);
        byte[] good = message(discover).emit();
        assertThat(fault(Arrays.copyOf(good, 239))).isEqualTo("truncated");
        assertThat(fault(with(good, 0, 3))).isEqualTo("op");
        assertThat(fault(with(good, 1, 6))).isEqualTo("hardware_type");
        assertThat(fault(with(good, 2, 16))).isEqualTo("hardware_type");
        assertThat(fault(with(good, 28, 1))).isEqualTo("client_mac");
        assertThat(fault(with(good, 236, 0))).isEqualTo("cookie");
        assertThat(fault(with(good, 242, 0))).isEqualTo("message_type");
        assertThat(fault(with(good, 241, 2))).isEqualTo("message_type");
        assertThat(fault(message(DhcpOptions.builder().put("x".charAt(0), "no type")).emit())).isEqualTo("message_type");
        assertThat(fault(message(discover.put(50, new byte[5])).emit())).isEqualTo("option_length");
    }

    @Test
    void refusesFragmentsAndDamagedHeaders() {
        Frame frame = dhcp("udhcpc").getFirst().copy();
        frame.put16(Ipv4.BASE + 6, 0x2000);
        assertThat(DhcpMessage.parse(frame)).isEqualTo(new Decoded.Malformed<>("fragment", 14));
        Frame damaged = dhcp("udhcpc").getFirst().copy();
        damaged.put8(Ipv4.BASE + 1, 0x55);
        assertThat(DhcpMessage.parse(damaged)).isEqualTo(new Decoded.Malformed<>("ipv4_checksum", 14));
    }

    @Test
    void isSaidInOneLine() {
        assertThat(Dissector.oneLine(dhcp("udhcpc").get(1))).isEqualTo("aa:aa:aa:0d:fe:aa > 02:aa:00:00:00:01 "
                + "DHCP 10.13.0.1 > 10.13.175.27 OFFER client 02:aa:00:00:00:01 gets 10.13.175.27 server 10.13.0.1");
    }

    private static byte[] with(byte[] octets, int at, int value) {
        byte[] changed = octets.clone();
        changed[at] = (byte) value;
        return changed;
    }

    private static DhcpMessage message(DhcpOptions.Builder options) {
        return new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, 0x1234, 0, false, Ip4Address.ANY, Ip4Address.ANY,
                Ip4Address.ANY, Ip4Address.ANY, MacAddress.parse("02:aa:00:00:00:01"), options.build());
    }

    private static String fault(byte[] octets) {
        return DhcpMessage.parse(octets, 0, octets.length) instanceof Decoded.Malformed<DhcpMessage>(var fault, var _)
                ? fault : "none";
    }

    private static DhcpMessage valid(byte[] octets) {
        return switch (DhcpMessage.parse(octets, 0, octets.length)) {
            case Decoded.Valid<DhcpMessage>(var message) -> message;
            case Decoded.Malformed<DhcpMessage>(var fault, var at) -> throw new AssertionError(fault + " at " + at);
        };
    }

    private static List<Frame> dhcp(String capture) {
        return PcapFile.read("/captures/dhcp/" + capture + ".pcap").stream().filter(Ipv4::isUdp).toList();
    }

    private static byte[] payload(Frame frame) {
        return frame.copyOf(Udp.payloadOffset(frame), Udp.payloadOctets(frame)).toBytes();
    }
}
