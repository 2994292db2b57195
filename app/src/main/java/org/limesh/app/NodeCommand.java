package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.limesh.base.MacAddress;
import org.limesh.host.HostState;
import org.limesh.lime.AutoConfig;
import org.limesh.lime.ConfigSource;
import org.limesh.lime.DeviceSet;
import org.limesh.lime.LimeConfig;
import org.limesh.lime.NodePlan;
import org.limesh.linux.HostStateText;
import org.limesh.linux.Machine;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.node.HostPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limesh node}: this machine becomes a node, until the command is ended. */
@Command(name = "node", mixinStandardHelpOptions = true,
        description = "Make this machine a node of a LibreMesh network, until the command ends (Ctrl-C, SIGTERM). "
                + "Then everything it changed is undone.",
        footer = {"", "Examples:", "  limesh node --dry-run --dev eth1             what would be changed",
            "  sudo limesh node --dev eth1 --lan eth2       mesh on eth1, clients on eth2",
            "  sudo limesh node --dev wlan0-mesh --lan wlan0-ap --set lime.wifi.ap_ssid=Plaza"})
final class NodeCommand implements Callable<Integer> {
    private static final Path DEFAULT_STATE_DIR = Path.of("/var/lib/limesh");
    private static final Path DEFAULT_RUN_DIR = Path.of(ApiClient.DEFAULT_RUN_DIR);

    @Spec
    private CommandSpec spec;

    @Option(names = "--dev", paramLabel = "IF", arity = "1..*",
            description = "Interfaces that carry the mesh, on VLANs beside whatever else they carry.")
    private List<String> meshDevices = new ArrayList<>();

    @Option(names = "--lan", paramLabel = "IF", arity = "1..*",
            description = "Interfaces with clients: an access point, a cable. Bridged into br-lan.")
    private List<String> lanDevices = new ArrayList<>();

    @Option(names = "--wan", paramLabel = "IF", description = "The uplink: the way to the Internet, shared with all clouds when it works.")
    private String wanDevice;

    @Option(names = "--name", paramLabel = "NAME",
            description = "Tells several nodes of one machine apart (each in its network namespace): the run "
                    + "directory is /run/limesh/NAME.")
    private String name;

    @Option(names = "--run-dir", paramLabel = "DIR",
            description = "Socket for looking commands, journal of changes. Default: /run/limesh.")
    private Path runDirectory;

    @Option(names = "--state-dir", paramLabel = "DIR",
            description = "For what survives a restart: leases. Default: /var/lib/limesh, or with --name"
                    + " /var/lib/limesh/NAME.")
    private Path stateDirectory;

    @Option(names = "--dry-run", description = "Print what would be changed on this machine, change nothing.")
    private boolean dryRun;

    @Mixin
    private ConfigOptions options;

    @Mixin
    private NodeViews views;

    private Thread hook;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        if (name != null && !name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}")) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "--name '" + name
                    + "' becomes the name of a directory: letters, digits, -, _ and . are allowed");
        }
        if (meshDevices.isEmpty() && lanDevices.isEmpty()) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "which interfaces? A node needs --dev IF (mesh), "
                    + "--lan IF (clients), or both.\n  Interfaces here: " + String.join(", ", present())
                    + "\n  What would be changed: limesh node --dry-run --dev IF     Without hardware: limesh lab");
        }
        NodePlan plan;
        try {
            plan = plan(err);
        } catch (IOException | IllegalArgumentException fault) {
            throw new CommandFailure(CommandFailure.WRONG_USE, fault.getMessage());
        }
        if (plan == null) {
            return CommandFailure.WRONG_USE;
        }
        return dryRun ? dryRun(plan) : run(plan);
    }

    private static List<String> present() {
        return Machine.links().stream().map(link -> link.name()).filter(link -> !link.equals("lo")).toList();
    }

    /** Null when the configuration has errors, which are printed. */
    private NodePlan plan(PrintWriter err) throws IOException {
        List<ConfigSource> sources = options.sources();
        MacAddress mac = options.primaryMac(sources).or(this::macOfFirstDevice).orElse(null);
        if (mac == null) {
            throw new CommandFailure(CommandFailure.LACKING, "no MAC for the node's identity: none of the interfaces "
                    + String.join(", ", devices()) + " is here.\n  Interfaces here: " + String.join(", ", present())
                    + "     For a try: --mac 02:ca:fe:12:34:56");
        }
        LimeConfig config = options.load(sources, mac);
        DeviceSet devices = new DeviceSet(mac,
                meshDevices.stream().map(DeviceSet.MeshDevice::named).toList(), lanDevices, wanDevice);
        AutoConfig.Result result = AutoConfig.plan(config, devices);
        return ConfigOptions.print(result.diagnostics(), false, err) ? null : result.plan();
    }

    private List<String> devices() {
        List<String> all = new ArrayList<>(meshDevices);
        all.addAll(lanDevices);
        return all;
    }

    private java.util.Optional<MacAddress> macOfFirstDevice() {
        return devices().stream().map(Machine::macOf).flatMap(java.util.Optional::stream).findFirst();
    }

    private int dryRun(NodePlan plan) {
        PrintWriter out = spec.commandLine().getOut();
        HostState state = HostPlan.of(plan);
        out.println("node " + plan.hostname() + " of the cloud '" + plan.apSsid() + "', MAC " + plan.primaryMac());
        if (plan.batadv() != null) {
            out.println("mesh (batman-adv)");
            plan.batadv().hardifs().forEach(hardif -> out.println("  " + hardif.name() + ": " + hardif.device()
                    + (hardif.tag() == null ? " untagged" : " with tag " + hardif.tag()) + ", MAC " + hardif.mac()
                    + ", MTU " + hardif.mtuOctets()));
        }
        out.println(HostStateText.of(state));
        if (plan.bmx7() != null) {
            out.println(HostPlan.STAND_IN + " stands for the node's address in the routed network; it follows from its"
                    + " key");
        }
        List<String> problems = Machine.problems(state);
        out.println(problems.isEmpty() ? "nothing was changed; a node could start"
                : "nothing was changed; a node could not start on this machine as it is:");
        problems.forEach(problem -> out.println("  " + problem.replace("\n", "\n  ")));
        return ConfigOptions.DONE;
    }

    private int run(NodePlan plan) throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        checkPermission();
        NodeDaemon daemon = start(plan, out);
        out.println("ready: " + plan.hostname() + " " + plan.address4() + " in cloud '" + plan.apSsid() + "'"
                + mesh(plan) + ", run directory " + runDirectory());
        out.flush();
        daemon.tellServiceManager();
        String why = daemon.awaitEnd();
        removeHook();
        daemon.close();
        throw new CommandFailure(CommandFailure.NO, why);
    }

    private NodeDaemon start(NodePlan plan, PrintWriter out) throws IOException {
        try {
            NodeDaemon daemon = new NodeDaemon(plan, runDirectory(), stateDirectory(), spec.commandLine().getErr());
            // A signal ends the program through this hook; the usual exit code would be that of the signal.
            hook = Thread.ofPlatform().name("limesh-stop").unstarted(() -> {
                daemon.close();
                out.flush();
                Runtime.getRuntime().halt(ConfigOptions.DONE);
            });
            Runtime.getRuntime().addShutdownHook(hook);
            daemon.start();
            try {
                views.open(daemon, out);
            } catch (IOException refused) {
                daemon.close();
                throw refused;
            }
            return daemon;
        } catch (HostException refused) {
            removeHook();
            throw new CommandFailure(CommandFailure.LACKING, refused.getMessage() + hint(refused));
        } catch (IOException refused) {
            removeHook();
            throw refused;
        }
    }

    private void removeHook() {
        try {
            if (hook != null) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        } catch (IllegalStateException endingAlready) {
            // Then the hook runs, and what it closes is closed once.
            return;
        }
    }

    private static String mesh(NodePlan plan) {
        return plan.batadv() == null || plan.batadv().hardifs().isEmpty() ? ", no mesh interface"
                : ", mesh on " + String.join(", ", plan.batadv().hardifs().stream().map(NodePlan.Hardif::name).toList());
    }

    private Path stateDirectory() {
        Path base = stateDirectory != null ? stateDirectory
                : name == null ? DEFAULT_STATE_DIR : DEFAULT_STATE_DIR.resolve(name);
        return base.toAbsolutePath();
    }

    private Path runDirectory() {
        Path base = runDirectory != null ? runDirectory
                : name == null ? DEFAULT_RUN_DIR : DEFAULT_RUN_DIR.resolve(name);
        return base.toAbsolutePath();
    }

    private void checkPermission() {
        List<String> missing = Machine.missingCapabilities();
        if (!missing.isEmpty()) {
            throw new CommandFailure(CommandFailure.LACKING, "cannot open " + devices().getFirst()
                    + ": operation not permitted" + permissionHint());
        }
    }

    private static String hint(HostException refused) {
        return refused.errno() == Errno.EPERM ? permissionHintFor("IF") : "";
    }

    private String permissionHint() {
        return permissionHintFor(devices().getFirst());
    }

    private static String permissionHintFor(String device) {
        return "\n  A node needs CAP_NET_ADMIN, CAP_NET_RAW and CAP_NET_BIND_SERVICE. Either: sudo limesh node --dev "
                + device + "\n  or: sudo systemctl enable --now limesh   (the service has the capabilities, not root)"
                + "\n  The lab needs none of them: limesh lab";
    }
}
