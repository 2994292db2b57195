package org.limesh.linux.offload;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.limesh.base.Frame;
import org.limesh.base.Octets;
import org.limesh.packet.Checksum;
import org.limesh.packet.Tcp;

/**
 * Joins consecutive TCP segments of a connection that arrive in one round. Other frames go through at once;
 * a frame of a connection that has segments waiting sends those first.
 */
public final class Joiner {
    /** Takes what is to be written to a TAP with offloads. */
    public interface Sink {
        /**
         * @param header  {@link OffloadHeader#OCTETS} octets, valid during the call
         * @param first   whole frame
         * @param more    frames of which only what lies behind {@code from} belongs to the piece
         */
        void write(byte[] header, Frame first, List<Frame> more, int from);
    }

    /** Connections that may wait at the same time; one more sends the oldest on. */
    private static final int MAX_OPEN = 8;
    /** As many as the kernel joins; IP's length field ends a little later. */
    private static final int MAX_SEGMENTS = 64;
    private static final int MAX_OCTETS = 65_000;

    private static final class Open {
        private Frame first;
        private final List<Frame> more = new ArrayList<>(MAX_SEGMENTS);
        private int tcp;
        private int header;
        private int payload;
        private int total;
        private int nextSequence;
        private boolean closed;
    }

    private final Sink sink;
    private final byte[] offloadHeader = new byte[OffloadHeader.OCTETS];
    private final List<Open> open = new ArrayList<>(MAX_OPEN);

    public Joiner(Sink sink) {
        this.sink = sink;
    }

    /** A frame for the TAP. */
    public void add(Frame frame) {
        byte[] a = frame.array();
        int at = frame.offset();
        int tcp = TcpFrame.plainTcp(a, at, frame.length());
        if (tcp < 0) {
            writeAlone(frame, 0);
            return;
        }
        Open waiting = find(a, at, tcp);
        boolean data = isPlainData(a, at, tcp, frame.length());
        if (waiting != null && data && follows(waiting, a, at, frame.length())) {
            append(waiting, frame);
            return;
        }
        if (waiting != null) {
            open.remove(waiting);
            write(waiting);
        }
        if (data) {
            begin(frame, tcp);
        } else {
            writeAlone(frame, 0);
        }
    }

    /** The round is over: nothing may wait any longer. */
    public void flush() {
        open.forEach(this::write);
        open.clear();
    }

    private void writeAlone(Frame frame, int flags) {
        OffloadHeader.write(offloadHeader, flags, OffloadHeader.GSO_NONE, 0, 0, 0, 0);
        sink.write(offloadHeader, frame, List.of(), 0);
    }

    /** The open piece with the same addresses and ports. */
    private Open find(byte[] a, int at, int tcp) {
        for (Open candidate : open) {
            byte[] b = candidate.first.array();
            int bAt = candidate.first.offset();
            int addresses = tcp == TcpFrame.IP_AT + 20 ? 12 : 8;
            if (candidate.tcp == tcp && Arrays.equals(a, at + TcpFrame.IP_AT + addresses, at + tcp + 4,
                    b, bAt + TcpFrame.IP_AT + addresses, bAt + tcp + 4)) {
                return candidate;
            }
        }
        return null;
    }

    /** Data and nothing else but ACK and PSH, with a checksum that is right. */
    private static boolean isPlainData(byte[] a, int at, int tcp, int lengthOctets) {
        int flags = TcpFrame.flags(a, at + tcp) & ~Tcp.PSH;
        int tcpOctets = lengthOctets - tcp;
        return flags == Tcp.ACK && tcpOctets > TcpFrame.headerOctets(a, at + tcp)
                && Checksum.finish(TcpFrame.pseudoSum(a, at + TcpFrame.IP_AT, tcpOctets)
                        + Checksum.sum(a, at + tcp, tcpOctets)) == 0;
    }

    private static boolean follows(Open piece, byte[] a, int at, int lengthOctets) {
        byte[] b = piece.first.array();
        int bAt = piece.first.offset();
        int tcp = piece.tcp;
        int payload = lengthOctets - piece.header;
        return !piece.closed && piece.more.size() + 1 < MAX_SEGMENTS && piece.total + payload <= MAX_OCTETS
                && payload <= piece.payload && payload > 0
                && TcpFrame.sequence(a, at + tcp) == piece.nextSequence
                // MACs, type, version and traffic class, or TOS.
                && Arrays.equals(a, at, at + 16, b, bAt, bAt + 16)
                && sameIpHeader(a, at + TcpFrame.IP_AT, b, bAt + TcpFrame.IP_AT)
                // Acknowledgement and header length; then window; then options.
                && Arrays.equals(a, at + tcp + 8, at + tcp + 13, b, bAt + tcp + 8, bAt + tcp + 13)
                && Arrays.equals(a, at + tcp + 14, at + tcp + 16, b, bAt + tcp + 14, bAt + tcp + 16)
                && Arrays.equals(a, at + tcp + 18, at + piece.header, b, bAt + tcp + 18, bAt + piece.header);
    }

    /** Fields that the pieces would have in common after being cut again. */
    private static boolean sameIpHeader(byte[] a, int aIp, byte[] b, int bIp) {
        return TcpFrame.is4(a, aIp)
                // "Do not fragment", so that the number of the packet does not matter, and TTL.
                ? (a[aIp + 6] & 0x40) != 0 && a[aIp + 6] == b[bIp + 6] && a[aIp + 8] == b[bIp + 8]
                : Octets.i32(a, aIp) == Octets.i32(b, bIp) && a[aIp + 7] == b[bIp + 7];
    }

    private void begin(Frame frame, int tcp) {
        if (open.size() == MAX_OPEN) {
            write(open.removeFirst());
        }
        Open piece = new Open();
        piece.first = frame;
        piece.tcp = tcp;
        piece.header = tcp + TcpFrame.headerOctets(frame.array(), frame.offset() + tcp);
        piece.payload = frame.length() - piece.header;
        piece.total = frame.length();
        piece.nextSequence = TcpFrame.sequence(frame.array(), frame.offset() + tcp) + piece.payload;
        piece.closed = hasPush(frame, tcp);
        open.add(piece);
    }

    private static boolean hasPush(Frame frame, int tcp) {
        return (TcpFrame.flags(frame.array(), frame.offset() + tcp) & Tcp.PSH) != 0;
    }

    private static void append(Open piece, Frame frame) {
        int payload = frame.length() - piece.header;
        piece.more.add(frame);
        piece.total += payload;
        piece.nextSequence += payload;
        // A smaller one can only be the last when it is cut again.
        piece.closed = payload < piece.payload || hasPush(frame, piece.tcp);
    }

    private void write(Open piece) {
        if (piece.more.isEmpty()) {
            writeAlone(piece.first, OffloadHeader.FLAG_CHECKSUM_GOOD);
            return;
        }
        // The engine has handed the frame over, but a capture may still look at it.
        Frame first = piece.first.copy();
        byte[] a = first.array();
        int at = first.offset();
        int ip = at + TcpFrame.IP_AT;
        int tcp = at + piece.tcp;
        if (hasPush(piece.more.getLast(), piece.tcp)) {
            TcpFrame.putFlags(a, tcp, TcpFrame.flags(a, tcp) | Tcp.PSH);
        }
        TcpFrame.putIpLength(a, ip, at + piece.total);
        // The kernel wants the sum of the pseudo header and completes it when it cuts.
        Octets.put16(a, tcp + TcpFrame.TCP_CHECKSUM,
                ~Checksum.finish(TcpFrame.pseudoSum(a, ip, piece.total - piece.tcp)) & 0xffff);
        OffloadHeader.write(offloadHeader, OffloadHeader.FLAG_NEEDS_CHECKSUM,
                TcpFrame.is4(a, ip) ? OffloadHeader.GSO_TCP4 : OffloadHeader.GSO_TCP6, piece.header,
                piece.payload,
                piece.tcp, TcpFrame.TCP_CHECKSUM);
        sink.write(offloadHeader, first, piece.more, piece.header);
    }
}
