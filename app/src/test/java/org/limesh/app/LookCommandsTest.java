package org.limesh.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.limesh.lab.LabSession;
import org.limesh.lab.Version;
import org.limesh.lab.api.ApiServer;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lab.scenario.ScenarioReader;
import org.limesh.sim.SimTime;

/** The looking commands against a living laboratory: three nodes in a line, by cable, a phone at each end. */
@Timeout(180)
class LookCommandsTest {
    private static final String LINE = """
            name: line
            clouds: { centro: { ssid: LibreMesh.org } }
            radio: { model: none }
            topology:
              nodes:
                plaza:   { at: [0, 0] }
                cuesta:  { at: [100, 0] }
                mercado: { at: [200, 0] }
              links:
                - { endpoints: [plaza, cuesta], kind: ethernet }
                - { endpoints: [cuesta, mercado], kind: ethernet }
            clients:
              ana:  { at: plaza }
              beto: { at: mercado, talks: { to: ana, rate: 64kbit } }
            """;

    @TempDir
    private static Path runDir;

    private static LabSession session;
    private static ApiServer server;

    /** What a command line gave. */
    private record Run(int exit, String out, String err) {}

    @BeforeAll
    static void startLab() throws Exception {
        ScenarioReader.Result read = ScenarioReader.read("line.lab.yaml", Path.of(""), LINE);
        Scenario scenario = read.scenario();
        assertThat(scenario).as(read.problems().toString()).isNotNull();
        session = LabSession.start(scenario, Version.TEXT, new LabSession.Start(40 * SimTime.SECOND, false, true));
        server = new ApiServer(session);
        server.listenUnix(runDir.resolve("limesh.sock"));
        while (session.world().timeNs() < 40 * SimTime.SECOND) {
            Thread.sleep(5);
        }
    }

    @AfterAll
    static void stopLab() throws Exception {
        server.close();
        session.close();
    }

    private static Run limesh(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Main.run(args, new PrintWriter(out), new PrintWriter(err));
        return new Run(exit, out.toString(), err.toString());
    }

    /** With {@code --run-dir} in front, as the options of the program itself. */
    private static Run look(String... args) {
        List<String> all = new ArrayList<>(List.of("--run-dir", runDir.toString()));
        all.addAll(List.of(args));
        return limesh(all.toArray(String[]::new));
    }

    @Test
    void everyLookingCommandAnswersInEveryForm() {
        for (String command : List.of("nodes", "links", "clouds", "clients", "leases", "events")) {
            Run table = look(command);
            assertThat(table.exit()).as(table.err()).isZero();
            assertThat(table.out()).as(command).matches("(?s)[A-Z].*\n");
            assertThat(look(command, "-H").out()).as(command).doesNotStartWith(table.out().lines().findFirst().get());
            assertThat(look(command, "--json").out()).as(command).startsWith("{\"" + command + "\":[").hasLineCount(1);
            assertThat(look(command, "--format", "csv").out().lines().findFirst().get()).as(command).contains(",");
        }
    }

    @Test
    void statusAboutTheLabAndAboutANode() {
        assertThat(look("status").out()).contains("lab \"line\"   3 nodes  1 cloud  2 clients", "paused", "leases 2/2");
        assertThat(look("-n", "plaza", "status").out()).startsWith("plaza (02:").contains("1 neighbour  3 originators");
        assertThat(look("status", "-n", "plaza").out()).isEqualTo(look("-n", "plaza", "status").out());
    }

    @Test
    void clientsLeasesAndPathTellOneStory() {
        String address = look("clients", "--format=csv", "-H").out().lines().findFirst().get().split(",")[2];
        String leases = look("leases", "-n", "plaza").out();
        assertThat(leases).contains(address, "ana").containsPattern("IPV4 +MAC +HOSTNAME +GRANTED BY +CONFIRMED BY +ENDS IN +WHY")
                .containsPattern(address + " .* plaza +plaza +.*hash of");
        assertThat(look("path", "ana", "beto").out()).startsWith("going   ana > plaza").contains("> cuesta > mercado");
        assertThat(look("path", address, "beto").exit()).isZero();
    }

    @Test
    void batctlTablesLookLikeTheGenuineOnes() {
        Run originators = look("batctl", "--node", "plaza", "o", "-n");
        assertThat(originators.out().lines().toList().get(0)).matches("\\[B\\.A\\.T\\.M\\.A\\.N\\. adv limesh-\\S+, "
                + "MainIF/MAC: \\S+/[0-9a-f:]{17} \\(bat0/[0-9a-f:]{17} BATMAN_IV\\)]");
        // The neighbour's cable port is an originator of its own beside its primary address, as with the genuine one.
        assertThat(originators.out().lines().skip(2)).hasSize(3)
                .allMatch(line -> line.matches(" \\* [0-9a-f:]{17} {4}[0-9]\\.[0-9]{3}s   \\([ 0-9]{3}\\) [0-9a-f:]{17} \\[ *\\S+]"));
        assertThat(look("-n", "plaza", "batctl", "tg", "-H").out()).contains("              beto   -1 [....]");
        assertThat(look("-n", "plaza", "batctl", "oj").out()).startsWith("[{\"hard_ifindex\":");
        assertThat(look("-n", "plaza", "batctl", "tlj").out()).contains("\"tt_flags\":{\"del\":false");
        assertThat(look("-n", "plaza", "batctl", "neighbors").out()).contains("IF             Neighbor");
    }

    @Test
    void answersNoAndWrongUseByExitCode() {
        Run wrongNode = look("-n", "plasa", "status");
        assertThat(wrongNode.exit()).isEqualTo(1);
        assertThat(wrongNode.err()).isEqualTo("error: no node 'plasa' (did you mean 'plaza'?)\n");
        assertThat(look("path", "ana", "198.51.100.9").exit()).isEqualTo(1);
        assertThat(look("batctl", "o").err()).isEqualTo("error: say which node: -n NAME   (plaza cuesta mercado)\n");
        assertThat(look("batctl", "o").exit()).isEqualTo(2);
        assertThat(look("-n", "plaza", "batctl", "gwl").err()).contains("is not there yet");
        assertThat(look("nodes", "--format", "xml").exit()).isEqualTo(2);
        Run unknown = limesh("statsu");
        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.err()).startsWith("error: unknown command 'statsu' (did you mean 'status'?)");
        assertThat(limesh("nodes", "--jsn").err()).startsWith("error: Unknown option: '--jsn'");
    }

    @Test
    void saysThatNothingRunsHere(@TempDir Path empty) {
        Run run = limesh("status", "--run-dir", empty.toString());
        assertThat(run.exit()).isEqualTo(4);
        assertThat(run.err()).startsWith("error: no node is running with --run-dir " + empty);
        assertThat(CommandFailure.nothingRuns()).hasMessage("no lab is running here. Start one: limesh lab        "
                + "(looked for: socket of the node, lab of this directory)");
        assertThat(limesh("status", "--api", "http://127.0.0.1:1").exit()).isEqualTo(4);
        assertThat(limesh("status", "--api", "ftp://x").exit()).isEqualTo(2);
    }

    @Test
    void findsANodeByTheNameItWasStartedWith(@TempDir Path runDirs) throws Exception {
        Files.createDirectory(runDirs.resolve("dead"));
        try (ApiServer plaza = new ApiServer(session)) {
            plaza.listenUnix(runDirs.resolve("plaza/limesh.sock"));
            assertThat(ApiClient.namedNodes(runDirs)).containsExactly(runDirs.resolve("plaza/limesh.sock"));
            assertThat(ApiClient.namedNode(runDirs, List.of("plaza"))).isEqualTo(runDirs.resolve("plaza/limesh.sock"));
            assertThat(ApiClient.namedNode(runDirs, List.of("dead"))).isNull();
            assertThat(ApiClient.namedNode(runDirs, List.of("../plaza"))).isNull();
        }
        assertThat(ApiClient.namedNodes(runDirs.resolve("none"))).isEmpty();
    }

    @Test
    void showsWhereAnErrorAroseOnlyWhenAsked() {
        assertThat(limesh("status", "--api", "http://127.0.0.1:1").err()).doesNotContain("\tat ");
        assertThat(limesh("status", "--api", "http://127.0.0.1:1", "-vv").err()).contains("\tat org.limesh.app.");
    }

    @Test
    void capturesSoManyFramesOfOneNode(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("plaza.pcapng");
        Thread steps = Thread.ofPlatform().start(LookCommandsTest::step);
        Run run = look("capture", "-n", "plaza", "-c", "20", "-t", "10s", "-w", file.toString());
        steps.interrupt();
        steps.join();
        assertThat(run.exit()).as(run.err()).isZero();
        byte[] octets = Files.readAllBytes(file);
        assertThat(octets).startsWith(0x0a, 0x0d, 0x0d, 0x0a);
        assertThat(new String(octets, java.nio.charset.StandardCharsets.ISO_8859_1)).contains("plaza/");
        assertThat(octets.length).isGreaterThan(20 * 40);
        assertThat(look("capture", "-w", "/nonexistent/x").exit()).isEqualTo(2);
        assertThat(look("capture", "-t", "soon", "-w", "-").err()).contains("is no duration");
    }

    @Test
    @Tag("slow")
    void tsharkShowsTheFramesOfBatmanAdv(@TempDir Path directory) throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/tshark"))) {
            System.err.println("SKIPPED: the capture was not read by tshark: apt-get install tshark");
        }
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")));
        Path file = directory.resolve("all.pcapng");
        Thread steps = Thread.ofPlatform().start(LookCommandsTest::step);
        look("capture", "-i", "eth0_29", "-i", "wlan0-mesh_29", "-c", "2000", "-t", "20s", "-w", file.toString());
        steps.interrupt();
        steps.join();
        Process tshark = new ProcessBuilder("/usr/bin/tshark", "-r", file.toString(), "-Y", "batadv.iv_ogm.tq",
                "-T", "fields", "-e", "batadv.iv_ogm.orig", "-e", "frame.interface_name")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String text = new String(tshark.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(text).contains("plaza/", "cuesta/").containsPattern("[0-9a-f:]{17}");
    }

    /** The laboratory is paused, so frames pass only in steps. */
    private static void step() {
        try {
            while (true) {
                session.control().orElseThrow().step(500 * SimTime.MS);
                Thread.sleep(20);
            }
        } catch (org.limesh.lab.api.LabControl.Refused | InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void helpNamesEveryCommandAndVersionSaysWhich() {
        String help = limesh("help").out();
        assertThat(Subcommands.NAMES).allSatisfy(name -> assertThat(help).contains("  " + name));
        assertThat(limesh("version").out()).startsWith("limesh " + Version.TEXT);
        assertThat(limesh("completion").out()).contains("complete -F _complete_limesh");
        assertThat(limesh().out()).isEqualTo(help);
    }

    @Test
    void theCommandIsTheFirstWordThatIsNoOption() {
        assertThat(Subcommands.named(new String[] {"-n", "plaza", "batctl", "o"})).isEqualTo("batctl");
        assertThat(Subcommands.named(new String[] {"--api=unix:x", "-vv", "status"})).isEqualTo("status");
        assertThat(Subcommands.named(new String[] {"--help"})).isNull();
    }

    @Test
    void durationsHaveUnits() {
        assertThat(CaptureCommand.durationMs("10")).isEqualTo(10_000);
        assertThat(CaptureCommand.durationMs("500ms")).isEqualTo(500);
        assertThat(CaptureCommand.durationMs("1.5m")).isEqualTo(90_000);
    }
}
