package org.limesh.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A running tcpdump, and reading of what it wrote. */
public final class Capture implements AutoCloseable {
    private static final int FILE_HEADER_OCTETS = 24;
    private static final int RECORD_HEADER_OCTETS = 16;
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;

    private final Process tcpdump;
    private final Path file;

    /** One captured frame. */
    public record Captured(long timeNs, byte[] octets) {
        /** True when these octets occur anywhere in the frame, inside of other protocols, too. */
        public boolean contains(byte[] part) {
            for (int at = 0; at + part.length <= octets.length; at++) {
                if (java.util.Arrays.equals(octets, at, at + part.length, part, 0, part.length)) {
                    return true;
                }
            }
            return false;
        }
    }

    private Capture(Process tcpdump, Path file) {
        this.tcpdump = tcpdump;
        this.file = file;
    }

    /**
     * Starts to capture; returns when tcpdump listens.
     *
     * @param filter as tcpdump has it; empty for everything
     */
    public static Capture start(Netns netns, String device, Path file, String filter, String... options)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("tcpdump", "-Z", "root", "-U", "-n", "--nano", "-i", device));
        command.addAll(List.of("-w", file.toString()));
        command.addAll(List.of(options));
        if (!filter.isEmpty()) {
            command.add(filter);
        }
        Files.deleteIfExists(file);
        Path log = Path.of(file + ".log");
        Process tcpdump = netns.start(log, command);
        Wait.until("tcpdump listens on " + device, Duration.ofSeconds(20),
                () -> Files.readString(log).contains("listening on"), () -> Files.readString(log));
        return new Capture(tcpdump, file);
    }

    /** The frames up to now. */
    public List<Captured> frames() throws IOException {
        ByteBuffer octets = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Captured> frames = new ArrayList<>();
        if (octets.remaining() < FILE_HEADER_OCTETS) {
            return frames;
        }
        long fractionNs = octets.getInt(0) == MAGIC_NANOSECONDS ? 1 : 1000;
        octets.position(FILE_HEADER_OCTETS);
        while (octets.remaining() >= RECORD_HEADER_OCTETS) {
            long timeNs = octets.getInt() * 1_000_000_000L + octets.getInt() * fractionNs;
            byte[] frame = new byte[octets.getInt()];
            octets.getInt();
            if (frame.length > octets.remaining()) {
                break;
            }
            octets.get(frame);
            frames.add(new Captured(timeNs, frame));
        }
        return frames;
    }

    public Path file() {
        return file;
    }

    /** Ends tcpdump; the file stays. */
    @Override
    public void close() {
        tcpdump.destroy();
        try {
            tcpdump.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
