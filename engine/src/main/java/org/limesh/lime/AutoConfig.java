package org.limesh.lime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;

/**
 * From configuration, primary MAC and devices to a {@link NodePlan}: a pure function.
 *
 * <pre>
 *   NodePlan plan = AutoConfig.plan(LimeConfig.builtIn().with("lime.wifi.ap_ssid=Plaza"),
 *           DeviceSet.of(mac, List.of("wlan0-mesh", "eth0"), List.of("lan1"))).orThrow();
 * </pre>
 */
public final class AutoConfig {
    private static final int CLIENT_MTU_OCTETS = 1350;
    private static final int LEASE_TIME_SECONDS = 3600;
    /** A street of people who come home needs less; somebody who empties the pool would like more. */
    private static final int NEW_CLIENTS_PER_SECOND = 10;
    private static final int MAX_NEW_CLIENTS_PER_SECOND = 100_000;
    private static final int MAX_SSID_OCTETS = 32;
    private static final int MAX_DOMAIN_CHARS = 253;
    private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*\\.?");
    /** Each is waited for in every round; LibreMesh names one or two. */
    private static final int MAX_CANDIDATES = 16;
    private static final Pattern CANDIDATE = Pattern.compile("http://([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\])"
            + "(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]{0,200})?");
    private static final int MAX_ORIG_INTERVAL_MS = 3_600_000;

    private final LimeConfig config;
    private final DeviceSet devices;
    private final List<Diagnostic> diagnostics;
    private final Cloud cloud;
    private final Template template;
    private final String hostname;
    private final ProtocolLists protocols;
    /** Whether the node has layer 3 and no layer 2: then it shares its network with nobody. */
    private boolean alone;

    private AutoConfig(LimeConfig config, DeviceSet devices) {
        this.config = config;
        this.diagnostics = new ArrayList<>(config.diagnostics());
        this.cloud = Cloud.of(config.apSsid());
        this.template = Template.of(config.apSsid(), devices.primaryMac());
        this.hostname = hostname();
        this.protocols = new ProtocolLists(config, diagnostics::add);
        this.devices = withRoles(devices);
    }

    /** A client port that a person calls a mesh port is one, after those that were named as such. */
    private DeviceSet withRoles(DeviceSet given) {
        List<DeviceSet.MeshDevice> mesh = new ArrayList<>(given.meshDevices());
        List<String> lan = new ArrayList<>(given.lanDevices());
        for (String device : given.lanDevices()) {
            if (protocols.role(device) == EthRole.MESH) {
                lan.remove(device);
                mesh.add(DeviceSet.MeshDevice.named(device));
            }
        }
        return new DeviceSet(given.primaryMac(), mesh, lan, given.wanDevice());
    }

    /**
     * What came out.
     *
     * @param plan        null when a diagnostic is an error
     * @param diagnostics all problems of the files and of their meaning, files in order
     */
    public record Result(NodePlan plan, List<Diagnostic> diagnostics) {
        public Result {
            diagnostics = List.copyOf(diagnostics);
        }

        /**
         * The plan of a configuration that is known to be good.
         *
         * @throws IllegalArgumentException with the rendered errors
         */
        public NodePlan orThrow() {
            if (plan == null) {
                throw new IllegalArgumentException(String.join("\n",
                        diagnostics.stream().filter(Diagnostic::isError).map(Diagnostic::render).toList()));
            }
            return plan;
        }
    }

    /** The plan of a node. */
    public static Result plan(LimeConfig config, DeviceSet devices) {
        return new AutoConfig(config, devices).run();
    }

    private Result run() {
        NodePlan.Batadv batadv = batadv();
        RoutedPlan routed = new RoutedPlan(config, devices, protocols, diagnostics::add);
        NodePlan.Bmx7 bmx7 = routed.bmx7();
        NodePlan.Wan wan = routed.wan();
        alone = batadv == null && bmx7 != null;
        Ip4Prefix address4 = address4();
        Ip6Prefix address6 = address6();
        boolean anygw = protocols.inGeneral("anygw");
        boolean addressed = address4 != null && address6 != null;
        String domain = domain();
        checkSsid();
        NodePlan.Anycast anycast = anygw && addressed ? anycast(address4, address6) : null;
        List<String> lanPorts = lanPorts();
        checkDevices(lanPorts, batadv);
        NodePlan plan = diagnostics.stream().anyMatch(Diagnostic::isError) ? null
                : new NodePlan(hostname, domain, devices.primaryMac(),
                        config.apSsid(), address4, address6, anycast, batadv, lanPorts, bmx7, wan,
                        lanPorts.stream().filter(port -> protocols.role(port) == EthRole.LAN).toList(),
                        alfredOnLan(), sharedState());
        return new Result(plan, inFileOrder());
    }

    private boolean alfredOnLan() {
        return config.text("network", "limesh_alfred_on_lan", "0").equals("1");
    }

    /** Null unless it is switched on; peers that are named wrongly are left out, with a warning. */
    private NodePlan.SharedState sharedState() {
        if (!config.flag("network", "limesh_shared_state", false)) {
            return null;
        }
        if (!protocols.inGeneral("anygw")) {
            diagnostics.add(Diagnostic.warning(config.option("network", "limesh_shared_state").origin(),
                    "'limesh_shared_state' tells leases, and without 'anygw' among the protocols there are none",
                    "add 'anygw' to 'protocols', or leave the option out"));
        }
        List<String> candidates = new ArrayList<>();
        for (UciValue candidate : config.list("options", "candidates")) {
            String text = candidate.text();
            if (text.isEmpty()) {
                continue;
            }
            if (candidates.size() == MAX_CANDIDATES || !CANDIDATE.matcher(text).matches()) {
                diagnostics.add(Diagnostic.warning(candidate.origin(), "'" + Words.shorten(text) + "' is left out: "
                        + (candidates.size() == MAX_CANDIDATES ? "more than " + MAX_CANDIDATES + " candidates"
                        : "not an address of shared-state"),
                        "write e.g. 'http://10.13.0.2/cgi-bin/shared-state/'"));
            } else {
                candidates.add(text);
            }
        }
        return new NodePlan.SharedState(candidates);
    }

    /** Files from the lowest layer up, lines downwards. */
    private List<Diagnostic> inFileOrder() {
        List<String> order = config.files().stream().map(UciFile::name).toList();
        List<Diagnostic> sorted = new ArrayList<>(diagnostics);
        sorted.sort(Comparator.comparingInt((Diagnostic d) -> order.indexOf(d.file()))
                .thenComparingInt(Diagnostic::line));
        return sorted;
    }

    private String domain() {
        UciOption option = config.option("system", "domain");
        String domain = option.text();
        if (domain.isEmpty() || domain.length() > MAX_DOMAIN_CHARS || !DOMAIN.matcher(domain).matches()) {
            diagnostics.add(Diagnostic.error(option.origin(), "'domain' is '" + Words.shorten(domain)
                    + "': not a domain name", "write e.g. 'thisnode.info'"));
        }
        return domain;
    }

    private void checkSsid() {
        UciOption option = config.option("wifi", "ap_ssid");
        String ssid = option.text();
        if (ssid.getBytes(StandardCharsets.UTF_8).length > MAX_SSID_OCTETS) {
            diagnostics.add(Diagnostic.warning(option.origin(), "'ap_ssid' has more than " + MAX_SSID_OCTETS
                    + " octets; radios show only the first " + MAX_SSID_OCTETS + ".",
                    "The whole text still names the cloud. Shorten it, on all nodes at once."));
        }
        if (ssid.chars().anyMatch(c -> "\"$`\\".indexOf(c) >= 0)) {
            diagnostics.add(Diagnostic.warning(option.origin(),
                    "'ap_ssid' holds one of \" $ ` \\, which LibreMesh's "
                    + "own nodes may hand to a shell.",
                    "They can then belong to another cloud than this node."));
        }
    }

    private String hostname() {
        String name = template.hostname(config.text("system", "hostname", "LiMe-%M4%M5%M6"));
        if (!name.isEmpty()) {
            return name;
        }
        UciOption option = config.option("system", "hostname");
        String fallback = template.hostname("LiMe-%M4%M5%M6");
        diagnostics.add(Diagnostic.warning(option.origin(), "'hostname' is '" + Words.shorten(option.text())
                + "', of which no letter, digit or - is left; the node is called " + fallback, null));
        return fallback;
    }

    /** A network that all nodes would announce as theirs leads to the nearest of them only. */
    private void checkAlone(UciOption option, String text, Ip4Prefix own) {
        MacAddress other = new MacAddress(devices.primaryMac().bits() ^ 0x01_0101_0101L);
        String ofOther = Template.of(config.apSsid(), other).decimal(text);
        if (alone && own.masked().equals(
                NodeAddress.of4(ofOther, other, protocols.inGeneral("anygw")).address4().masked())) {
            diagnostics.add(Diagnostic.warning(option.origin(), "'" + option.name() + "' is '" + Words.shorten(text)
                    + "', the same network on every node, and there is no batadv that joins them: clients of one "
                    + "node do not reach those of another.", "write e.g. '" + AddressTemplates.NETWORK4_OF_NODE
                    + "', a network per node"));
        }
    }

    private Ip4Prefix address4() {
        UciOption option = config.option("network", "main_ipv4_address");
        String text = AddressTemplates.of4(config, alone);
        try {
            NodeAddress.Result4 result = NodeAddress.of4(template.decimal(text),
                    devices.primaryMac(),
                    protocols.inGeneral("anygw"));
            if (result.reserved() != NodeAddress.Reserved.NO) {
                diagnostics.add(Diagnostic.note(option.origin(), "the MAC asks for the "
                        + result.reserved().name().toLowerCase(Locale.ROOT) + " address; the node gets "
                        + result.address4() + ", as every such node of the cloud does"));
            }
            checkAlone(option, text, result.address4());
            return result.address4();
        } catch (IllegalArgumentException fault) {
            diagnostics.add(addressFault(option, fault, "10.%N1.0.0/16", template.decimal(option.text())));
            return null;
        }
    }

    private Ip6Prefix address6() {
        UciOption option = config.option("network", "main_ipv6_address");
        try {
            return NodeAddress.of6(template.hex(AddressTemplates.of6(config, alone)), devices.primaryMac(),
                    protocols.inGeneral("anygw"))
                    .address6();
        } catch (IllegalArgumentException fault) {
            diagnostics.add(addressFault(option, fault, "fd%N1:%N2%N3:%N4%N5::/64",
                    template.hex(option.text())));
            return null;
        }
    }

    private static Diagnostic addressFault(UciOption option, IllegalArgumentException fault, String example,
            String filled) {
        String written = option.text();
        boolean maskMissing = fault.getMessage().equals("the mask is missing");
        String reason = fault.getMessage();
        int advice = reason.indexOf("; write e.g.");
        reason = advice < 0 ? reason : reason.substring(0, advice);
        String with = filled.equals(written) || maskMissing ? "" : ", filled in '" + Words.shorten(filled)
                + "'";
        String fix = maskMissing && written.indexOf('/') < 0 ? written
                + example.substring(example.indexOf('/')) : example;
        return Diagnostic.error(option.origin(), "'" + option.name() + "' is '" + Words.shorten(written)
                + "'" + with
                + ": " + Words.shorten(reason), "write e.g. '" + fix + "'");
    }

    private NodePlan.Anycast anycast(Ip4Prefix address4, Ip6Prefix address6) {
        DhcpRange range = DhcpRange.of(config, address4, diagnostics::add);
        MacAddress mac = anycastMac();
        if (range == null || mac == null) {
            return null;
        }
        return new NodePlan.Anycast(mac, NodeAddress.anycast4(address4), NodeAddress.anycast6(address6),
                range.first(), range.last(), CLIENT_MTU_OCTETS, LEASE_TIME_SECONDS, newClientsPerSecond(),
                resolvers());
    }

    /** Ours, not LibreMesh's: no file need have it. */
    private int newClientsPerSecond() {
        UciOption option = config.option("network", "anygw_dhcp_new_per_second");
        if (option == null) {
            return NEW_CLIENTS_PER_SECOND;
        }
        OptionalInt number = Numbers.parse(option.text(), 1, MAX_NEW_CLIENTS_PER_SECOND);
        if (number.isEmpty()) {
            diagnostics.add(Diagnostic.error(option.origin(), "'anygw_dhcp_new_per_second' is '"
                    + Words.shorten(option.text()) + "': not a number from 1 to " + MAX_NEW_CLIENTS_PER_SECOND,
                    "write e.g. '" + NEW_CLIENTS_PER_SECOND + "'"));
        }
        return number.orElse(NEW_CLIENTS_PER_SECOND);
    }

    /** The address in {@code /DOMAIN/ADDRESS}, as dnsmasq has it: a server for the names of one domain. */
    private static String ofDomain(String text) {
        int slash = text.indexOf('/', 1);
        if (slash < 2 || !text.substring(1, slash).matches("[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63}){0,8}")) {
            throw new IllegalArgumentException("no domain");
        }
        return text.substring(slash + 1);
    }

    /** One empty value means: those that the provider hands out. */
    private List<String> resolvers() {
        List<String> resolvers = new ArrayList<>();
        for (UciValue value : config.list("network", "resolvers")) {
            String text = value.text().strip();
            try {
                String address = text.startsWith("/") ? ofDomain(text) : text;
                if (address.indexOf(':') >= 0) {
                    Ip6Address.parse(address);
                } else if (!text.isEmpty()) {
                    Ip4Address.parse(address);
                }
                if (!text.isEmpty()) {
                    resolvers.add(text);
                }
            } catch (IllegalArgumentException fault) {
                diagnostics.add(Diagnostic.warning(value.origin(), "'" + Words.shorten(text)
                        + "' in 'resolvers' is not an address; skipped", null));
            }
        }
        return resolvers;
    }

    private MacAddress anycastMac() {
        UciOption option = config.option("network", "anygw_mac");
        MacAddress mac;
        try {
            mac = MacAddress.parse(template.hex(option.text()).strip());
        } catch (IllegalArgumentException fault) {
            diagnostics.add(Diagnostic.error(option.origin(), "'anygw_mac' is '"
                    + Words.shorten(option.text())
                    + "': not a MAC address", "write e.g. 'aa:aa:aa:%N1:%N2:aa'"));
            return null;
        }
        if (mac.isMulticast() || mac.isZero()) {
            diagnostics.add(Diagnostic.error(option.origin(), "'anygw_mac' is '"
                    + Words.shorten(option.text())
                    + "': no device can have this address", "write e.g. 'aa:aa:aa:%N1:%N2:aa'"));
            return null;
        }
        if (mac.bits() >>> 24 != 0xaaaaaaL) {
            diagnostics.add(Diagnostic.warning(option.origin(),
                    "'anygw_mac' does not begin with aa:aa:aa; nodes that "
                    + "run LibreMesh itself drop only frames of that beginning",
                    "Their clients can then learn another node's gateway. Change only the last 3 bytes."));
        }
        return mac;
    }

    private NodePlan.Batadv batadv() {
        List<NodePlan.Hardif> hardifs = new ArrayList<>();
        for (DeviceSet.MeshDevice device : devices.meshDevices()) {
            for (ProtocolEntry entry : protocols.of(device.name())) {
                if (entry.proto().equals("batadv")) {
                    addHardif(hardifs, device, entry);
                }
            }
        }
        String uplink = protocols.uplink(devices);
        for (ProtocolEntry entry : uplink == null ? List.<ProtocolEntry>of() : protocols.of(uplink)) {
            // The cloud goes on behind the uplink, on its VLAN: the provider's box may hang on another node.
            if (entry.proto().equals("batadv")) {
                addHardif(hardifs, DeviceSet.MeshDevice.named(uplink), entry);
            }
        }
        if (!protocols.inGeneral("batadv") && hardifs.isEmpty()) {
            return null;
        }
        UciOption algorithm = config.option("network", "batadv_routing_algo");
        if (!algorithm.text().equals("BATMAN_IV")) {
            diagnostics.add(Diagnostic.warning(algorithm.origin(), "'batadv_routing_algo' is '"
                    + Words.shorten(algorithm.text()) + "'; BATMAN_IV is spoken here, BATMAN_V comes later.",
                    "Nodes that speak BATMAN_V will not be reached."));
        }
        return new NodePlan.Batadv(origIntervalMs(), "BATMAN_IV", hardifs);
    }

    private void addHardif(List<NodePlan.Hardif> hardifs, DeviceSet.MeshDevice device, ProtocolEntry entry) {
        OptionalInt id = entry.vlanId(cloud);
        if (id.isEmpty()) {
            // ProtocolLists has reported it.
            return;
        }
        Hardifs.Named named = Hardifs.name(device.name(), id.getAsInt());
        if (named.shortened()) {
            diagnostics.add(Diagnostic.note(entry.value().origin(), "a VLAN device of " + device.name()
                    + " would have more than " + Hardifs.MAX_NAME_CHARS + " characters; it is called "
                    + named.name()));
        }
        if (hardifs.stream().noneMatch(known -> known.name().equals(named.name()))) {
            hardifs.add(new NodePlan.Hardif(named.name(), device.name(), entry.tag(id.getAsInt()),
                    Hardifs.mac(device.name(), devices.primaryMac()), Hardifs.mtuOctets(device.name()),
                    device.wifi()));
        }
    }

    private int origIntervalMs() {
        UciOption option = config.option("network", "batadv_orig_interval");
        // The genuine module refuses less than twice its jitter of 20 ms.
        OptionalInt interval = Numbers.parse(option.text(), 40, MAX_ORIG_INTERVAL_MS);
        if (interval.isEmpty()) {
            diagnostics.add(Diagnostic.error(option.origin(), "'batadv_orig_interval' is '"
                    + Words.shorten(option.text()) + "': not a number of milliseconds from 40 to "
                    + MAX_ORIG_INTERVAL_MS,
                    "write e.g. '2000'"));
        }
        return interval.orElse(2000);
    }

    /** Devices for clients, without those a section of their own takes away, with those it adds. */
    private List<String> lanPorts() {
        List<String> ports = new ArrayList<>();
        for (String device : devices.lanDevices()) {
            boolean taken = protocols.hasOwnSection(device) && !protocols.speaks(device, "lan");
            if (!taken && !ports.contains(device)) {
                ports.add(device);
            }
        }
        for (DeviceSet.MeshDevice device : devices.meshDevices()) {
            if (protocols.hasOwnSection(device.name()) && protocols.speaks(device.name(), "lan")
                    && !ports.contains(device.name())) {
                ports.add(device.name());
            }
        }
        return ports;
    }

    /** A bridge takes every untagged frame of its ports, so such a device cannot be anything else. */
    private void checkDevices(List<String> lanPorts, NodePlan.Batadv batadv) {
        String uplink = protocols.uplink(devices);
        if (uplink != null && lanPorts.contains(uplink)) {
            diagnostics.add(new Diagnostic(Diagnostic.Severity.ERROR, "devices", 0, 0, 0, "'" + uplink
                    + "' is both a client port and the uplink", null, "Name it with --lan or with --wan, not with both."));
        }
        if (batadv != null) {
            for (NodePlan.Hardif hardif : batadv.hardifs()) {
                if (hardif.tag() == null && lanPorts.contains(hardif.device())) {
                    diagnostics.add(new Diagnostic(Diagnostic.Severity.ERROR, "devices", 0, 0, 0, "'" + hardif.device()
                            + "' is a client port and carries the mesh without a VLAN; the bridge would take the mesh's "
                            + "frames", null, "Give batadv a VLAN, or the clients another device."));
                }
            }
        }
    }
}
