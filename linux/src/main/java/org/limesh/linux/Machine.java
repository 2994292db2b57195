package org.limesh.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;
import org.limesh.host.HostState;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.TapDevice;
import org.limesh.linux.ffi.UdpHolder;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.linux.netlink.Rtnetlink;
import org.limesh.linux.nft.Nftables;
import org.limesh.linux.reconcile.Journal;
import org.limesh.linux.reconcile.Precheck;
import org.limesh.linux.reconcile.Sysctls;
import org.limesh.linux.reconcile.Undo;

/** What this machine can do and has; asks only, but for {@link #clean}. */
public final class Machine {
    private static final int CAP_NET_BIND_SERVICE = 10;
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_NET_RAW = 13;
    private static final String PROBE = "limesh-probe";
    private static final int DHCP_SERVER_PORT = 67;

    private Machine() {}

    /**
     * One thing that was looked at.
     *
     * @param what  e.g. {@code nft, family bridge}
     * @param fault null when it is fine
     * @param fix   what to do, or null
     * @param fatal whether a node cannot run with this fault
     */
    public record Finding(String what, String fault, String fix, boolean fatal) {
        static Finding good(String what) {
            return new Finding(what, null, null, false);
        }
    }

    /** Names of capabilities that a node needs and this process lacks. */
    public static List<String> missingCapabilities() {
        long effective = 0;
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            effective = lines.filter(line -> line.startsWith("CapEff:")).findFirst()
                    .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16)).orElse(0L);
        } catch (IOException unknown) {
            // Then the first call that needs one will say so.
            return List.of();
        }
        List<String> missing = new ArrayList<>();
        Map<Integer, String> needed = new LinkedHashMap<>();
        needed.put(CAP_NET_ADMIN, "CAP_NET_ADMIN");
        needed.put(CAP_NET_RAW, "CAP_NET_RAW");
        needed.put(CAP_NET_BIND_SERVICE, "CAP_NET_BIND_SERVICE");
        for (Map.Entry<Integer, String> capability : needed.entrySet()) {
            if ((effective >>> capability.getKey() & 1) == 0) {
                missing.add(capability.getValue());
            }
        }
        return missing;
    }

    /** The interfaces of this network namespace. */
    public static List<LinkInfo> links() {
        try (Rtnetlink kernel = new Rtnetlink()) {
            return kernel.links();
        }
    }

    public static Optional<MacAddress> macOf(String device) {
        return links().stream().filter(link -> link.name().equals(device)).map(LinkInfo::mac)
                .filter(java.util.Objects::nonNull).findFirst();
    }

    /** What keeps this desired state from being made, as sentences; needs no rights. */
    public static List<String> problems(HostState desired) {
        try (Rtnetlink kernel = new Rtnetlink()) {
            return Precheck.problems(desired, kernel);
        }
    }

    /** Looks at everything a node needs. */
    public static List<Finding> examine(List<String> meshDevices) {
        List<Finding> findings = new ArrayList<>();
        List<String> missing = missingCapabilities();
        findings.add(missing.isEmpty() ? Finding.good("permission")
                : new Finding("permission", "missing: " + String.join(", ", missing),
                        "sudo limesh doctor     (and for a node: sudo limesh node ...)", true));
        if (missing.isEmpty()) {
            findings.add(tap());
            try (Rtnetlink kernel = new Rtnetlink()) {
                findings.add(bridgeAndMacvlan(kernel));
            }
            findings.add(nft());
            findings.add(nat());
            findings.addAll(layerThree());
            findings.add(dhcpPort());
        }
        findings.add(ipv6());
        findings.add(bridgeNetfilter());
        meshDevices.forEach(device -> findings.addAll(device(device)));
        findings.addAll(meshes());
        return findings;
    }

    private static Finding tap() {
        try {
            TapDevice.open(PROBE, false).close();
            return Finding.good("TAP interfaces");
        } catch (HostException refused) {
            return new Finding("TAP interfaces", refused.getMessage(),
                    "modprobe tun     (kernel option CONFIG_TUN)", true);
        }
    }

    private static Finding bridgeAndMacvlan(Rtnetlink kernel) {
        String what = "bridge and macvlan";
        try {
            kernel.createBridge(PROBE, new MacAddress(0x02_00_00_00_00_01L), 1500, PROBE);
            LinkInfo bridge = kernel.links().stream().filter(link -> link.name().equals(PROBE)).findFirst()
                    .orElseThrow();
            try {
                kernel.createMacvlan(PROBE + "2", bridge.index(), new MacAddress(0x02_00_00_00_00_02L), 1500,
                        PROBE);
            } finally {
                // The macvlan goes away with the bridge below it.
                kernel.deleteLink(bridge.index(), PROBE);
            }
            return Finding.good(what);
        } catch (HostException refused) {
            return new Finding(what, refused.getMessage(),
                    "modprobe bridge macvlan     (kernel options CONFIG_BRIDGE, CONFIG_MACVLAN)", true);
        }
    }

    private static Finding nft() {
        Nftables nftables = new Nftables();
        return nftables.whyNot().map(fault -> new Finding("filter (nft, family bridge)", fault,
                "apt install nftables; modprobe nf_tables     (kernel option CONFIG_NF_TABLES_BRIDGE)", true))
                .orElseGet(() -> Finding.good("filter (nft, family bridge) by " + nftables.how()));
    }

    private static Finding nat() {
        return new Nftables().whyNoNat().map(fault -> new Finding("address translation (nft)", fault,
                "modprobe nft_masq nft_chain_nat     (kernel options CONFIG_NFT_MASQ, CONFIG_NFT_NAT); "
                + "without it this"
                        + " machine cannot share an uplink", false))
                .orElseGet(() -> Finding.good("address translation (nft)"));
    }

    /** Both have a replacement of ours; what they cost is speed. */
    private static List<Finding> layerThree() {
        try (Rtnetlink kernel = new Rtnetlink()) {
            return List.of(
                    kind(kernel, "VLAN devices", "modprobe 8021q     (kernel option CONFIG_VLAN_8021Q)",
                            () -> kernel.createVlan(PROBE, 1, new VlanTag(VlanTag.TPID_8021AD, 18),
                                    new MacAddress(0x02_00_00_00_00_03L), 1500, PROBE)),
                    kind(kernel, "tunnels (ip6tnl)",
                    "modprobe ip6_tunnel     (kernel option CONFIG_IPV6_TUNNEL)",
                            () -> kernel.createTunnel(PROBE, new Ip6Address(0xfd70L << 48, 1),
                                    new Ip6Address(0xfd71L << 48, 1), 1460, PROBE)));
        }
    }

    private static Finding kind(Rtnetlink kernel, String what, String fix, Runnable make) {
        try {
            make.run();
        } catch (HostException refused) {
            return refused.errno() != Errno.EOPNOTSUPP ? Finding.good(what) : new Finding(what,
                    "not in this kernel; the node does it itself, at less speed", fix, false);
        }
        kernel.links().stream().filter(link -> link.name().equals(PROBE)).findFirst()
                .ifPresent(link -> kernel.deleteLink(link.index(), PROBE));
        return Finding.good(what);
    }

    private static Finding dhcpPort() {
        try {
            UdpHolder.open(Ip4Address.ANY, DHCP_SERVER_PORT).close();
            return Finding.good("UDP port 67 (DHCP)");
        } catch (HostException refused) {
            return new Finding("UDP port 67 (DHCP)", refused.errno() == Errno.EADDRINUSE
                    ? "some program serves DHCP here; one that listens on all addresses keeps the node from "
                    + "starting"
                    : refused.getMessage(), "see which: ss -lunp sport = :67", false);
        }
    }

    private static Finding ipv6() {
        return Sysctls.read("net/ipv6/conf/all/disable_ipv6").filter("0"::equals).isPresent()
                ? Finding.good("IPv6")
                : new Finding("IPv6", "switched off or not in this kernel; the node runs without IPv6 "
                + "addresses",
                        "sysctl -w net.ipv6.conf.all.disable_ipv6=0", false);
    }

    private static Finding bridgeNetfilter() {
        String what = "bridged frames and iptables";
        return Sysctls.read("net/bridge/bridge-nf-call-iptables").filter("1"::equals).isEmpty()
                ? Finding.good(what)
                : new Finding(what, "bridged frames pass iptables too (Docker does this and drops them by "
                + "default), so "
                        + "clients may not reach one another",
                        "sysctl -w net.bridge.bridge-nf-call-iptables=0", false);
    }

    private static List<Finding> device(String device) {
        LinkInfo link = links().stream().filter(found -> found.name().equals(device)).findFirst()
                .orElse(null);
        if (link == null) {
            return List.of(new Finding(device, "there is no such interface here. Present: "
                    + String.join(", ", links().stream().map(LinkInfo::name).toList()), null, true));
        }
        int wanted = device.startsWith("eth") ? 1500 : 1536;
        return List.of(link.mtuOctets() >= wanted ? Finding.good(device + ", frame size " + link.mtuOctets())
                : new Finding(device, "the frame size is " + link.mtuOctets() + "; batman-adv needs " + wanted
                        + " with its VLAN tag. A node raises it if the driver lets it",
                        "try: ip link set " + device + " mtu " + wanted, false));
    }

    private static List<Finding> meshes() {
        List<Finding> findings = new ArrayList<>();
        for (LinkInfo link : links()) {
            if (List.of("br-lan", "bat0", "anygw").contains(link.name())) {
                findings.add(new Finding(link.name(),
                        "is here already; a second node would have to run in another "
                        + "network namespace", "if a killed node left it: limesh doctor --clean", false));
            }
        }
        return findings;
    }

    /**
     * What a clean-up found.
     *
     * @param directory run directory
     * @param done      whether something was removed, whole
     * @param text      one sentence
     */
    public record Cleaned(Path directory, boolean done, String text) {}

    /** Removes what killed nodes left behind that used this run directory or one directly below it. */
    public static List<Cleaned> clean(Path runDirectory) {
        List<Path> directories = new ArrayList<>(List.of(runDirectory));
        try (Stream<Path> below = Files.list(runDirectory)) {
            below.filter(Files::isDirectory).sorted().forEach(directories::add);
        } catch (IOException none) {
            // No directory, no journal: nothing was left behind.
            return List.of();
        }
        List<Cleaned> results = new ArrayList<>();
        for (Path directory : directories) {
            Journal.find(directory).ifPresent(journal -> results.add(clean(directory, journal)));
        }
        return results;
    }

    private static Cleaned clean(Path directory, Journal journal) {
        if (journal.isOwnerAlive()) {
            return new Cleaned(directory, false, "the node runs (process " + journal.pid()
                    + "); stop it instead: kill "
                    + journal.pid());
        }
        if (!journal.isOfThisNamespace()) {
            return new Cleaned(directory, false, "the node ran in another network namespace; clean up there: "
                    + "ip netns exec NAME limesh doctor --clean --run-dir " + directory);
        }
        try (Rtnetlink kernel = new Rtnetlink()) {
            List<String> failures = new Undo(kernel, new Nftables()).run(journal);
            return failures.isEmpty()
                    ? new Cleaned(directory, true, "removed what process " + journal.pid()
                    + " had left behind")
                    : new Cleaned(directory, false, String.join("; ", failures));
        }
    }
}
