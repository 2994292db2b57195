package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.limesh.lab.LabSession;
import org.limesh.lab.Laboratory;
import org.limesh.lab.Version;
import org.limesh.lab.api.ApiServer;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.api.PortInUse;
import org.limesh.lab.scenario.Quantity;
import org.limesh.lab.scenario.Scenario;
import org.limesh.lab.scenario.ScenarioFiles;
import org.limesh.lab.scenario.ScenarioReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limesh lab}: runs an emulated network in real time, with its page. */
@Command(name = "lab", mixinStandardHelpOptions = true,
        description = "Run an emulated network in real time, with its page.",
        footer = {"", "Needs neither root nor a network.", "", "Examples:", "  limesh lab",
            "  limesh lab examples/roaming.lab.yaml --seed 7", "  limesh lab --nodes 100 --no-browser"})
final class LabCommand implements Callable<Integer> {
    private static final long REFRESH_MS = 200;
    private static final int DEFAULT_PORT = 8080;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "FILE",
            description = "Scenario. Default: the only *.lab.yaml here, else the town 'three-clouds'.")
    private String file;

    @Option(names = "--seed", paramLabel = "N", description = "Seed instead of the file's.")
    private Long seed;

    @Option(names = "--port", paramLabel = "PORT",
            description = "Port of the page, 0 for a free one. Default: 8080.")
    private int port = DEFAULT_PORT;

    @Option(names = "--no-browser", description = "Leave the browser alone.")
    private boolean noBrowser;

    @Option(names = "--nodes", paramLabel = "N", description = "Instead of a file: a cloud of N nodes.")
    private Integer nodes;

    @Option(names = "--community", paramLabel = "PATH",
            description = "Settings of your community: a UCI file or directory.")
    private Path community;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Lay a value over the file. Repeatable.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--at", paramLabel = "TIME",
            description = "Go to this virtual time first, as fast as possible.")
    private String at;

    @Option(names = "--pause", description = "Stand still at the start (or at --at).")
    private boolean pause;

    @Option(names = "--speed", paramLabel = "X",
            description = "Virtual seconds per second, 0 for as fast as possible.")
    private double speed = 1;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        long fastUntilNs = fastUntilNs();
        Scenario scenario = scenario(err);
        if (scenario == null) {
            return 2;
        }
        boolean own = scenario.file().equals(ScenarioFiles.THREE_CLOUDS) || nodes != null;
        LabSession.Start start = own && at == null && !pause ? LabSession.Start.SETTLED
                : new LabSession.Start(fastUntilNs, false, pause);
        boolean live = Terminal.isThere();
        int linesUp = live ? LabScreen.opening(spec.commandLine().getOut(), scenario) : 0;
        try (LabSession session = LabSession.start(scenario, Version.TEXT, start)) {
            session.control().orElseThrow().speed(speed);
            return show(session, spec.commandLine().getOut(), err, live, linesUp);
        } catch (Laboratory.Unbuildable wrong) {
            err.println(wrong.getMessage());
            return 2;
        } catch (LabControl.Refused refused) {
            throw new ParameterException(spec.commandLine(), "error: " + refused.getMessage(), refused);
        }
    }

    private long fastUntilNs() {
        try {
            return at == null ? 0 : Quantity.durationNs(at);
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), "error: --at: " + wrong.getMessage(), wrong);
        }
    }

    /** The scenario, or null after its problems were printed. */
    private Scenario scenario(PrintWriter err) throws IOException {
        if (nodes != null && (file != null || nodes < 1 || nodes > 1000)) {
            throw new ParameterException(spec.commandLine(),
                    "error: --nodes is 1 to 1000 and goes without a file");
        }
        if (community != null) {
            settings.putIfAbsent("community", community.toAbsolutePath().toString());
        }
        try {
            ScenarioReader.Result result = nodes != null ? ScenarioFiles.generated(nodes, settings)
                    : ScenarioFiles.read(fileOrDefault(), settings);
            result.problems().forEach(err::println);
            Scenario scenario = result.scenario();
            return scenario == null || seed == null ? scenario : scenario.withSeed(seed);
        } catch (NoSuchFileException missing) {
            err.println("error: there is no file '" + file + "'");
        } catch (IOException unreadable) {
            err.println("error: cannot read '" + file + "': " + unreadable.getMessage());
        }
        return null;
    }

    private String fileOrDefault() throws IOException {
        if (file != null) {
            return file;
        }
        Path only = ScenarioFiles.onlyOne(Path.of("").toAbsolutePath());
        return only == null ? ScenarioFiles.THREE_CLOUDS : only.getFileName().toString();
    }

    private int show(LabSession session, PrintWriter out, PrintWriter err, boolean live, int linesUp)
            throws IOException, InterruptedException {
        Terminal terminal = live ? Terminal.open() : null;
        ApiServer server = new ApiServer(session);
        Thread cleaner = new Thread(() -> cleanUp(terminal, server), "lab-clean-up");
        Runtime.getRuntime().addShutdownHook(cleaner);
        try {
            LabScreen screen = new LabScreen(session, out, terminal != null,
                    terminal == null ? Terminal.DEFAULT_COLUMNS : terminal.columns(), linesUp);
            screen.begin();
            screen.setPage(listen(server, err, terminal != null));
            CountDownLatch quit = new CountDownLatch(1);
            if (terminal != null) {
                Thread.ofPlatform().name("lab-keys").daemon().start(() -> takeKeys(session, terminal, quit));
            }
            while (!quit.await(REFRESH_MS, TimeUnit.MILLISECONDS)) {
                screen.refresh();
            }
            return 0;
        } catch (PortInUse taken) {
            err.println("error: " + taken.getMessage());
            return 3;
        } finally {
            cleanUp(terminal, server);
            Runtime.getRuntime().removeShutdownHook(cleaner);
        }
    }

    private static void takeKeys(LabSession session, Terminal terminal, CountDownLatch quit) {
        try {
            new LabKeys(session).run(terminal);
        } catch (IOException gone) {
            // The terminal was closed: as if somebody had quit.
            quit.countDown();
            return;
        }
        quit.countDown();
    }

    /** Serves the page; answers what the screen says about it. */
    private String listen(ApiServer server, PrintWriter err, boolean person) throws IOException {
        String url = "http://127.0.0.1:" + server.listenHttp(port) + "/";
        try {
            server.announceLab(Path.of(""));
        } catch (IOException unwritable) {
            err.println("warning: other commands will not find this lab from here: "
                    + unwritable.getMessage());
        }
        return url + (person && !noBrowser && openBrowser(url)
                ? "        (opens in your browser; --no-browser to leave it)"
                : "");
    }

    /** True when a browser was asked to open the page. Never fails: the address is on the screen. */
    private static boolean openBrowser(String url) {
        boolean display = System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
        String path = System.getenv().getOrDefault("PATH", "");
        for (String directory : display ? path.split(":") : new String[0]) {
            Path opener = Path.of(directory, "xdg-open");
            if (Files.isExecutable(opener)) {
                try {
                    new ProcessBuilder(opener.toString(), url).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD).start();
                    return true;
                } catch (IOException withoutBrowser) {
                    return false;
                }
            }
        }
        return false;
    }

    private static void cleanUp(Terminal terminal, ApiServer server) {
        if (terminal != null) {
            terminal.close();
        }
        try {
            server.close();
        } catch (IOException gone) {
            // What is left in .limesh is found stale by the next lab of this directory.
            return;
        }
    }
}
