package org.limesh.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in a real browser, driven by {@code src/test/browser/page.mjs}. Needs chromium, node and npm. */
@Tag("slow")
class PageInBrowserTest {
    private static final String PLAYWRIGHT = "playwright-core@1.65.1";
    private static final Path WORK = Path.of("target", "browser").toAbsolutePath();

    @Test
    @Timeout(180)
    void thePageDoesWhatAPersonExpects() throws Exception {
        Path chromium = Path.of("/usr/bin/chromium");
        need(Files.isExecutable(chromium), "chromium: apt-get install chromium");
        need(runs("node", "--version"), "node: apt-get install nodejs");
        Files.createDirectories(WORK);
        Files.copy(Path.of("src/test/browser/page.mjs"), WORK.resolve("page.mjs"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        if (!Files.isDirectory(WORK.resolve("node_modules/playwright-core"))) {
            need(runs("npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", WORK.toString(), PLAYWRIGHT),
                    "npm and " + PLAYWRIGHT + ": apt-get install npm, and a registry in reach");
        }
        SmallWorld world = SmallWorld.barrio();
        Thread time = Thread.ofPlatform().daemon().start(() -> pass(world));
        try (ApiServer server = new ApiServer(world)) {
            int port = server.listenHttp(0);
            String output = run("node", "page.mjs", "http://127.0.0.1:" + port + "/", chromium.toString(),
                    WORK.toString());
            System.out.println(output);
            assertThat(output).contains("no request to outside");
        } finally {
            time.interrupt();
        }
    }

    private static void pass(SmallWorld world) {
        try {
            while (true) {
                Thread.sleep(100);
                world.advance(100_000_000L);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void need(boolean there, String what) {
        if (!there) {
            System.err.println("SKIPPED: the page was not tested in a browser; missing " + what);
        }
        assumeTrue(there, what);
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(100, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    private static String run(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(command));
        Process process = new ProcessBuilder(words).directory(WORK.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        assertThat(exit).as(output).isZero();
        return output;
    }
}
