package org.limesh.sim;

import java.nio.charset.StandardCharsets;
import org.limesh.base.Frame;
import org.limesh.packet.Checksum;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Tcp;

/**
 * As much of HTTP over TCP as the question "does this page say what it should" needs: a server without
 * memory.
 *
 * <pre>
 *   SYN ─→   ←─ SYN ACK   ─→ GET with the wanted body in a header   ←─ 200 and the body, or 302 to the portal
 * </pre>
 *
 * <p>The server can not know all pages of the world, so who asks says what the page would hold.
 */
final class SmallHttp {
    private static final String WANTED = "X-Laboratory-Body: ";
    private static final int WINDOW_OCTETS = 65_535;
    private static final int CHECKSUM = 16;

    private SmallHttp() {}

    static String request(String host, String path, String body) {
        return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + WANTED + body
                + "\r\n\r\n";
    }

    /** What the server answers to a segment; null for nothing. */
    static Frame answer(Frame segment, int at, boolean portal) {
        int flags = Tcp.flags(segment, at);
        int octets = Tcp.payloadOctets(segment, at);
        if ((flags & Tcp.SYN) != 0) {
            return reply(segment, at, 0, Tcp.sequence(segment, at) + 1, Tcp.SYN | Tcp.ACK, "");
        }
        if (octets <= 0 || (flags & (Tcp.RST | Tcp.FIN)) != 0) {
            return null;
        }
        String asked = text(segment, at);
        int from = asked.indexOf(WANTED);
        int end = from < 0 ? -1 : asked.indexOf("\r\n", from);
        String page = portal || end < 0 ? "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n"
                : "HTTP/1.1 200 OK\r\n\r\n" + asked.substring(from + WANTED.length(), end);
        return reply(segment, at, Tcp.acknowledged(segment, at), Tcp.sequence(segment, at) + octets,
                Tcp.ACK | Tcp.PSH | Tcp.FIN, page);
    }

    static String text(Frame segment, int at) {
        int octets = Math.max(0, Tcp.payloadOctets(segment, at));
        int header = (segment.u8(at + 12) >>> 4) * 4;
        return new String(segment.copyOf(at + header, octets).toBytes(), StandardCharsets.ISO_8859_1);
    }

    private static Frame reply(Frame to, int at, int sequence, int acknowledged, int flags, String text) {
        Frame frame = segment(Ipv4.destination(to), Tcp.destinationPort(to, at), Ipv4.source(to),
                Tcp.sourcePort(to, at), sequence, acknowledged, flags, text);
        Ethernet.put(frame, Ethernet.source(to), Ethernet.destination(to), Ethernet.TYPE_IPV4);
        return frame;
    }

    /** A segment with text in it, without Ethernet addresses. */
    static Frame segment(int source, int sourcePort, int destination, int destinationPort, int sequence,
            int acknowledged, int flags, String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        Frame frame = Tcp.frame4(0, 0, source, sourcePort, destination, destinationPort, sequence,
                acknowledged, flags,
                WINDOW_OCTETS, octets.length);
        int at = Ipv4.BASE + Ipv4.HEADER_OCTETS;
        frame.putBytes(at + Tcp.HEADER_OCTETS, octets);
        frame.put16(at + CHECKSUM, 0);
        int length = Tcp.HEADER_OCTETS + octets.length;
        frame.put16(at + CHECKSUM, Checksum.finish(Checksum.pseudo4(source, destination, Ipv4.PROTOCOL_TCP,
                length)
                + Checksum.sum(frame, at, length)));
        return frame;
    }
}
