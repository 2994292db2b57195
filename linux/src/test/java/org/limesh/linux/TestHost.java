package org.limesh.linux;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.host.FilterReport;
import org.limesh.host.HostState;
import org.limesh.host.HostState.Link;
import org.limesh.node.NodeEvent;

/**
 * A host without a node, in a process of its own: a VLAN on {@code mesh0} and tunnels over it. Each line that
 * it
 * reads names the state it shall have: {@code one}, {@code two}, {@code bare}, {@code counters}, {@code end}.
 */
final class TestHost implements HostListener, HostKeeper.News {
    private static final int MAIN = 254;
    private final String side;
    private final Counters counters = new Counters();
    private volatile PortTable table = new PortTable(0);
    private volatile boolean stopping;

    private TestHost(String side) {
        this.side = side;
    }

    /** {@code limesh RUNDIR left|right}. */
    public static void main(String[] args) throws Exception {
        TestHost host = new TestHost(args[2]);
        HostKeeper keeper = new HostKeeper(List.of(), null, "lan0", host, Path.of(args[1]), host,
                next -> host.table = next, host.counters);
        Thread mover = new Thread(host::move);
        keeper.start(host.state("bare"));
        mover.start();
        System.out.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null && !line.equals("end"); line = in.readLine()) {
            if (line.equals("counters")) {
                System.out.println("counters: " + host.counters.snapshot());
            } else {
                keeper.want(host.state(line));
            }
        }
        keeper.stopAndUndo(() -> {
            host.stopping = true;
            try {
                mover.join();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
            for (FramePort port : host.table.all()) {
                port.close();
            }
        }).forEach(System.out::println);
        System.out.println("ended");
    }

    /** Moves packets and closes ports that were given up, as a node's loop does. */
    private void move() {
        List<FramePort> known = new ArrayList<>();
        while (!stopping) {
            List<FramePort> now = List.of(table.all());
            known.stream().filter(port -> !now.contains(port)).forEach(FramePort::close);
            known = new ArrayList<>(now);
            for (FramePort port : now) {
                if (!port.isBroken()) {
                    port.receive(new FrameSink() {
                        @Override
                        public void onFrame(int unused, Frame frame) {}
                    });
                }
            }
            now.forEach(FramePort::flush);
            try {
                Thread.sleep(1);
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private boolean isLeft() {
        return side.equals("left");
    }

    static Ip6Address primary(boolean left) {
        return Ip6Address.parse(left ? "fd70::1" : "fd70::2");
    }

    static Ip6Address endpoint(boolean left) {
        return Ip6Address.parse(left ? "fd71::1" : "fd71::2");
    }

    static MacAddress mac(boolean left) {
        return new MacAddress(left ? 0x02_18_00_00_00_01L : 0x02_18_00_00_00_02L);
    }

    private HostState state(String name) {
        Link vlan = new Link.Vlan("mesh0_18", "mesh0", new VlanTag(VlanTag.TPID_8021AD, 18), mac(isLeft()),
                1500);
        List<Link> links = new ArrayList<>(List.of(new Link.Existing("mesh0", 0),
                new Link.Existing("lan0", 0)));
        if (name.equals("bare")) {
            return HostState.EMPTY.withLinks(links);
        }
        links.add(vlan);
        links.add(new Link.Tunnel("X7main", primary(isLeft()), endpoint(isLeft()), 1460));
        boolean one = name.equals("one");
        links.add(new Link.Tunnel("X7Out_b", endpoint(!isLeft()), primary(!isLeft()), 1460));
        if (one) {
            links.add(new Link.Tunnel("X7Out_c", Ip6Address.parse("fd71::3"), Ip6Address.parse("fd70::3"),
                    1460));
        }
        Ip4Prefix own = Ip4Prefix.parse(isLeft() ? "10.1.0.1/32" : "10.2.0.1/32");
        List<HostState.Route4> routes4 = new ArrayList<>(List.of(new HostState.Route4(
                Ip4Prefix.parse(isLeft() ? "10.2.0.0/16" : "10.1.0.0/16"), null, "X7Out_b", MAIN, 1024)));
        // Of one key: what it leads to changes, the route is never away.
        routes4.add(new HostState.Route4(Ip4Prefix.parse("0.0.0.0/0"), null, one ? "X7Out_c" : "X7Out_b",
                MAIN, 1024));
        routes4.add(new HostState.Route4(Ip4Prefix.parse("10.9.0.0/16"),
                Ip4Address.parse(one ? "192.0.2.1" : "192.0.2.3"),
                "lan0", MAIN, 7));
        List<HostState.Address6> addresses6 = List.of(
                new HostState.Address6("mesh0_18", new Ip6Prefix(primary(isLeft()), 16), 0, true),
                new HostState.Address6("X7Out_b", new Ip6Prefix(endpoint(!isLeft()), 128), 0, true));
        List<HostState.Address4> addresses4 = new ArrayList<>(List.of(new HostState.Address4("X7main", own,
                0)));
        addresses4.add(new HostState.Address4("lan0", Ip4Prefix.parse(one ? "192.0.2.2/24" : "192.0.2.4/24"),
                0));
        List<HostState.PolicyRule> rules = new ArrayList<>(List.of(new HostState.PolicyRule(null,
                Ip6Prefix.parse("::/0"), 70, 70)));
        if (one) {
            rules.add(new HostState.PolicyRule(Ip4Prefix.parse("10.1.2.3/32"), null, 71, 71));
        }
        return new HostState(links, List.of(), addresses4, addresses6,
                List.of(new HostState.Sysctl("net/ipv4/ip_forward", "1"),
                        new HostState.Sysctl("net/ipv6/conf/all/forwarding", "1")), rules, routes4,
                List.of(new HostState.Route6(new Ip6Prefix(primary(!isLeft()), 128),
                        Ip6Address.linkLocalOf(mac(!isLeft())), "mesh0_18", 70, 1024)), List.of(),
                List.of(new HostState.Masquerade("lan0", one ? Ip4Prefix.parse("192.0.2.0/24") : null)),
                List.of("X7Out_b", "X7main"),
                one ? List.of() : List.of(new HostState.Reservation("lan0", List.of("br-lan", "anygw"),
                "bat0")));
    }

    @Override
    public void onCarrier(boolean carrier) {
        System.out.println("carrier: " + carrier);
    }

    @Override
    public void onUplinkMac(MacAddress mac) {
        System.out.println("uplink: " + mac);
    }

    @Override
    public void onLinkLocal(String device, Ip6Address address) {
        System.out.println("link-local: " + device + " " + address);
    }

    @Override
    public void onFilters(FilterReport report) {
        System.out.println("filters: " + report);
    }

    @Override
    public void onPlugged(int port) {
        System.out.println("plugged: " + port);
    }

    @Override
    public void onEvent(NodeEvent event, long nowNs) {}

    @Override
    public void onChange(String sentence) {
        System.out.println("change: " + sentence);
    }

    @Override
    public void onRepair(String sentence) {
        System.out.println("repair: " + sentence);
    }

    @Override
    public void onWarning(String sentence) {
        System.out.println("warning: " + sentence);
    }

    @Override
    public void onEnd(String sentence) {
        System.out.println("end: " + sentence);
    }
}
