package org.limesh.interop.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.limesh.base.Frame;
import org.limesh.interop.Capture;

/** Frames of genuine programs, captured for the engines' own tests, as seeds. */
final class Captures {
    private static final Path FOLDER = Path.of("../engine/src/test/resources");

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
            return Capture.read(file).stream().map(captured -> Frame.wrap(captured.octets())).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
