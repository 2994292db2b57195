package org.limesh.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A running tcpdump, and reading of what it wrote.
 *
 * <p>The kernel would hand frames to tcpdump a block at a time, up to a second later. Immediate mode shortens that, yet
 * on a busy machine tcpdump may be behind: whoever judges what was captured calls {@link #settle} first.
 */
public final class Capture implements AutoCloseable {
    private static final int FILE_HEADER_OCTETS = 24;
    private static final int RECORD_HEADER_OCTETS = 16;
    /** Where in a record's header the length of what follows is. */
    private static final int LENGTH_AT = 8;
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final String BUFFER_KIB = "16384";
    /** What tcpdump says of itself on SIGUSR1 and at its end. */
    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets captured, (\\d+) packets received by filter, "
            + "(\\d+) packets dropped");
    private static final Duration SETTLING = Duration.ofSeconds(60);

    private final Process tcpdump;
    private final Path file;

    /** One captured frame. */
    public record Captured(long timeNs, byte[] octets) {
        /** True when these octets occur anywhere in the frame, inside of other protocols, too. */
        public boolean contains(byte[] part) {
            for (int at = 0; at + part.length <= octets.length; at++) {
                if (Arrays.equals(octets, at, at + part.length, part, 0, part.length)) {
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
        List<String> command = new ArrayList<>(List.of("tcpdump", "-Z", "root", "-U", "-n", "--nano",
                "--immediate-mode", "-B", BUFFER_KIB, "-i", device));
        command.addAll(List.of("-w", file.toString()));
        command.addAll(List.of(options));
        if (!filter.isEmpty()) {
            command.add(filter);
        }
        Files.deleteIfExists(file);
        Path log = Path.of(file + ".log");
        Process tcpdump = netns.start(log, command);
        Wait.until("tcpdump listens on " + device, SETTLING,
                () -> Files.readString(log).contains("listening on"), () -> Files.readString(log));
        return new Capture(tcpdump, file);
    }

    /** Waits until tcpdump has written down all that the kernel had for it when this was called. */
    public void settle() throws Exception {
        long[] first = counts();
        long wantedFrames = first[1];
        Wait.until("tcpdump has written " + wantedFrames + " frames to " + file, SETTLING,
                () -> counts()[0] >= wantedFrames, () -> Files.readString(log()));
    }

    /** Frames written or lost, and frames that the kernel had for it, by now. */
    private long[] counts() throws Exception {
        long saidBefore = said().count();
        Shell.ask(List.of("kill", "-USR1", Long.toString(tcpdump.pid())));
        Wait.until("tcpdump says how far it is", SETTLING, () -> said().count() > saidBefore || !tcpdump.isAlive(),
                () -> Files.readString(log()));
        Matcher last = said().reduce((one, two) -> two).orElseThrow(
                () -> new AssertionError("tcpdump has ended: " + log()));
        return new long[] {Long.parseLong(last.group(1)) + Long.parseLong(last.group(3)), Long.parseLong(last.group(2))};
    }

    private Stream<Matcher> said() throws IOException {
        return Files.readString(log()).lines().map(COUNTS::matcher).filter(Matcher::find);
    }

    private Path log() {
        return Path.of(file + ".log");
    }

    /** A file for other programs: everything up to now, and no half record at its end. */
    public Path settledFile() throws Exception {
        settle();
        byte[] octets = Files.readAllBytes(file);
        ByteBuffer records = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        int end = FILE_HEADER_OCTETS;
        while (octets.length - end >= RECORD_HEADER_OCTETS
                && octets.length - end - RECORD_HEADER_OCTETS >= records.getInt(end + LENGTH_AT)) {
            end += RECORD_HEADER_OCTETS + records.getInt(end + LENGTH_AT);
        }
        return Files.write(Path.of(file + ".settled"), Arrays.copyOf(octets, end));
    }

    /** The frames up to now, as far as tcpdump has written them. */
    public List<Captured> frames() throws IOException {
        return read(file);
    }

    /** The frames of a capture file made on a PC; a record that was cut short at its end is left out. */
    public static List<Captured> read(Path file) throws IOException {
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
