package org.limesh.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.limesh.base.Counters;
import org.limesh.base.Ip4Address;
import org.limesh.host.HostState;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.NetlinkChannel;
import org.limesh.linux.ffi.Poller;
import org.limesh.linux.ffi.TapDevice;
import org.limesh.linux.ffi.UdpHolder;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.Rtnetlink;
import org.limesh.linux.nft.Nftables;
import org.limesh.linux.reconcile.Journal;
import org.limesh.linux.reconcile.Precheck;
import org.limesh.linux.reconcile.Reconciler;
import org.limesh.linux.reconcile.Undo;
import org.limesh.node.Port;

/**
 * Keeps the kernel as the node wants it: looks when the kernel tells of a change, and at least every
 * {@link #CHECK_INTERVAL_MS}. Its thread is the only one that talks netlink and nft.
 */
final class HostKeeper {
    /** Filter rules change without an event, so looking is needed too. */
    static final int CHECK_INTERVAL_MS = 30_000;
    /** A change by somebody comes as a handful of events. */
    private static final int SETTLE_MS = 30;
    /** A program that fights with us for a setting shall not take the machine with it. */
    private static final int MIN_PAUSE_MS = 250;

    private final List<Port> ports;
    private final Ip4Address anycast;
    private final HostListener listener;
    private final Consumer<PortTable> publish;
    private final Counters counters;
    private final Rtnetlink kernel = new Rtnetlink();
    private final Nftables nftables = new Nftables();
    private final NetlinkChannel events = NetlinkChannel.listen(Rtnetlink.CHANGE_GROUPS);
    private final Poller poller = new Poller();
    private final Journal journal;
    private final Reconciler reconciler;
    private final Map<String, TapDevice> newTaps = new LinkedHashMap<>();
    private final Thread thread = Thread.ofPlatform().name("limesh-host").unstarted(this::run);
    private PortTable table;
    private volatile HostState desired = HostState.EMPTY;
    private volatile Map<String, Long> filterCounters = Map.of();
    private volatile boolean stopping;
    private UdpHolder dhcpPort;
    private String lastFailure;

    /**
     * @param anycast  address whose DHCP port is held, or null
     * @param publish  takes each new table of ports, called on the keeper's thread
     * @param counters of the host; the keeper hands them to the ports it makes and does not count itself
     */
    HostKeeper(List<Port> ports, Ip4Address anycast, Path runDirectory, HostListener listener,
            Consumer<PortTable> publish, Counters counters) {
        this.ports = ports;
        this.anycast = anycast;
        this.listener = listener;
        this.publish = publish;
        this.counters = counters;
        this.table = new PortTable(ports.size());
        cleanUpAfterAKilledNode(runDirectory);
        this.journal = Journal.begin(runDirectory);
        this.reconciler = new Reconciler(kernel, nftables, journal, this::makeTap, listener::onWarning);
        poller.watch(events.fd());
    }

    private void cleanUpAfterAKilledNode(Path runDirectory) {
        Journal left = Journal.find(runDirectory).orElse(null);
        if (left == null) {
            return;
        }
        if (left.isOwnerAlive()) {
            throw new HostException("a node runs here already (process " + left.pid() + ", run directory "
                    + runDirectory + ").\n  For a second one in another network namespace: --name NAME");
        }
        if (!left.isOfThisNamespace()) {
            listener.onWarning("the node that ran last with " + runDirectory + " was killed in another network namespace; "
                    + "what it made there goes away with that namespace");
            return;
        }
        List<String> failures = new Undo(kernel, nftables).run(left);
        failures.forEach(listener::onWarning);
        listener.onRepair("removed what a killed node (process " + left.pid() + ") had left behind");
    }

    /**
     * Makes the host look as wanted for the first time, opens the ports and starts the thread. When it cannot
     * be done everything is as before.
     *
     * @return what was changed, one sentence each
     */
    List<String> start(HostState first) {
        List<String> problems = Precheck.problems(first, kernel);
        if (!problems.isEmpty()) {
            new Undo(kernel, nftables).run(journal);
            throw new HostException(String.join("\nerror: ", problems));
        }
        desired = first;
        try {
            List<String> changes = reconciler.reconcile(first);
            refreshPorts();
            thread.start();
            return changes;
        } catch (RuntimeException refused) {
            closePorts();
            new Undo(kernel, nftables).run(journal);
            throw refused;
        }
    }

    void want(HostState state) {
        desired = state;
        poller.wakeUp();
    }

    /** Frames dropped by each filter rule, as of the last look. */
    Map<String, Long> filterCounters() {
        return filterCounters;
    }

    private void run() {
        try {
            keep();
        } catch (RuntimeException broken) {
            listener.onEnd("the host's state is no longer kept: " + broken);
        }
    }

    private void keep() {
        while (!stopping) {
            poller.await(CHECK_INTERVAL_MS);
            if (stopping) {
                return;
            }
            pause(SETTLE_MS);
            drainEvents();
            look();
            pause(MIN_PAUSE_MS);
        }
    }

    private void pause(int durationMs) {
        try {
            Thread.sleep(durationMs);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void drainEvents() {
        byte[] packet = events.receive();
        while (packet == null || packet.length > 0) {
            packet = events.receive();
        }
    }

    private void look() {
        try {
            reconciler.reconcile(desired).forEach(listener::onRepair);
            refreshPorts();
            filterCounters = reconciler.filterCounters();
            lastFailure = null;
        } catch (HostException refused) {
            // Tried again at the next look; told once while the reason stays the same.
            if (!refused.getMessage().equals(lastFailure)) {
                listener.onWarning(refused.getMessage());
            }
            lastFailure = refused.getMessage();
        }
    }

    private void makeTap(String name) {
        newTaps.put(name, TapDevice.open(name, true));
    }

    /** Opens ports whose interface is new and gives up those whose interface is gone. */
    private void refreshPorts() {
        Map<String, LinkInfo> links = reconciler.links();
        PortTable before = table;
        Map<String, List<Integer>> byDevice = new LinkedHashMap<>();
        for (int i = 0; i < ports.size(); i++) {
            byDevice.computeIfAbsent(device(ports.get(i)), unused -> new ArrayList<>()).add(i);
        }
        byDevice.forEach((device, numbers) -> refresh(device, numbers, links.get(device)));
        if (table != before) {
            publish.accept(table);
        }
    }

    private static String device(Port port) {
        return switch (port) {
            case Port.Hardif hardif -> hardif.device();
            case Port.Mesh mesh -> mesh.name();
            case Port.Anycast anygw -> anygw.name();
            case Port.Uplink uplink -> uplink.device();
            case Port.Datagram datagram -> datagram.device();
        };
    }

    private void refresh(String device, List<Integer> numbers, LinkInfo link) {
        FramePort open = table.at(numbers.getFirst());
        if (link == null) {
            if (open != null) {
                table = table.with(numbers, null);
            }
            return;
        }
        if (open != null && open.interfaceIndex() == link.index() && !newTaps.containsKey(device)) {
            return;
        }
        FramePort opened = switch (ports.get(numbers.getFirst())) {
            case Port.Hardif hardif -> PacketSocketPort.open(device, link.index(), link.mtuOctets(),
                    numbers.stream().mapToInt(Integer::intValue).toArray(), ports, counters);
            case Port.Mesh mesh -> newTaps.containsKey(device)
                    ? new TapPort(newTaps.remove(device), link.index(), numbers.getFirst(), counters) : null;
            case Port.Anycast anygw -> {
                if (dhcpPort == null) {
                    dhcpPort = AnycastPort.hold(anycast);
                }
                yield AnycastPort.open(device, link.index(), numbers.getFirst(), counters);
            }
            case Port.Uplink unused -> null;
            case Port.Datagram datagram ->
                    DatagramPort.open(datagram, link.index(), numbers.getFirst(), counters);
        };
        table = table.with(numbers, opened);
    }

    private void closePorts() {
        for (FramePort port : table.all()) {
            port.close();
        }
        newTaps.values().forEach(TapDevice::close);
        closeDhcpPort();
    }

    private void closeDhcpPort() {
        if (dhcpPort != null) {
            dhcpPort.close();
        }
    }

    /** Ends the thread; after the loop has closed the ports, undoes everything. Returns what failed. */
    List<String> stopAndUndo(Runnable closePorts) {
        stopping = true;
        poller.wakeUp();
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
        closePorts.run();
        closeDhcpPort();
        List<String> failures = new Undo(kernel, nftables).run(journal);
        events.close();
        kernel.close();
        poller.close();
        return failures;
    }
}
