package org.limesh.interop.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.limesh.base.Frame;

/** Frames of genuine programs, captured for the engines' own tests, as seeds. */
final class Captures {
    private static final Path FOLDER = Path.of("../engine/src/test/resources");
    private static final int LITTLE_ENDIAN_MICROSECONDS = 0xa1b2c3d4;
    private static final int LITTLE_ENDIAN_NANOSECONDS = 0xa1b23c4d;
    private static final int FILE_HEADER_OCTETS = 24;
    private static final int RECORD_HEADER_OCTETS = 16;

    private Captures() {}

    /** All pcap files whose path contains {@code part}, by name, each with its frames. */
    static List<List<Frame>> containing(String part) {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".pcap") && file.toString().contains(part)).sorted()
                    .map(Captures::frames).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Frame> frames(Path file) {
        try {
            ByteBuffer octets = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int magic = octets.getInt(0);
            List<Frame> frames = new ArrayList<>();
            int at = magic == LITTLE_ENDIAN_MICROSECONDS || magic == LITTLE_ENDIAN_NANOSECONDS
                    ? FILE_HEADER_OCTETS : octets.capacity();
            while (at < octets.capacity()) {
                byte[] frame = new byte[octets.getInt(at + 8)];
                octets.get(at + RECORD_HEADER_OCTETS, frame);
                frames.add(Frame.wrap(frame));
                at += RECORD_HEADER_OCTETS + frame.length;
            }
            return frames;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
