package org.limesh.linux.offload;

import java.util.function.Consumer;
import org.limesh.base.Frame;
import org.limesh.base.Octets;
import org.limesh.packet.Checksum;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Tcp;

/** Makes frames with complete checksums of what a TAP with offloads hands over. */
public final class Segmenter {
    private static final int CWR = 0x80;
    private static final int MIN_TCP_OCTETS = 20;
    private static final int IP4_ID = 4;

    private Segmenter() {}

    /**
     * Cuts one piece.
     *
     * @param array        header of {@link OffloadHeader#OCTETS} octets and an Ethernet frame of up to 64 KiB
     * @param lengthOctets of both
     * @return false when the piece makes no sense and nothing was handed on
     */
    public static boolean segment(byte[] array, int lengthOctets, Consumer<Frame> frames) {
        int length = lengthOctets - OffloadHeader.OCTETS;
        if (length < Ethernet.HEADER_OCTETS) {
            return false;
        }
        int type = OffloadHeader.gsoType(array, 0);
        if (type == OffloadHeader.GSO_NONE) {
            return whole(array, length, frames);
        }
        return (type == OffloadHeader.GSO_TCP4 || type == OffloadHeader.GSO_TCP6)
                && cut(array, length, frames);
    }

    private static boolean whole(byte[] array, int length, Consumer<Frame> frames) {
        Frame frame = Frame.allocate(length);
        System.arraycopy(array, OffloadHeader.OCTETS, frame.array(), frame.offset(), length);
        if ((OffloadHeader.flags(array, 0) & OffloadHeader.FLAG_NEEDS_CHECKSUM) != 0) {
            int start = OffloadHeader.checksumStart(array, 0);
            int at = start + OffloadHeader.checksumOffset(array, 0);
            if (at + 2 > length || start > length) {
                return false;
            }
            // The field holds the sum of the pseudo header, so it is summed along.
            int checksum = Checksum.finish(Checksum.sum(frame, start, length - start));
            // UDP's word for "not computed" is zero; a computed zero is sent as its equal.
            frame.put16(at, checksum == 0 ? 0xffff : checksum);
        }
        frames.accept(frame);
        return true;
    }

    private static boolean cut(byte[] array, int length, Consumer<Frame> frames) {
        int base = OffloadHeader.OCTETS;
        int type = Octets.u16(array, base + 12);
        int ip = type == Ethernet.TYPE_IPV4 || type == Ethernet.TYPE_IPV6 ? TcpFrame.IP_AT : TcpFrame.IP_AT
                + 4;
        int tcp = OffloadHeader.checksumStart(array, 0);
        int size = OffloadHeader.gsoSize(array, 0);
        if (tcp <= ip || tcp + MIN_TCP_OCTETS > length || size == 0) {
            return false;
        }
        int header = tcp + TcpFrame.headerOctets(array, base + tcp);
        if (header < tcp + MIN_TCP_OCTETS || header > length) {
            return false;
        }
        int sequence = TcpFrame.sequence(array, base + tcp);
        int flags = TcpFrame.flags(array, base + tcp);
        int id = Octets.u16(array, base + ip + IP4_ID);
        for (int from = header, index = 0; from < length; from += size, index++) {
            int payload = Math.min(size, length - from);
            Frame frame = Frame.allocate(header + payload);
            byte[] a = frame.array();
            int at = frame.offset();
            System.arraycopy(array, base, a, at, header);
            System.arraycopy(array, base + from, a, at + header, payload);
            if (TcpFrame.is4(a, at + ip)) {
                Octets.put16(a, at + ip + IP4_ID, id + index);
            }
            TcpFrame.putIpLength(a, at + ip, at + header + payload);
            TcpFrame.putSequence(a, at + tcp, sequence + from - header);
            boolean last = from + size >= length;
            TcpFrame.putFlags(a, at + tcp, flags & ~(last ? 0 : Tcp.FIN | Tcp.PSH) & ~(index == 0 ? 0 : CWR));
            int tcpOctets = header - tcp + payload;
            Octets.put16(a, at + tcp + TcpFrame.TCP_CHECKSUM, 0);
            Octets.put16(a, at + tcp + TcpFrame.TCP_CHECKSUM, Checksum.finish(
                    TcpFrame.pseudoSum(a, at + ip, tcpOctets) + Checksum.sum(a, at + tcp, tcpOctets)));
            frames.accept(frame);
        }
        return true;
    }
}
