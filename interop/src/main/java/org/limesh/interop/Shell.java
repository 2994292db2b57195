package org.limesh.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of this machine. */
public final class Shell {
    private Shell() {}

    /** Exit code and everything printed, both streams. */
    public record Outcome(int exitCode, String text) {}

    /** Runs a program whose failure is an answer. */
    public static Outcome ask(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile()).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), text);
    }

    /** Runs a program that has to succeed and returns its standard output. */
    public static String run(String... command) throws IOException, InterruptedException {
        return run(List.of(command));
    }

    /** Runs a program that has to succeed and returns its standard output. */
    public static String run(List<String> command) throws IOException, InterruptedException {
        Path errors = java.nio.file.Files.createTempFile("limesh-", ".err");
        try {
            Process process = new ProcessBuilder(command).redirectError(errors.toFile())
                    .redirectInput(Path.of("/dev/null").toFile()).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new IllegalStateException("exit code %d of %s%n%s%s".formatted(code,
                        String.join(" ", new ArrayList<>(command)), text, java.nio.file.Files.readString(errors)));
            }
            return text;
        } finally {
            java.nio.file.Files.deleteIfExists(errors);
        }
    }

    /** Why a program cannot be run here, as "skipped: NAME not found", or null when it can. */
    public static String whyNot(String program) {
        for (String directory : (System.getenv("PATH") + ":/usr/sbin:/sbin").split(":")) {
            if (java.nio.file.Files.isExecutable(Path.of(directory, program))) {
                return null;
            }
        }
        return "skipped: " + program + " not found";
    }
}
