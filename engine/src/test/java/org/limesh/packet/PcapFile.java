package org.limesh.packet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Frame;

/** Reads the frames of a small classic pcap file of Ethernet frames from the test resources. */
public final class PcapFile {
    private static final int LITTLE_ENDIAN_MAGIC = 0xa1b2c3d4;
    private static final int HEADER_OCTETS = 24;
    private static final int RECORD_OCTETS = 16;

    private PcapFile() {}

    public static List<Frame> read(String resource) {
        try (InputStream in = PcapFile.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no test resource " + resource);
            }
            return frames(in.readAllBytes());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Frame> frames(byte[] file) {
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.getInt(0) != LITTLE_ENDIAN_MAGIC) {
            throw new IllegalArgumentException("not a pcap file with microseconds made on a PC");
        }
        List<Frame> frames = new ArrayList<>();
        int at = HEADER_OCTETS;
        while (at < file.length) {
            int length = buffer.getInt(at + 8);
            byte[] octets = new byte[length];
            buffer.get(at + RECORD_OCTETS, octets);
            frames.add(Frame.wrap(octets));
            at += RECORD_OCTETS + length;
        }
        return frames;
    }
}
