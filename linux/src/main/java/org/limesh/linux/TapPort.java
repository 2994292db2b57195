package org.limesh.linux;

import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.linux.ffi.TapDevice;

/** The mesh interface: what the bridge sends to the cloud is read here, what the cloud sends is written. */
final class TapPort implements FramePort {
    private static final int BATCH_FRAMES = 64;

    private final TapDevice tap;
    private final int interfaceIndex;
    private final int port;
    private final Counter failed;
    private boolean broken;

    TapPort(TapDevice tap, int interfaceIndex, int port, Counters counters) {
        this.tap = tap;
        this.interfaceIndex = interfaceIndex;
        this.port = port;
        this.failed = counters.of("drop.linux.tap_write_failed");
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
        for (int i = 0; i < BATCH_FRAMES; i++) {
            int length = tap.read();
            if (length <= 0) {
                broken = length < 0;
                return false;
            }
            Frame frame = Frame.allocate(length);
            tap.copyTo(0, frame.array(), frame.offset(), length);
            sink.onFrame(port, frame);
        }
        return true;
    }

    @Override
    public void transmit(int unused, Frame frame) {
        tap.put(0, frame.array(), frame.offset(), frame.length());
        if (tap.write(frame.length()) < 0) {
            failed.increment();
        }
    }

    @Override
    public void flush() {
        // Every frame was written at once: a TAP takes one per call.
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
