package org.limesh.linux;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.linux.ffi.TapDevice;
import org.limesh.linux.offload.Joiner;
import org.limesh.linux.offload.Segmenter;

/** The mesh interface: what the bridge sends to the cloud is read here, what the cloud sends is written. */
final class TapPort implements FramePort {
    private static final int BATCH_READS = 64;
    /** Eight pieces of 64 KiB: then the other ports want their turn. */
    private static final int BATCH_OCTETS = 512 * 1024;

    private final TapDevice tap;
    private final int interfaceIndex;
    private final int port;
    private final Counter failed;
    private final Counter strange;
    private final byte[] piece = new byte[TapDevice.BUFFER_OCTETS];
    private final Joiner joiner = new Joiner(this::writePiece);
    private boolean broken;

    TapPort(TapDevice tap, int interfaceIndex, int port, Counters counters) {
        this.tap = tap;
        this.interfaceIndex = interfaceIndex;
        this.port = port;
        this.failed = counters.of("drop.linux.tap_write_failed");
        this.strange = counters.of("drop.linux.tap_piece_strange");
    }

    @Override
    public int fd() {
        return tap.fd();
    }

    @Override
    public int interfaceIndex() {
        return interfaceIndex;
    }

    @Override
    public boolean receive(FrameSink sink) {
        for (int i = 0, octets = 0; i < BATCH_READS && octets < BATCH_OCTETS; i++) {
            int length = tap.read();
            octets += length;
            if (length <= 0) {
                broken = length < 0;
                return false;
            }
            if (tap.offload()) {
                tap.copyTo(0, piece, 0, length);
                if (!Segmenter.segment(piece, length, frame -> sink.onFrame(port, frame))) {
                    strange.increment();
                }
            } else {
                Frame frame = Frame.allocate(length);
                tap.copyTo(0, frame.array(), frame.offset(), length);
                sink.onFrame(port, frame);
            }
        }
        return true;
    }

    @Override
    public void transmit(int unused, Frame frame) {
        if (tap.offload()) {
            joiner.add(frame);
        } else {
            tap.put(0, frame.array(), frame.offset(), frame.length());
            write(frame.length());
        }
    }

    private void writePiece(byte[] header, Frame first, List<Frame> more, int from) {
        tap.put(0, header, 0, header.length);
        tap.put(header.length, first.array(), first.offset(), first.length());
        int at = header.length + first.length();
        for (Frame frame : more) {
            int payload = frame.length() - from;
            tap.put(at, frame.array(), frame.offset() + from, payload);
            at += payload;
        }
        write(at);
    }

    private void write(int lengthOctets) {
        if (tap.write(lengthOctets) < 0) {
            failed.increment();
        }
    }

    @Override
    public void flush() {
        joiner.flush();
    }

    @Override
    public boolean isBroken() {
        return broken;
    }

    @Override
    public void close() {
        tap.close();
    }
}
