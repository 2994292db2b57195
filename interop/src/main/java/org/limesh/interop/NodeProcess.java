package org.limesh.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code limesh node} in a namespace, started as a person would, by the JDK that runs this. */
public final class NodeProcess implements AutoCloseable {
    private static final String MAIN = "org.limesh.app.Main";
    private static final Duration START_LIMIT = Duration.ofSeconds(120);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    private final String name;
    private final Path directory;
    private final Process process;

    private NodeProcess(String name, Path directory, Process process) {
        this.name = name;
        this.directory = directory;
        this.process = process;
    }

    /** Starts a node; it is not ready yet, see {@link #awaitReady}. Run-time files are below {@code directory}. */
    public static NodeProcess start(Netns netns, String name, Path directory, List<String> meshDevices,
            List<String> clientDevices, String... more) throws IOException {
        return start(List.of("-XX:+UseSerialGC"), netns, name, directory, meshDevices, clientDevices, more);
    }

    /** The same at less cost where many start at once and none has to be fast. */
    public static NodeProcess startLean(Netns netns, String name, Path directory, List<String> meshDevices,
            List<String> clientDevices, String... more) throws IOException {
        return start(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"), netns, name,
                directory, meshDevices,
                clientDevices, more);
    }

    private static NodeProcess start(List<String> javaOptions, Netns netns, String name, Path directory,
            List<String> meshDevices, List<String> clientDevices, String... more) throws IOException {
        Files.createDirectories(directory);
        List<String> arguments = new ArrayList<>(List.of("node", "--name", name, "--dev"));
        arguments.addAll(meshDevices);
        if (!clientDevices.isEmpty()) {
            arguments.add("--lan");
            arguments.addAll(clientDevices);
        }
        arguments.addAll(List.of("--run-dir", run(directory).toString(),
                "--state-dir", directory.resolve("state").toString()));
        arguments.addAll(List.of(more));
        return new NodeProcess(name, directory,
                netns.start(log(directory), limesh(javaOptions, arguments)));
    }

    private static Path run(Path directory) {
        return directory.resolve("run").toAbsolutePath();
    }

    private static Path log(Path directory) {
        return directory.resolve("node.log");
    }

    /** The command line of our program with the class path of this JVM. */
    static List<String> limesh(List<String> javaOptions, List<String> arguments) {
        return java(javaOptions, MAIN, arguments);
    }

    /** The command line of a class of ours with the class path of this JVM. */
    static List<String> java(List<String> javaOptions, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(javaOptions);
        // Surefire hides the real class path in a manifest.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(arguments);
        return command;
    }

    /** Waits for the line that starts with "ready"; returns milliseconds waited. */
    public long awaitReady() throws Exception {
        return Wait.until("node " + name + " is ready", START_LIMIT, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("node " + name + " ended with " + process.exitValue() + ":\n" + log());
            }
            return log().lines().anyMatch(line -> line.startsWith("ready"));
        }, this::log);
    }

    /** Everything it printed. */
    public String log() throws IOException {
        return Files.readString(log(directory));
    }

    /** What {@code limesh WORD... --run-dir OURS} prints; has to succeed. */
    public String look(String... words) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(words));
        arguments.addAll(List.of("--run-dir", run(directory).toString()));
        return Shell.run(limesh(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), arguments));
    }

    /** Another command in the same namespace, whose failure is an answer. */
    public static Shell.Outcome ask(Netns netns, String... words) throws IOException, InterruptedException {
        return netns.ask(limesh(List.of("-XX:+UseSerialGC"), List.of(words)).toArray(String[]::new));
    }

    /** The same, as somebody who may not open devices. */
    public static Shell.Outcome askWithoutRights(Netns netns, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set", "-net_admin,-net_raw", "--inh-caps",
                "-net_admin,-net_raw"));
        command.addAll(limesh(List.of("-XX:+UseSerialGC"), List.of(words)));
        return netns.ask(command.toArray(String[]::new));
    }

    public Path runDirectory() {
        return run(directory);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM, without waiting for the end. */
    public void end() {
        process.destroy();
    }

    /** SIGTERM; returns the exit code. */
    public int stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("node " + name + " did not end within " + STOP_LIMIT.toSeconds() + " s:\n" + log());
        }
        return process.exitValue();
    }

    /** SIGKILL: it can undo nothing. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
