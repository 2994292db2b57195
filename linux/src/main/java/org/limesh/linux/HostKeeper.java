package org.limesh.linux;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.limesh.base.Counters;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterReport;
import org.limesh.host.HostState;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.NetlinkChannel;
import org.limesh.linux.ffi.Poller;
import org.limesh.linux.ffi.UdpHolder;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.Rtnetlink;
import org.limesh.linux.nft.Nftables;
import org.limesh.linux.reconcile.Change;
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
    /** Dropped frames tell of themselves no sooner than somebody reads their count. */
    private static final int DROPS_INTERVAL_MS = 5_000;
    /** A program that fights with us for a setting shall not take the machine with it. */
    private static final int MIN_PAUSE_MS = 250;
    private static final int LINK_LOCAL_BITS = 64;

    /** Told on the keeper's thread, at first and when it changes. */
    interface News {
        void onCarrier(boolean carrier);

        /** @param mac null when the uplink's device is gone */
        void onUplinkMac(MacAddress mac);

        /** @param address of a device that datagrams leave through; null when the device is gone */
        void onLinkLocal(String device, Ip6Address address);

        /** What the filter rules have done; told every few seconds. */
        default void onFilters(FilterReport report) {}

        /** The interface of a {@link Port.Ear} came, or its cable was plugged in. */
        default void onPlugged(int port) {}
    }

    private final List<Port> ports;
    private final Ip4Address anycast;
    private final String uplink;
    private final News news;
    private final HostListener listener;
    private final Consumer<PortTable> publish;
    private final Counters counters;
    private final MemoryWatch memory;
    private final Rtnetlink kernel = new Rtnetlink();
    private final Nftables nftables = new Nftables();
    private final NetlinkChannel events = NetlinkChannel.listen(Rtnetlink.CHANGE_GROUPS);
    private final Poller poller = new Poller();
    private final Journal journal;
    private final Reconciler reconciler;
    private final OwnDevices devices;
    private final Thread thread = Thread.ofPlatform().name("limesh-host").unstarted(this::run);
    private PortTable table;
    private volatile HostState desired = HostState.EMPTY;
    private volatile FilterReport filterReport = new FilterReport(null, Map.of(), List.of());
    private volatile List<String> standingWarnings = List.of();
    /** Null while there is memory enough. */
    private volatile String memoryWarning;
    private volatile boolean lookWanted;
    /** Interface and carrier of client ports at the last look, by port of the node. */
    private final Map<Integer, String> plugs = new LinkedHashMap<>();
    private volatile boolean stopping;
    private UdpHolder dhcpPort;
    private UdpHolder dhcpClientPort;
    private MacAddress uplinkMacTold;
    private Boolean carrierTold;
    private String lastFailure;

    /**
     * @param anycast  address whose DHCP port is held, or null
     * @param uplink   device whose carrier is told, or null
     * @param news     takes what the node wants to know of its devices
     * @param publish  takes each new table of ports, called on the keeper's thread
     * @param counters of the host; the keeper hands them to the ports it makes and counts {@code mem.high}
     *     itself
     */
    HostKeeper(List<Port> ports, Ip4Address anycast, String uplink, News news, Path runDirectory,
            HostListener listener, Consumer<PortTable> publish, Counters counters) {
        this.ports = ports;
        this.anycast = anycast;
        this.uplink = uplink;
        this.news = news;
        this.listener = listener;
        this.publish = publish;
        this.counters = counters;
        this.memory = new MemoryWatch(counters.of("mem.high"));
        this.table = new PortTable(ports.size());
        cleanUpAfterAKilledNode(runDirectory);
        this.journal = Journal.begin(runDirectory);
        this.devices = new OwnDevices(counters);
        this.reconciler = new Reconciler(kernel, nftables, journal, devices, listener::onWarning);
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
            listener.onWarning("the node that ran last with " + runDirectory
                    + " was killed in another network namespace; "
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
            List<Change> changes = reconciler.reconcile(withLinkLocals(first));
            refreshPorts();
            lookAtUplink();
            thread.start();
            return changes.stream().map(Change::text).toList();
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
        return filterReport.dropped();
    }

    /** What is left undone on this machine, as of the last look. */
    List<String> standingWarnings() {
        String shortage = memoryWarning;
        if (shortage == null) {
            return standingWarnings;
        }
        List<String> all = new ArrayList<>(standingWarnings);
        all.add(shortage);
        return all;
    }

    /** Looks at everything now and tells what the filter rules have done. Any thread. */
    void readFilters() {
        lookWanted = true;
        poller.wakeUp();
    }

    private void run() {
        try {
            keep();
        } catch (RuntimeException | Error broken) {
            listener.onEnd("the host's state is no longer kept: " + broken);
        }
    }

    private void keep() {
        int quietMs = 0;
        while (!stopping) {
            long beforeNs = System.nanoTime();
            poller.await(DROPS_INTERVAL_MS);
            if (stopping) {
                return;
            }
            quietMs += DROPS_INTERVAL_MS;
            lookAtMemory();
            boolean overslept = System.nanoTime() - beforeNs >= (DROPS_INTERVAL_MS - 1) * 1_000_000L;
            if (overslept && quietMs < CHECK_INTERVAL_MS && !lookWanted) {
                tellDrops();
                continue;
            }
            quietMs = 0;
            lookWanted = false;
            pause(SETTLE_MS);
            drainEvents();
            lookAtUplink();
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
            List<Change> changes = reconciler.reconcile(withLinkLocals(desired));
            changes.forEach(this::tell);
            if (!changes.isEmpty()) {
                devices.forgetWays();
            }
            refreshPorts();
            tellDrops();
            standingWarnings = reconciler.standingWarnings();
            lastFailure = null;
        } catch (HostException refused) {
            // Tried again at the next look; told once while the reason stays the same.
            if (!refused.getMessage().equals(lastFailure)) {
                listener.onWarning(refused.getMessage());
            }
            lastFailure = refused.getMessage();
        }
    }

    private void tell(Change change) {
        if (change.repair()) {
            listener.onRepair(change.text());
        } else {
            listener.onChange(change.text());
        }
    }

    /** The uplink's cable is news that cannot wait for the rest of the walk. */
    private void lookAtUplink() {
        if (uplink == null) {
            return;
        }
        LinkInfo link = kernel.links().stream().filter(found -> found.name().equals(uplink)).findFirst()
                .orElse(null);
        MacAddress mac = link == null ? null : link.mac();
        if (!Objects.equals(mac, uplinkMacTold)) {
            uplinkMacTold = mac;
            news.onUplinkMac(mac);
        }
        boolean now = link != null && link.carrier();
        if (carrierTold == null || carrierTold != now) {
            carrierTold = now;
            news.onCarrier(now);
        }
    }

    /**
     * Datagrams leave from the link-local address that follows from the device's MAC. On devices of ours the
     * kernel makes it; others may have been told to make one that tells less, and get this one besides.
     */
    private HostState withLinkLocals(HostState state) {
        List<HostState.Address6> addresses = new ArrayList<>(state.addresses6());
        Map<String, LinkInfo> links = reconciler.links();
        List<String> existing = state.links().stream().filter(link -> link instanceof HostState.Link.Existing)
                .map(HostState.Link::name).toList();
        for (Port port : ports) {
            LinkInfo link = port instanceof Port.Datagram datagram ? links.get(datagram.device()) : null;
            if (link != null && link.mac() != null && existing.contains(link.name())) {
                HostState.Address6 own = new HostState.Address6(link.name(),
                        new Ip6Prefix(Ip6Address.linkLocalOf(link.mac()), LINK_LOCAL_BITS), 0, false);
                if (!addresses.contains(own)) {
                    addresses.add(own);
                }
            }
        }
        return state.withAddresses6(addresses);
    }

    private void lookAtMemory() {
        String now = memory.look();
        if (now != null && memoryWarning == null) {
            listener.onWarning(now);
        }
        memoryWarning = now;
    }

    private void tellDrops() {
        filterReport = reconciler.filterReport(desired);
        news.onFilters(filterReport);
    }

    /** Opens ports whose interface is new and gives up those whose interface is gone. */
    private void refreshPorts() {
        Map<String, LinkInfo> links = reconciler.links();
        PortTable before = table;
        Map<String, List<Integer>> bySocket = new LinkedHashMap<>();
        for (int i = 0; i < ports.size(); i++) {
            bySocket.computeIfAbsent(socket(ports.get(i)), unused -> new ArrayList<>()).add(i);
        }
        bySocket.values().forEach(numbers -> {
            String device = device(ports.get(numbers.getFirst()));
            refresh(device, numbers, links.get(device));
        });
        table = table.withBesides(devices.ports(links));
        lookAtPlugs(links);
        if (table != before) {
            publish.accept(table);
        }
    }

    /** A cable that was plugged in may lead elsewhere than the one before. */
    private void lookAtPlugs(Map<String, LinkInfo> links) {
        for (int i = 0; i < ports.size(); i++) {
            if (ports.get(i) instanceof Port.Ear ear) {
                LinkInfo link = links.get(ear.device());
                String now = link == null ? "gone" : link.index()
                        + (link.carrier() ? " plugged" : " unplugged");
                if (!now.equals(plugs.put(i, now)) && link != null && link.carrier()) {
                    news.onPlugged(i);
                }
            }
        }
    }

    private static String device(Port port) {
        return switch (port) {
            case Port.Hardif hardif -> hardif.device();
            case Port.Mesh mesh -> mesh.name();
            case Port.Anycast anygw -> anygw.name();
            case Port.Arp arp -> arp.device();
            case Port.Echo echo -> echo.device();
            case Port.Uplink uplink -> uplink.device();
            case Port.Ear ear -> ear.device();
            case Port.Datagram datagram -> datagram.device();
        };
    }

    /** Ports with one name are served by one socket: the hard interfaces of a device. */
    private static String socket(Port port) {
        return switch (port) {
            case Port.Hardif hardif -> "hardif " + hardif.device();
            case Port.Mesh mesh -> "mesh " + mesh.name();
            case Port.Anycast anygw -> "anycast " + anygw.name();
            case Port.Arp arp -> "arp " + arp.device();
            case Port.Echo echo -> "echo " + echo.device();
            case Port.Uplink uplink -> "uplink " + uplink.device();
            case Port.Ear ear -> "ear " + ear.device();
            case Port.Datagram datagram -> "udp " + datagram.device() + " " + datagram.udpPort();
        };
    }

    private void refresh(String device, List<Integer> numbers, LinkInfo link) {
        FramePort open = table.at(numbers.getFirst());
        if (link == null) {
            if (open != null) {
                table = table.with(numbers, null);
                tellLinkLocal(numbers.getFirst(), null);
            }
            return;
        }
        if (open != null && open.interfaceIndex() == link.index() && !devices.hasNewMesh(device)) {
            return;
        }
        int first = numbers.getFirst();
        FramePort opened = switch (ports.get(first)) {
            case Port.Hardif hardif -> PacketSocketPort.open(device, link.index(), link.mtuOctets(),
                    numbers.stream().mapToInt(Integer::intValue).toArray(), ports, counters);
            case Port.Mesh mesh -> devices.hasNewMesh(device)
                    ? new TapPort(devices.takeMesh(device), link.index(), first, counters) : null;
            case Port.Anycast anygw -> {
                if (dhcpPort == null) {
                    dhcpPort = AnycastPort.hold(anycast);
                }
                yield AnycastPort.open(device, link.index(), first, counters);
            }
            case Port.Arp arp -> AnycastPort.openArp(device, link.index(), first, counters);
            case Port.Echo echo -> AnycastPort.openEcho(device, link.index(), first, counters);
            case Port.Uplink port -> {
                holdDhcpClientPort(port);
                yield AnycastPort.openUplink(device, link.index(), first, counters);
            }
            case Port.Ear unused -> EarPort.open(device, link.index(), first, counters);
            case Port.Datagram datagram -> DatagramPort.open(datagram, link, first, counters);
        };
        table = table.with(numbers, opened);
        tellLinkLocal(first, link);
    }

    private void tellLinkLocal(int port, LinkInfo link) {
        if (ports.get(port) instanceof Port.Datagram datagram && (link == null || link.mac() != null)) {
            news.onLinkLocal(datagram.device(), link == null ? null : Ip6Address.linkLocalOf(link.mac()));
        }
    }

    /** Answers come by unicast too; without a holder of the port the kernel would say "port unreachable". */
    private void holdDhcpClientPort(Port.Uplink port) {
        if (dhcpClientPort != null) {
            return;
        }
        try {
            dhcpClientPort = UdpHolder.open(port.device(), AnycastPort.DHCP_CLIENT_PORT);
        } catch (HostException refused) {
            listener.onWarning("another DHCP client seems to run on " + port.device() + ": "
                    + refused.getMessage()
                    + ".\n  Which one: ss -lunp sport = :68     Two clients fight for the address: stop "
                    + "one, or "
                    + "give the uplink a fixed address");
        }
    }

    private void closePorts() {
        List<FramePort> served = List.of(table.all());
        served.forEach(FramePort::close);
        devices.notIn(served).forEach(FramePort::close);
        devices.close();
        closeHolders();
    }

    private void closeHolders() {
        for (UdpHolder holder : new UdpHolder[] {dhcpPort, dhcpClientPort}) {
            if (holder != null) {
                holder.close();
            }
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
        devices.close();
        closeHolders();
        List<String> failures = new Undo(kernel, nftables).run(journal);
        events.close();
        kernel.close();
        poller.close();
        return failures;
    }
}
