package org.limesh.alfred.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;
import org.limesh.packet.Ipv6;
import org.limesh.packet.PcapFile;

/** Every message that three genuine daemons exchanged, read and written again octet for octet. */
class AlfredCapturesTest {
    private static final int NEXT_FRAGMENT = 44;
    private static final int UDP_OCTETS = 8;
    private static final int FRAGMENT_OCTETS = 8;


    /** Pieces of one packet, by (source, identification), until the last has come. */
    private final Map<String, byte[]> pieces = new LinkedHashMap<>();

    private List<String> read(String name) {
        List<String> lines = new ArrayList<>();
        for (Frame frame : PcapFile.read("/captures/alfred/" + name)) {
            byte[] udp = udp(frame);
            if (udp != null) {
                lines.add(line(frame, udp));
            }
        }
        assertThat(pieces).as("packets with missing fragments").isEmpty();
        return lines;
    }

    /** UDP header and payload; null for another packet or a fragment that is not the last to come. */
    private byte[] udp(Frame frame) {
        int from = Ipv6.BASE + Ipv6.HEADER_OCTETS;
        byte[] body = Arrays.copyOfRange(frame.toBytes(), from, from + Ipv6.payloadOctets(frame));
        if (Ipv6.nextHeader(frame) == Ipv6.NEXT_UDP) {
            return body;
        }
        if (Ipv6.nextHeader(frame) != NEXT_FRAGMENT) {
            return null;
        }
        String key = Ipv6.source(frame) + " " + Octets.i32(body, 4);
        int offset = Octets.u16(body, 2) & 0xfff8;
        byte[] old = pieces.getOrDefault(key, new byte[0]);
        assertThat(offset).as("fragments come in order").isEqualTo(old.length);
        byte[] longer = Arrays.copyOf(old, offset + body.length - FRAGMENT_OCTETS);
        System.arraycopy(body, FRAGMENT_OCTETS, longer, offset, body.length - FRAGMENT_OCTETS);
        boolean more = (body[3] & 1) != 0;
        if (more) {
            pieces.put(key, longer);
            return null;
        }
        pieces.remove(key);
        return longer;
    }

    private static String line(Frame frame, byte[] udp) {
        assertThat(Octets.u16(udp, 0)).isEqualTo(16962);
        assertThat(Octets.u16(udp, 2)).isEqualTo(16962);
        assertThat(Octets.u16(udp, 4)).isEqualTo(udp.length);
        byte[] payload = Arrays.copyOfRange(udp, UDP_OCTETS, udp.length);
        AlfredMessage message = ((Decoded.Valid<AlfredMessage>) AlfredMessage.parse(payload)).message();
        assertThat(message.emit()).isEqualTo(payload);
        return name(Ipv6.source(frame)) + ">" + name(Ipv6.destination(frame)) + " " + text(message, payload.length);
    }

    private static String name(Ip6Address address) {
        return address.isMulticast() ? "all" : String.valueOf((char) ('a' + (int) (address.low() & 0xff) - 1));
    }

    private static String text(AlfredMessage message, int octets) {
        return switch (message) {
            case AlfredMessage.AnnouncePrimary unused -> "ANNOUNCE";
            case AlfredMessage.Request(int type, int id) -> "REQUEST %d %04x".formatted(type, id);
            case AlfredMessage.StatusTxEnd(int id, int count) -> "TXEND %04x %d".formatted(id, count);
            case AlfredMessage.PushData push -> "PUSH %04x %d %s".formatted(push.transaction(), push.seqno(),
                    String.join(" ", push.blocks().stream().sorted(java.util.Comparator.comparing(DataBlock::source)
                            .thenComparing(DataBlock::type)).map(AlfredCapturesTest::text).toList()));
            default -> throw new AssertionError(message + " of " + octets + " octets does not belong here");
        };
    }

    private static String text(DataBlock block) {
        return (char) ('a' + (int) (block.source().bits() & 0xff) - 1) + ":" + block.type() + "v" + block.version() + "("
                + block.data().length + ")";
    }

    @Test
    void readsABasicConversationOfTwoPrimariesAndASecondary() {
        assertThat(read("basic.pcap")).containsExactly(
                "a>all ANNOUNCE",
                "b>all ANNOUNCE",
                "a>all ANNOUNCE",
                "a>b PUSH 8db0 0 a:66v1(61)", "a>b TXEND 8db0 1",
                "b>all ANNOUNCE",
                // The echo: b sends a's own record back to a.
                "b>a PUSH 1955 0 a:66v1(61) b:65v0(6)", "b>a TXEND 1955 1",
                "c>a PUSH ae77 0 c:66v0(121)", "c>a TXEND ae77 1",
                "a>all ANNOUNCE",
                "a>b PUSH a281 0 a:66v1(61) b:65v0(6) c:66v0(121)", "a>b TXEND a281 1",
                "b>all ANNOUNCE",
                "b>a PUSH 948d 0 a:66v1(61) b:65v0(6)", "b>a TXEND 948d 1",
                "c>a PUSH bc09 0 c:66v0(121)", "c>a TXEND bc09 1",
                "a>all ANNOUNCE",
                "a>b PUSH 867c 0 a:66v1(61) b:65v0(6) c:66v0(121)", "a>b TXEND 867c 1",
                "b>all ANNOUNCE",
                "b>a PUSH 3f29 0 a:66v1(61) b:65v0(6)", "b>a TXEND 3f29 1",
                "c>a REQUEST 66 afec",
                "a>c PUSH afec 0 a:66v1(61) c:66v0(121)", "a>c TXEND afec 1",
                "c>a REQUEST 99 6a78",
                "a>c TXEND 6a78 0",
                "c>a PUSH 8fa1 0 c:66v0(121)", "c>a TXEND 8fa1 1");
    }

    @Test
    void readsTransactionsLongerThanADatagram() {
        assertThat(read("large.pcap")).containsExactly(
                "a>all ANNOUNCE",
                "a>b PUSH 5271 0 a:66v1(61) a:70v0(40000) b:65v0(6) c:66v0(121)", "a>b PUSH 5271 1 a:71v0(40000)",
                "a>b TXEND 5271 2",
                "b>all ANNOUNCE",
                "b>a PUSH 122e 0 a:66v1(61) a:70v0(40000) b:65v0(6)", "b>a PUSH 122e 1 a:71v0(40000)",
                "b>a TXEND 122e 2",
                "c>a PUSH 031b 0 c:66v0(121)", "c>a TXEND 031b 1",
                "c>a REQUEST 70 9728",
                "a>c PUSH 9728 0 a:70v0(40000)", "a>c TXEND 9728 1",
                "a>all ANNOUNCE",
                "a>b PUSH 4a21 0 a:66v1(61) a:70v0(40000) b:65v0(6) c:66v0(121)", "a>b PUSH 4a21 1 a:71v0(40000)",
                "a>b TXEND 4a21 2");
    }

    @Test
    void readsHowASecondaryBecomesAPrimary() {
        assertThat(read("modeswitch.pcap")).containsExactly(
                "c>all ANNOUNCE",
                // c has a's record of type 70 from its own request, so it passes it on.
                "c>a PUSH 2fa3 0 a:66v1(61) a:70v0(40000) c:66v0(121)", "c>a TXEND 2fa3 1",
                "c>b PUSH b731 0 a:66v1(61) a:70v0(40000) c:66v0(121)", "c>b TXEND b731 1",
                "a>all ANNOUNCE",
                "a>c PUSH c9e2 0 a:66v1(61) a:70v0(40000) b:65v0(6) c:66v0(121)", "a>c PUSH c9e2 1 a:71v0(40000)",
                "a>c TXEND c9e2 2",
                "a>b PUSH 3a33 0 a:66v1(61) a:70v0(40000) b:65v0(6) c:66v0(121)", "a>b PUSH 3a33 1 a:71v0(40000)",
                "a>b TXEND 3a33 2");
    }

    @Test
    void readsTheRecordOctetForOctet() {
        Frame frame = PcapFile.read("/captures/alfred/basic.pcap").get(3);
        int from = Ipv6.BASE + Ipv6.HEADER_OCTETS + UDP_OCTETS;
        byte[] payload = Arrays.copyOfRange(frame.toBytes(), from, frame.length());
        byte[] lease = "02:ca:fe:00:00:01,id:02:ca:fe:00:00:01,10.13.0.1,LiMe-000001\n".getBytes(StandardCharsets.UTF_8);
        assertThat(HexFormat.of().formatHex(payload, 0, 18)).isEqualTo("0000004b8db0000002cafe0000014201003d");
        assertThat(Arrays.copyOfRange(payload, 18, payload.length)).isEqualTo(lease);
    }
}
