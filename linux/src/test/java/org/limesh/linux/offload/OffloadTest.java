package org.limesh.linux.offload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.base.Frame;
import org.limesh.base.Octets;
import org.limesh.base.Rng;
import org.limesh.packet.Checksum;
import org.limesh.packet.Tcp;

/** TCP cut into frames and joined again, without a kernel. */
class OffloadTest {
    private static final int TIMESTAMPS_OCTETS = 12;
    private final List<byte[]> written = new ArrayList<>();
    private final Joiner joiner = new Joiner((header, first, more, from) -> {
        int length = header.length + first.length() + more.stream().mapToInt(frame -> frame.length() - from)
                .sum();
        byte[] all = Arrays.copyOf(header, length);
        System.arraycopy(first.array(), first.offset(), all, header.length, first.length());
        int at = header.length + first.length();
        for (Frame frame : more) {
            System.arraycopy(frame.array(), frame.offset() + from, all, at, frame.length() - from);
            at += frame.length() - from;
        }
        written.add(all);
    });

    private static int tcpAt(boolean four) {
        return four ? 34 : 54;
    }

    /** A piece as the kernel hands it over: header, one large frame, checksum only begun. */
    private static byte[] piece(boolean four, int payloadOctets, int sizeOctets, int flags) {
        int tcp = tcpAt(four);
        int header = tcp + 20 + TIMESTAMPS_OCTETS;
        byte[] all = new byte[OffloadHeader.OCTETS + header + payloadOctets];
        OffloadHeader.write(all, 1, four ? 1 : 4, header, sizeOctets, tcp, 16);
        int frame = OffloadHeader.OCTETS;
        Octets.putMac(all, frame, 0x02_00_00_00_00_02L);
        Octets.putMac(all, frame + 6, 0x02_00_00_00_00_01L);
        Octets.put16(all, frame + 12, four ? 0x0800 : 0x86dd);
        if (four) {
            Octets.put16(all, frame + 14, 0x4500);
            Octets.put16(all, frame + 18, 0xfffe);
            Octets.put16(all, frame + 20, 0x4000);
            Octets.put16(all, frame + 22, 0x4006);
            Octets.put32(all, frame + 26, 0x0a0d0102);
            Octets.put32(all, frame + 30, 0x0a0d0304);
        } else {
            Octets.put32(all, frame + 14, 0x60012345);
            Octets.put16(all, frame + 20, 0x0640);
            for (int i = 0; i < 32; i++) {
                all[frame + 22 + i] = (byte) (i * 37 + 1);
            }
        }
        TcpFrame.putIpLength(all, frame + 14, all.length);
        Octets.put32(all, frame + tcp, 5001 << 16 | 40000);
        TcpFrame.putSequence(all, frame + tcp, -3000);
        Octets.put32(all, frame + tcp + 8, 77);
        all[frame + tcp + 12] = (byte) 0x80;
        TcpFrame.putFlags(all, frame + tcp, flags);
        Octets.put16(all, frame + tcp + 14, 500);
        Octets.put32(all, frame + tcp + 20, 0x0101080a);
        Octets.put16(all, frame + tcp + 16,
                ~Checksum.finish(TcpFrame.pseudoSum(all, frame + 14, all.length - frame - tcp)) & 0xffff);
        Rng rng = new Rng(payloadOctets);
        for (int i = frame + header; i < all.length; i++) {
            all[i] = (byte) rng.nextInt(256);
        }
        return all;
    }

    private static List<Frame> segment(byte[] piece) {
        List<Frame> frames = new ArrayList<>();
        assertThat(Segmenter.segment(piece, piece.length, frames::add)).isTrue();
        return frames;
    }

    private static boolean checksumsAreRight(Frame frame, boolean four) {
        byte[] a = frame.array();
        int at = frame.offset();
        int tcp = tcpAt(four);
        int octets = frame.length() - tcp;
        return (!four || Checksum.of(a, at + 14, 20) == 0)
                && Checksum.finish(TcpFrame.pseudoSum(a, at + 14, octets)
                + Checksum.sum(a, at + tcp, octets)) == 0;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cutsAPieceIntoWholeSegmentsInOrder(boolean four) {
        byte[] piece = piece(four, 4000, 1448, Tcp.ACK | Tcp.PSH | Tcp.FIN | 0x80);
        List<Frame> frames = segment(piece);

        int tcp = tcpAt(four);
        int header = tcp + 32;
        assertThat(frames).extracting(Frame::length)
                .containsExactly(header + 1448, header + 1448, header + 1104);
        assertThat(frames).allMatch(frame -> checksumsAreRight(frame, four));
        assertThat(frames).extracting(frame -> frame.i32(tcp + 4)).containsExactly(-3000, -1552, -104);
        assertThat(frames).extracting(frame -> frame.u8(tcp + 13))
                .containsExactly(Tcp.ACK | 0x80, Tcp.ACK, Tcp.ACK | Tcp.PSH | Tcp.FIN);
        if (four) {
            assertThat(frames).extracting(frame -> frame.u16(18)).containsExactly(0xfffe, 0xffff, 0);
        }
        byte[] payload = new byte[4000];
        int at = 0;
        for (Frame frame : frames) {
            System.arraycopy(frame.toBytes(), header, payload, at, frame.length() - header);
            at += frame.length() - header;
        }
        assertThat(payload).isEqualTo(Arrays.copyOfRange(piece, OffloadHeader.OCTETS + header, piece.length));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void joiningUndoesCutting(boolean four) {
        byte[] piece = piece(four, 60_000, 1448, Tcp.ACK | Tcp.PSH);
        segment(piece).forEach(joiner::add);
        assertThat(written).isEmpty();
        joiner.flush();

        assertThat(written).hasSize(1);
        assertThat(written.getFirst()).isEqualTo(piece);
    }

    @Test
    void completesTheChecksumOfAFrameThatIsNotCut() {
        byte[] piece = piece(true, 100, 1448, Tcp.ACK);
        OffloadHeader.write(piece, 1, 0, 0, 0, 34, 16);
        assertThat(segment(piece)).singleElement().matches(frame -> checksumsAreRight(frame, true));
    }

    @Test
    void refusesPiecesThatMakeNoSense() {
        byte[] good = piece(true, 4000, 1448, Tcp.ACK);
        for (int length = 0; length < OffloadHeader.OCTETS + 66; length++) {
            assertThat(Segmenter.segment(good, length, frame -> { })).as("length %d", length).isFalse();
        }
        Rng rng = new Rng(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = good.clone();
            for (int k = 0; k < 3; k++) {
                broken[rng.nextInt(90)] = (byte) rng.nextInt(256);
            }
            int[] frames = {0};
            Segmenter.segment(broken, broken.length, frame -> frames[0]++);
            assertThat(frames[0]).isLessThanOrEqualTo(4100);
        }
    }

    @Test
    void doesNotJoinASegmentWithAWrongChecksum() {
        List<Frame> frames = segment(piece(true, 4344, 1448, Tcp.ACK));
        frames.get(1).put8(1000, frames.get(1).u8(1000) ^ 1);
        frames.forEach(joiner::add);
        joiner.flush();

        assertThat(written).hasSize(3);
        assertThat(written).extracting(octets -> (int) octets[0]).as("only verified ones are called good")
                .containsExactly(OffloadHeader.FLAG_CHECKSUM_GOOD, 0, OffloadHeader.FLAG_CHECKSUM_GOOD);
    }

    @Test
    void keepsTheOrderWithinAConnection() {
        List<Frame> frames = segment(piece(true, 4344, 1448, Tcp.ACK));
        Frame fin = segment(piece(true, 10, 1448, Tcp.ACK | Tcp.FIN)).getFirst();
        joiner.add(frames.get(0));
        joiner.add(frames.get(1));
        joiner.add(fin);
        assertThat(written).as("two joined, then the FIN at once").hasSize(2);
        assertThat(written.get(0)).hasSize(OffloadHeader.OCTETS + 66 + 2 * 1448);
        joiner.add(frames.get(2));
        joiner.flush();
        assertThat(written).hasSize(3);
    }

    @Test
    void joinsOnlyWhatFollows() {
        List<Frame> frames = segment(piece(true, 5 * 1448, 1448, Tcp.ACK));
        joiner.add(frames.get(0));
        joiner.add(frames.get(2));
        joiner.add(frames.get(1));
        joiner.flush();
        assertThat(written).extracting(octets -> octets.length)
                .containsOnly(OffloadHeader.OCTETS + 66 + 1448).hasSize(3);

        written.clear();
        Frame otherOptions = frames.get(4).copy();
        otherOptions.put8(34 + 25, 9);
        int octets = otherOptions.length() - 34;
        otherOptions.put16(34 + 16, 0);
        otherOptions.put16(34 + 16, Checksum.finish(TcpFrame.pseudoSum(otherOptions.array(),
                otherOptions.offset() + 14,
                octets) + Checksum.sum(otherOptions, 34, octets)));
        joiner.add(frames.get(3));
        joiner.add(otherOptions);
        joiner.flush();
        assertThat(written).as("other timestamps").hasSize(2);
    }

    @Test
    void aSmallerSegmentIsTheLastOfItsPiece() {
        List<Frame> frames = segment(piece(true, 1448 + 500, 1448, Tcp.ACK));
        frames.forEach(joiner::add);
        Frame next = segment(piece(true, 1448, 1448, Tcp.ACK)).getFirst();
        next.put32(34 + 4, -3000 + 1948);
        next.put16(34 + 16, 0);
        int octets = next.length() - 34;
        next.put16(34 + 16, Checksum.finish(TcpFrame.pseudoSum(next.array(), next.offset() + 14, octets)
                + Checksum.sum(next, 34, octets)));
        joiner.add(next);
        joiner.flush();
        assertThat(written).extracting(piece -> piece.length)
                .containsExactly(OffloadHeader.OCTETS + 66 + 1948, OffloadHeader.OCTETS + 66 + 1448);
    }

    @Test
    void otherFramesGoThroughAtOnceAndUntouched() {
        Frame arp = Frame.allocate(60);
        arp.put16(12, 0x0806);
        joiner.add(arp);
        assertThat(written).singleElement()
                .isEqualTo(Arrays.copyOfRange(concat(new byte[OffloadHeader.OCTETS], arp.toBytes()), 0, 70));
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    @Test
    void anyFrameIsTakenWithoutAComplaint() {
        Frame good = segment(piece(true, 1000, 1448, Tcp.ACK)).getFirst();
        Rng rng = new Rng(2);
        for (int i = 0; i < 20_000; i++) {
            Frame broken = good.copyOf(0, 14 + rng.nextInt(good.length() - 13));
            for (int k = 0; k < 3; k++) {
                broken.put8(rng.nextInt(Math.min(broken.length(), 70)), rng.nextInt(256));
            }
            joiner.add(broken);
        }
        joiner.flush();
        assertThat(written).isNotEmpty();
    }
}
