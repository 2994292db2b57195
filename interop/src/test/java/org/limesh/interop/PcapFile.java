package org.limesh.interop;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.limesh.base.Frame;

/** Classic capture file of Ethernet frames with nanoseconds, big endian. One writer thread. */
final class PcapFile implements AutoCloseable {
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int LINK_ETHERNET = 1;
    private static final int SNAP_OCTETS = 65535;
    private final DataOutputStream out;

    PcapFile(Path file) {
        try {
            out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
            out.writeInt(MAGIC_NANOSECONDS);
            out.writeInt(2 << 16 | 4);
            out.writeLong(0);
            out.writeInt(SNAP_OCTETS);
            out.writeInt(LINK_ETHERNET);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void add(long timeNs, Frame frame) {
        try {
            out.writeInt((int) (timeNs / 1_000_000_000L));
            out.writeInt((int) (timeNs % 1_000_000_000L));
            out.writeInt(frame.length());
            out.writeInt(frame.length());
            out.write(frame.array(), frame.offset(), frame.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
