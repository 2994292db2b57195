package org.limesh.app;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The terminal, giving keys as they are typed. Uses {@code stty}; what it changed is undone by
 * {@link #close}. Ctrl-C stays an interrupt.
 */
final class Terminal implements AutoCloseable {
    private static final Path DEVICE = Path.of("/dev/tty");
    static final int DEFAULT_COLUMNS = 80;

    private final String saved;
    private final int columns;
    private final InputStream keys;
    private boolean closed;

    private Terminal(String saved, int columns, InputStream keys) {
        this.saved = saved;
        this.columns = columns;
        this.keys = keys;
    }

    /** True when a person sits there: both ends of this program are a terminal. */
    static boolean isThere() {
        return System.console() != null && System.console().isTerminal();
    }

    /** Opens it, or answers null when this machine's terminal cannot do it; then there are no keys. */
    static Terminal open() {
        try {
            String saved = stty("-g");
            String size = stty("size");
            InputStream keys = new FileInputStream(DEVICE.toFile());
            stty("-icanon", "-echo", "min", "1");
            return new Terminal(saved, columns(size), keys);
        } catch (IOException withoutKeys) {
            return null;
        }
    }

    private static int columns(String size) {
        String[] numbers = size.split(" ");
        return numbers.length == 2 && numbers[1].matches("\\d{1,4}") && Integer.parseInt(numbers[1]) > 20
                ? Integer.parseInt(numbers[1]) : DEFAULT_COLUMNS;
    }

    private static String stty(String... words) throws IOException {
        String[] command = new String[words.length + 1];
        command[0] = "stty";
        System.arraycopy(words, 0, command, 1, words.length);
        Process process = new ProcessBuilder(command).redirectInput(DEVICE.toFile()).redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(),
                StandardCharsets.US_ASCII).strip();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("stty: " + output);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
        return output;
    }

    int columns() {
        return columns;
    }

    /** Waits for a key; -1 when the terminal is gone. */
    int key() throws IOException {
        return keys.read();
    }

    /** Gives the terminal back as it was. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                stty(saved);
            } catch (IOException gone) {
                // The terminal was closed: nothing is left to restore.
                return;
            }
        }
    }
}
