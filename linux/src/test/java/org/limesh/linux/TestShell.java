package org.limesh.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Programs and network namespaces for the tests of this module. */
final class TestShell {
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
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    }

    static void until(String what, java.util.function.Supplier<String> state, BooleanSupplier condition)
            throws InterruptedException {
        long deadlineNs = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("not within 20 s: " + what + "\n" + state.get());
            }
            Thread.sleep(20);
        }
    }
}
