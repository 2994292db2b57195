package org.limesh.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Programs and network namespaces for the tests of this module. */
final class TestShell {
    /** For machines on which other programs are at work: whoever waits for a figure compares it himself. */
    static final int LIMIT_S = 60;

    private TestShell() {}

    static String run(String command) {
        return run(List.of("sh", "-c", command));
    }

    static String run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile()).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + "\n" + text);
            }
            return text;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static String in(String namespace, String command) {
        return run(List.of("ip", "netns", "exec", namespace, "sh", "-c", command));
    }

    /** A JVM with our class path in a namespace; what it prints goes to {@code log}. */
    static Process java(String namespace, Path log, String main, String... arguments) throws IOException {
        return builder(namespace, log, main, arguments).redirectInput(Path.of("/dev/null").toFile()).start();
    }

    /** The same, listening to what the test writes. */
    static Process javaWithInput(String namespace, Path log, String main,
            String... arguments) throws IOException {
        return builder(namespace, log, main, arguments).start();
    }

    private static ProcessBuilder builder(String namespace, Path log, String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    }

    /** As below; being interrupted fails the test. */
    static void await(String what, java.util.function.Supplier<String> state, BooleanSupplier condition) {
        try {
            until(what, state, condition);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    static void until(String what, java.util.function.Supplier<String> state, BooleanSupplier condition)
            throws InterruptedException {
        long deadlineNs = System.nanoTime() + LIMIT_S * 1_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("not within " + LIMIT_S + " s: " + what + "\n" + state.get());
            }
            Thread.sleep(5);
        }
    }
}
