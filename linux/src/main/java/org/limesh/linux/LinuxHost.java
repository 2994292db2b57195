package org.limesh.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.limesh.access.LeaseLog;
import org.limesh.access.NameTable;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.bmx7.Bmx7Event;
import org.limesh.bmx7.wire.Hash;
import org.limesh.gateway.Probe;
import org.limesh.gateway.ProbeResult;
import org.limesh.host.FilterReport;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;
import org.limesh.linux.ffi.HostException;
import org.limesh.node.Node;
import org.limesh.node.NodeEvent;
import org.limesh.node.NodeHost;
import org.limesh.node.NodeSecrets;
import org.limesh.node.NodeSnapshot;
import org.limesh.node.Port;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.StateDocument;
import org.limesh.sharedstate.StateExchange;

/**
 * A node on this machine, in the network namespace of this process.
 *
 * <pre>
 *   LinuxHost host = new LinuxHost(plan, runDirectory, seed, listener);
 *   host.start();          // everything is made, ports are open, or an exception and nothing was changed
 *   host.snapshot();       // any thread
 *   host.stop();           // everything is undone
 * </pre>
 */
public final class LinuxHost implements NodeHost {
    private final NodePlan plan;
    private final HostListener listener;
    private final Path runDirectory;
    private final Path stateDirectory;
    private final Counters counters = new Counters();
    private final Counter unserved = counters.of("drop.linux.port_closed");
    private final NodeLoop loop;
    private final List<Port> ports;
    private final HostKeeper keeper;
    private PortTable table;
    private HostState firstState = HostState.EMPTY;
    private boolean started;
    private final long startNs = System.nanoTime();
    private final KeyFile keys;
    /** Null without BMX7. */
    private NodeSecrets secrets;
    private MacAddress uplinkMac;
    private boolean carrier;
    private final Map<String, Ip6Address> linkLocals = new LinkedHashMap<>();
    private AlfredSocket alfredSocket;
    private final ProbeRunner probes = new ProbeRunner(this::answered);
    private LeaseFile leases;
    /** Records given to the store, and those of them that engines gave which do not run any more. */
    private long stored;
    private long storedByFormerNodes;
    /** What the store says it cannot do, or null. */
    private String storeFailure;
    private volatile FrameObserver observer;
    private volatile boolean dnsServer;
    private volatile Supplier<Map<String, Long>> moreCounters = Map::of;
    private volatile Consumer<StateExchange> stateCarrier;

    /**
     * @param runDirectory   where the journal of changes is kept, and the local socket of A.L.F.R.E.D.
     * @param stateDirectory where leases survive a restart, or null
     * @param seed         of the node's random numbers; must differ from start to start
     * @throws HostException when another node runs with this directory
     */
    public LinuxHost(NodePlan plan, Path runDirectory, Path stateDirectory, long seed,
            HostListener listener) {
        // Made now, because later two threads look them up.
        for (String name : new String[] {"linux.hardif.foreign", "linux.anycast.foreign",
                "drop.linux.discover_busy",
            "drop.linux.too_long", "drop.linux.send_failed", "drop.linux.tap_write_failed",
            "drop.linux.datagram_failed", "drop.linux.tap_piece_strange", "drop.linux.port_closed",
            "drop.linux.tunnel_foreign", "drop.linux.tunnel_malformed", "drop.linux.tunnel_send_failed",
            "drop.linux.tunnel_congested", "linux.tunnel.taken_from_wire", "linux.tunnel.given_to_wire",
            "linux.engine_restarts", "mem.high"}) {
            counters.of(name);
        }
        this.plan = plan;
        this.listener = listener;
        this.runDirectory = runDirectory;
        this.stateDirectory = stateDirectory;
        this.keys = new KeyFile(stateDirectory, listener::onWarning);
        this.secrets = plan.bmx7() == null ? null : keys.secrets();
        this.loop = new NodeLoop(this, plan, secrets, seed, listener);
        this.ports = loop.node().ports();
        this.table = new PortTable(ports.size());
        this.keeper = new HostKeeper(ports, plan.anycast() == null ? null : plan.anycast().address4()
                .address(),
                plan.wan() == null ? null : plan.wan().device(), new DeviceNews(), runDirectory, listener,
                next -> loop.execute(() -> replacePorts(next)), counters);
    }

    /** What the node is known by; a node that is made anew goes on with its numbers. Loop thread. */
    NodeSecrets secrets() {
        return secrets;
    }

    /** What the keeper tells goes to the loop thread, and to a node that is made anew. */
    private final class DeviceNews implements HostKeeper.News {
        @Override
        public void onCarrier(boolean now) {
            loop.execute(() -> {
                carrier = now;
                loop.node().onUplinkCarrier(now, System.nanoTime());
            });
        }

        @Override
        public void onUplinkMac(MacAddress mac) {
            loop.execute(() -> {
                uplinkMac = mac;
                loop.node().onUplinkMac(mac, System.nanoTime());
            });
        }

        @Override
        public void onLinkLocal(String device, Ip6Address address) {
            loop.execute(() -> {
                linkLocals.put(device, address);
                loop.node().onLinkLocal(device, address, System.nanoTime());
            });
        }

        @Override
        public void onFilters(FilterReport report) {
            loop.execute(() -> {
                long nowNs = System.nanoTime();
                loop.node().setWallClock(System.currentTimeMillis(), nowNs);
                loop.node().onFilters(report, nowNs);
            });
        }

        @Override
        public void onPlugged(int port) {
            loop.execute(() -> loop.node().onPlugged(port, System.nanoTime()));
        }
    }

    /**
     * Makes everything and starts the node.
     *
     * @return what was changed on this machine, one sentence each
     * @throws HostException in the words of the problem; then nothing is left changed
     */
    public List<String> start() {
        loop.node().start();
        List<String> changes = keeper.start(firstState);
        started = true;
        openLeases();
        openAlfredSocket();
        loop.start();
        return changes;
    }

    /** Without a store a node is a node still: leases then live in memory. */
    private void openLeases() {
        if (stateDirectory == null) {
            return;
        }
        try {
            leases = new LeaseFile(stateDirectory, new StoreListener(), listener::onWarning);
            LeaseLog.Content content = leases.content();
            loop.restore(content.payloads(), content.tornOctets() > 0 ? 1 : 0);
            leases.start(loop.node().storeSnapshot(System.nanoTime()));
        } catch (IOException refused) {
            leases = null;
            listener.onWarning("leases will not survive a restart: cannot use " + stateDirectory + ": "
                    + refused);
        }
    }

    private void openAlfredSocket() {
        try {
            alfredSocket = new AlfredSocket(runDirectory, new SocketListener());
        } catch (IOException refused) {
            listener.onWarning("no local socket for alfred in " + runDirectory + ": " + refused);
        }
    }

    /** What the store tells goes to the loop thread. */
    private final class StoreListener implements LeaseFile.Listener {
        @Override
        public void onStored(long count) {
            loop.execute(() -> loop.node().onStored(count - storedByFormerNodes, System.nanoTime()));
        }

        @Override
        public void onFailed(String reason) {
            loop.execute(() -> {
                storeFailure = reason;
                loop.node().onStoreFailed(reason != null, reason == null ? "" : reason);
            });
        }

        @Override
        public void onReplaceWanted() {
            loop.execute(() -> leases.replace(loop.node().storeSnapshot(System.nanoTime())));
        }
    }

    private final class SocketListener implements AlfredSocket.Listener {
        @Override
        public void onMessage(int session, byte[] message) {
            loop.execute(() -> loop.node().onLocal(session, message, System.nanoTime()));
        }

        @Override
        public void onClosed(int session) {
            loop.execute(() -> loop.node().onLocalClosed(session));
        }
    }

    /** The engines were made anew: their memory is what the old ones would have written down. */
    void onNewNode(Node old, Node fresh) {
        long nowNs = System.nanoTime();
        fresh.setWallClock(System.currentTimeMillis(), nowNs);
        fresh.setDnsServer(dnsServer);
        if (leases != null) {
            storedByFormerNodes = stored;
            fresh.restore(old.storeSnapshot(nowNs), 0, nowNs);
            if (storeFailure != null) {
                fresh.onStoreFailed(true, storeFailure);
            }
        }
        loop.execute(() -> {
            fresh.onUplinkMac(uplinkMac, System.nanoTime());
            fresh.onUplinkCarrier(carrier, System.nanoTime());
            linkLocals.forEach((device, address) -> fresh.onLinkLocal(device, address, System.nanoTime()));
        });
    }

    /** Stops the node and undoes everything; returns what could not be undone. */
    public List<String> stop() {
        loop.stop();
        probes.close();
        if (leases != null) {
            leases.close();
        }
        if (alfredSocket != null) {
            try {
                alfredSocket.close();
            } catch (IOException refused) {
                listener.onWarning("the local socket for alfred: " + refused);
            }
        }
        return keeper.stopAndUndo(() -> replacePorts(new PortTable(ports.size())));
    }

    private void replacePorts(PortTable next) {
        List<FramePort> kept = List.of(next.all());
        for (FramePort port : table.all()) {
            if (!kept.contains(port)) {
                port.close();
            }
        }
        table = next;
        loop.watch(next);
    }

    /** The node's tables now, the host's counters included. Waits for the loop, a second at most. */
    public NodeSnapshot snapshot() {
        return loop.call(this::snapshot);
    }

    /** On the loop thread, for what has to be seen together with it; see {@link #call}. */
    public NodeSnapshot snapshotHere() {
        return snapshot(System.nanoTime());
    }

    private NodeSnapshot snapshot(long nowNs) {
        NodeSnapshot inner = loop.node().snapshot(nowNs);
        Map<String, Long> all = new LinkedHashMap<>(inner.counters());
        all.putAll(counters.snapshot());
        all.putAll(moreCounters.get());
        keeper.filterCounters().forEach((rule, frames) -> all.put("filter." + rule, frames));
        return inner.with(startNs, all).withWarnings(keeper.standingWarnings());
    }

    /**
     * Runs a task on the loop thread, soon. One that fails costs the engines their tables, as a frame would.
     */
    void execute(Runnable task) {
        loop.execute(task);
    }

    /** Runs a task on the loop thread and waits for it, a second at most. */
    public <T> T call(Supplier<T> task) {
        return loop.call(unused -> task.get());
    }

    /** A person chooses the way to the Internet; see {@link Node#pinExit}. */
    public void pinExit(String gateway, Ip4Address client) {
        loop.call(nowNs -> {
            loop.node().pinExit(gateway, client, nowNs);
            return null;
        });
    }

    /** When the host was made; the node's times count from here, whatever happens to its engines. */
    public long startNs() {
        return startNs;
    }

    /** Whether DNS questions are answered on the anycast addresses, which clients are told. Any thread. */
    public void setDnsServer(boolean answers) {
        dnsServer = answers;
        if (started) {
            loop.execute(() -> loop.node().setDnsServer(answers));
        } else {
            loop.node().setDnsServer(answers);
        }
    }

    /** See {@link Node#nameFacts}. Waits for the loop, a second at most. */
    public NameTable.Facts nameFacts() {
        return loop.call(unused -> loop.node().nameFacts());
    }

    /** See {@link Node#upstreamResolvers}. Waits for the loop, a second at most. */
    public List<String> upstreamResolvers() {
        return loop.call(nowNs -> loop.node().upstreamResolvers(nowNs));
    }

    /**
     * Who carries maps of {@code shared-state}, see {@link Node#onStateAnswer}; must not block. Any thread.
     */
    public void setStateCarrier(Consumer<StateExchange> carrier) {
        stateCarrier = carrier;
    }

    /** See {@link Node#onStateQuestion}. Waits for the loop, a second at most. */
    public List<LeaseEntry> onStateQuestion(Ip6Address peer, Decoded<StateDocument> told) {
        return loop.call(nowNs -> loop.node().onStateQuestion(peer, told, nowNs));
    }

    /** See {@link Node#onStateAnswer}. */
    public void onStateAnswer(int round, Ip6Address peer, String name, Decoded<StateDocument> told) {
        loop.execute(() -> loop.node().onStateAnswer(round, peer, name, told, System.nanoTime()));
    }

    /** Counters of what else serves this node, shown together with its own. Before the start. */
    public void addCounters(Supplier<Map<String, Long>> more) {
        moreCounters = more;
    }

    /** Null ends the observation. */
    public void observe(FrameObserver frameObserver) {
        observer = frameObserver;
    }

    public NodePlan plan() {
        return plan;
    }

    void countRestart() {
        counters.of("linux.engine_restarts").increment();
    }

    /** A received frame, told to the observer. */
    void received(int port, Frame frame, long nowNs) {
        FrameObserver seeing = observer;
        if (seeing != null) {
            seeing.onFrame(ports.get(port).name(), true, frame, nowNs);
        }
    }

    @Override
    public void transmit(int port, Frame frame) {
        FrameObserver seeing = observer;
        if (seeing != null) {
            seeing.onFrame(ports.get(port).name(), false, frame, System.nanoTime());
        }
        if (!table.transmit(port, frame)) {
            unserved.increment();
        }
    }

    @Override
    public void send(int port, Ip6Address destination, byte[] payload) {
        if (!table.send(port, destination, payload)) {
            unserved.increment();
        }
    }

    @Override
    public void replyLocal(int session, byte[] message) {
        alfredSocket.reply(session, message);
    }

    @Override
    public void closeLocal(int session) {
        alfredSocket.close(session);
    }

    @Override
    public void store(byte[] record) {
        stored++;
        leases.append(record);
    }

    @Override
    public void readFilters() {
        keeper.readFilters();
    }

    @Override
    public void exchangeState(StateExchange exchange) {
        Consumer<StateExchange> carrier = stateCarrier;
        if (carrier != null) {
            carrier.accept(exchange);
        }
    }

    @Override
    public void probe(Probe probe) {
        probes.ask(probe);
    }

    private void answered(ProbeResult result) {
        loop.execute(() -> loop.node().onProbe(result, System.nanoTime()));
    }

    @Override
    public void apply(HostState desired) {
        if (started) {
            keeper.want(desired);
        } else {
            firstState = desired;
        }
    }

    @Override
    public void report(NodeEvent event) {
        if (event instanceof NodeEvent.Bmx7(Bmx7Event.DescriptionMade(int number, Hash unused))) {
            keys.keep(number);
            secrets = secrets.withLastDescSqn(number);
        }
        listener.onEvent(event, System.nanoTime());
    }
}
