package org.limesh.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LabCommandTest {
    @TempDir
    private Path directory;

    @Test
    void saysWhenThePortIsTaken() throws IOException {
        StringWriter err = new StringWriter();
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int exit = Main.run(new String[] {"lab", "--port", Integer.toString(other.getLocalPort())},
                    new PrintWriter(new StringWriter()), new PrintWriter(err, true));
            assertThat(exit).isEqualTo(3);
            assertThat(err.toString()).isEqualTo("error: port " + other.getLocalPort()
                    + " is in use by another program. Use --port 0 for a free one." + System.lineSeparator());
        }
    }

    private Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java")
                .toString(),
                "-cp", System.getProperty("java.class.path"), "-XX:+UseSerialGC", "org.limesh.app.Main"));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    }

    private static String waitForLine(BufferedReader lines, String start) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            seen.append(line).append('\n');
            if (line.startsWith(start)) {
                return line;
            }
        }
        throw new AssertionError("no line starting '" + start + "' in:\n" + seen);
    }

    @Test
    @Tag("slow")
    @Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void livesTakesOrdersAndLeavesNothingBehind() throws Exception {
        Process lab = start("lab", "--port", "0");
        try (BufferedReader lines = lab.inputReader()) {
            assertThat(waitForLine(lines, "limesh"))
                    .contains("lab \"three-clouds\"   24 nodes  3 clouds  2 internet gateways  6 clients   seed 1");
            assertThat(waitForLine(lines, "  page")).contains("http://127.0.0.1:");
            assertThat(waitForLine(lines, "  state")).contains("converged after", "leases 6/6");
            assertThat(directory.resolve(".limesh/lab.json")).exists();
            Process roam = start("roam", "ana", "norte");
            assertThat(roam.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(roam.exitValue()).isZero();
            waitForLine(lines, "  00:0");
            lab.destroy();
            assertThat(lab.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.exists(directory.resolve(".limesh/lab.json"))).isFalse();
            assertThat(Files.exists(directory.resolve(".limesh/limesh.sock"))).isFalse();
        } finally {
            lab.destroyForcibly();
        }
        Process late = start("heal", "all");
        assertThat(late.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(late.exitValue()).isEqualTo(4);
    }
}
