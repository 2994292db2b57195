package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.lab.api.ApiServer;
import org.limesh.lab.api.Bmx7Directory;
import org.limesh.lab.api.CaptureFilter;
import org.limesh.lab.api.CapturedFrame;
import org.limesh.lab.api.EventLog;
import org.limesh.lab.api.EventRecord;
import org.limesh.lab.api.ExitControl;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.api.NodeObserver;
import org.limesh.lab.api.World;
import org.limesh.lab.api.WorldView;
import org.limesh.lime.NodePlan;
import org.limesh.linux.HostListener;
import org.limesh.linux.LinuxHost;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.ServiceManager;
import org.limesh.node.NodeEvent;
import org.limesh.node.NodeSnapshot;

/** A running node and what can be seen of it: the host, the log of events, and the socket for those who look. */
final class NodeDaemon implements WorldView, HostListener, AutoCloseable {
    /** Viewers ask up to 20 times a second; making the picture costs a walk over all tables. */
    private static final long WORLD_AGE_NS = 200_000_000L;
    /** The genuine plugin lets its files get 60 s old. */
    private static final long BMX7_FILES_MS = 5_000;

    private final String name;
    private final PrintWriter log;
    private final Path runDirectory;
    private final long startNs = System.nanoTime();
    private final EventLog events = new EventLog();
    private final NodeObserver observer;
    private final LinuxHost host;
    private final LinkedBlockingQueue<String> end = new LinkedBlockingQueue<>();
    private final List<Capture> captures = new CopyOnWriteArrayList<>();
    private final ApiServer server;
    private World world;
    private long worldNs;
    private final DnsService dns;
    /** Null unless it is switched on. */
    private final SharedStateService sharedState;
    private final ServiceManager manager = ServiceManager.ofEnvironment();
    private boolean started;
    private boolean stopped;

    /** @param log takes a line per event */
    NodeDaemon(NodePlan plan, Path runDirectory, Path stateDirectory, PrintWriter log) {
        this.name = plan.hostname();
        this.log = log;
        this.runDirectory = runDirectory;
        this.observer = new NodeObserver(name, org.limesh.lab.Version.TEXT, System.currentTimeMillis(), events);
        this.host = new LinuxHost(plan, runDirectory, stateDirectory, new SecureRandom().nextLong(), this);
        this.server = new ApiServer(this);
        this.dns = plan.anycast() == null ? null : new DnsService(plan, host, this::onWarning);
        this.sharedState = plan.anycast() == null || plan.sharedState() == null ? null
                : new SharedStateService(host, plan.primaryMac(), this::onWarning);
    }

    /** Makes everything. A signal that comes meanwhile waits for the end of it, then undoes it. */
    synchronized void start() throws IOException {
        if (stopped) {
            return;
        }
        host.start().forEach(change -> events.append(System.nanoTime() - startNs, name, "host.made", change));
        started = true;
        if (dns != null) {
            dns.start();
        }
        if (sharedState != null) {
            sharedState.start();
        }
        try {
            server.listenUnix(runDirectory.resolve(ApiServer.SOCKET_NAME));
        } catch (IOException refused) {
            close();
            throw refused;
        }
    }

    /** Serves the page on loopback; answers its address, with the token that orders need. */
    String listenHttp(int port) throws IOException {
        // Before anybody can ask.
        String token = server.requireToken();
        return "http://127.0.0.1:" + server.listenHttp(port) + "/?token=" + token;
    }

    /** Keeps the files of the genuine bmx7's JSON plugin in the run directory. */
    void keepBmx7Files() {
        Path directory = runDirectory.resolve("json");
        Bmx7Directory files = new Bmx7Directory(directory);
        Thread.ofPlatform().daemon().name("limesh-bmx7-json").start(() -> {
            try {
                while (true) {
                    files.write(snapshot());
                    Thread.sleep(BMX7_FILES_MS);
                }
            } catch (IOException | HostException | InterruptedException ended) {
                onWarning("the files in " + directory + " are not brought up to date any more: " + ended.getMessage());
            }
        });
    }

    /** Tells the service manager, if there is one, that the node runs, and from then on that it still does. */
    void tellServiceManager() {
        manager.tell("READY=1\nSTATUS=starting");
        Thread.ofPlatform().daemon().name("limesh-watchdog").start(() -> {
            try {
                while (manager.isThere()) {
                    NodeSnapshot now = snapshot();
                    int neighbours = now.batadv() == null ? 0 : now.batadv().neighbours().size();
                    manager.tell("WATCHDOG=1\nSTATUS=" + neighbours + " neighbours, " + now.leases().size() + " leases");
                    Thread.sleep(manager.intervalMs());
                }
            } catch (InterruptedException | HostException silent) {
                // A node that does not answer is not reported alive, so the manager restarts it.
                log.println("warning: " + silent.getMessage());
            }
        });
    }

    /** Waits until the node cannot go on, if ever; says why. */
    String awaitEnd() throws InterruptedException {
        return end.take();
    }

    NodeSnapshot snapshot() {
        return host.snapshot();
    }

    /** Undoes everything, once; problems are told in the log. */
    @Override
    public synchronized void close() {
        if (!stopped) {
            stopped = true;
            manager.tell("STOPPING=1");
            try {
                server.close();
            } catch (IOException refused) {
                log.println("warning: " + refused.getMessage());
            }
            if (dns != null) {
                dns.close();
            }
            if (sharedState != null) {
                sharedState.close();
            }
            if (started) {
                host.stop().forEach(failure -> log.println("warning: could not be undone: " + failure));
            }
        }
    }

    // What happens

    @Override
    public void onEvent(NodeEvent event, long nowNs) {
        observer.onEvent(event, nowNs - startNs);
        List<EventRecord> last = events.since(events.lastSeq() - 1, 1);
        last.forEach(record -> log.println(record.kind() + ": " + record.text()));
    }

    @Override
    public void onChange(String sentence) {
        events.append(System.nanoTime() - startNs, name, "host.change", sentence);
        log.println("host.change: " + sentence);
    }

    @Override
    public void onRepair(String sentence) {
        events.append(System.nanoTime() - startNs, name, "host.repair", sentence);
        log.println("host.repair: " + sentence);
    }

    @Override
    public void onWarning(String sentence) {
        events.append(System.nanoTime() - startNs, name, "host.warning", sentence);
        log.println("warning: " + sentence);
    }

    @Override
    public void onEnd(String sentence) {
        end.add(sentence);
    }

    // What can be seen

    @Override
    public synchronized World world() {
        long nowNs = System.nanoTime();
        if (world == null || nowNs - worldNs > WORLD_AGE_NS) {
            world = host.call(() -> observer.observe(host.snapshotHere()));
            worldNs = nowNs;
        }
        return world;
    }

    @Override
    public Optional<NodeSnapshot> node(String node) {
        return node.equals(name) ? Optional.of(snapshot()) : Optional.empty();
    }

    @Override
    public EventLog events() {
        return events;
    }

    @Override
    public Optional<LabControl> control() {
        return Optional.empty();
    }

    @Override
    public Optional<ExitControl> exitControl() {
        return host.plan().bmx7() == null && host.plan().wan() == null ? Optional.empty() : Optional.of(this::pin);
    }

    private void pin(String node, String client, String exit) throws LabControl.Refused {
        if (node != null && !node.equals(name)) {
            throw new LabControl.Refused("this is " + name + "; ask " + node + " itself");
        }
        host.pinExit(exit, client == null ? null : addressOf(client));
    }

    /** @param client address, or the name that it gave when it asked for one */
    private Ip4Address addressOf(String client) throws LabControl.Refused {
        try {
            return Ip4Address.parse(client);
        } catch (IllegalArgumentException aName) {
            return snapshot().leases().stream().filter(lease -> client.equals(lease.hostname())).findFirst()
                    .orElseThrow(() -> new LabControl.Refused("no client '" + client + "' has an address of this node; "
                            + "give its IPv4 address, or ask the node that it is attached to")).address();
        }
    }

    private record Capture(CaptureFilter filter, CaptureListener listener) {}

    @Override
    public CaptureSubscription capture(CaptureFilter filter, CaptureListener listener) {
        Capture capture = new Capture(filter, listener);
        captures.add(capture);
        host.observe(this::onFrame);
        return () -> {
            captures.remove(capture);
            if (captures.isEmpty()) {
                host.observe(null);
            }
        };
    }

    private void onFrame(String port, boolean incoming, Frame frame, long nowNs) {
        CapturedFrame captured = null;
        for (Capture capture : captures) {
            if (capture.filter().accepts(name, port)) {
                if (captured == null) {
                    captured = new CapturedFrame(name, port, incoming ? CapturedFrame.Direction.IN
                            : CapturedFrame.Direction.OUT, nowNs - startNs, frame.toBytes(), "");
                }
                capture.listener().onFrame(captured);
            }
        }
    }
}
