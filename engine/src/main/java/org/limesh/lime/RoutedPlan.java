package org.limesh.lime;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;

/**
 * Layer 3 out of the configuration: on which devices BMX7 speaks, and where the Internet is.
 *
 * <pre>
 *   --dev NAME   bmx7[:18[:8021q]] of its list  →  NAME_18, tagged; untagged with bmx7:0
 *   br-lan       lan and bmx7 in the general list →  untagged: members of a cloud on one cable meet there too
 *   --wan NAME   bmx7 of its list               →  untagged: the provider's box carries no tag, another node may
 * </pre>
 */
final class RoutedPlan {
    private static final String BRIDGE = "br-lan";
    private static final int DEFAULT_MTU_OCTETS = 1500;
    /** A datagram of BMX7 is as long as any IPv6 link carries. */
    private static final int MIN_MTU_OCTETS = 1280;
    private static final int MAX_MTU_OCTETS = 9000;
    /** Questions of one kind. */
    private static final int MAX_TARGETS = 16;
    private static final int MAX_PORT = 65535;
    private static final Pattern BANDWIDTH = Pattern.compile("([1-9][0-9]{0,8})([kKmMgG]?)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63}){0,8}");
    private static final Pattern PAGE = Pattern.compile(
            "http://[!-~&&[^/:]]{1,255}(:[0-9]{1,5})?/[!-~]* +.{1,255}");
    private static final long MIN_RATE_BPS = 100_000;
    private static final long MAX_RATE_BPS = 100_000_000_000L;

    private final LimeConfig config;
    private final DeviceSet devices;
    private final ProtocolLists protocols;
    private final Consumer<Diagnostic> problems;
    private final Cloud cloud;
    private final List<NodePlan.Bmx7Device> speakers = new ArrayList<>();

    RoutedPlan(LimeConfig config, DeviceSet devices, ProtocolLists protocols, Consumer<Diagnostic> problems) {
        this.config = config;
        this.devices = devices;
        this.protocols = protocols;
        this.problems = problems;
        this.cloud = Cloud.of(config.apSsid());
    }

    /** Null when no device speaks BMX7. */
    NodePlan.Bmx7 bmx7() {
        int mtuOctets = mtuOctets();
        long wifiRateBps = wifiRateBps();
        for (DeviceSet.MeshDevice device : devices.meshDevices()) {
            addListed(device, mtuOctets, wifiRateBps);
        }
        if (protocols.inGeneral("bmx7") && protocols.inGeneral("lan")) {
            addUntagged(BRIDGE, false, mtuOctets, 0);
        }
        String uplink = protocols.uplink(devices);
        if (uplink != null && protocols.hasOwnSection(uplink)) {
            addListed(DeviceSet.MeshDevice.named(uplink), mtuOctets, wifiRateBps);
        } else if (uplink != null && protocols.speaks(uplink, "bmx7")) {
            addUntagged(uplink, DeviceSet.MeshDevice.named(uplink).wifi(), mtuOctets, 0);
        }
        if (speakers.isEmpty()) {
            return null;
        }
        String preferred = config.text("network", "bmx7_pref_gw", "none").strip();
        return new NodePlan.Bmx7(speakers, config.flag("network", "bmx7_over_batman", false),
                config.flag("network", "bmx7_publish_ownip", false),
                preferred.isEmpty() || preferred.equals("none") ? null : preferred,
                config.flag("network", "bmx7_enable_pki", false),
                bandwidth("limesh_exit_bandwidth", NodePlan.Bmx7.USUAL_ENOUGH_BPS));
    }

    private void addListed(DeviceSet.MeshDevice device, int mtuOctets, long wifiRateBps) {
        for (ProtocolEntry entry : protocols.of(device.name())) {
            if (entry.proto().equals("bmx7")) {
                add(device, entry, mtuOctets, device.wifi() ? wifiRateBps : 0);
            }
        }
    }

    private void add(DeviceSet.MeshDevice device, ProtocolEntry entry, int mtuOctets, long rateBps) {
        OptionalInt id = entry.vlanId(cloud);
        if (id.isEmpty()) {
            // ProtocolCheck has reported it.
            return;
        }
        if (id.getAsInt() == 0) {
            addUntagged(device.name(), device.wifi(), mtuOctets, rateBps);
            return;
        }
        Hardifs.Named named = Hardifs.name(device.name(), id.getAsInt());
        // A MAC of its own makes the link-local address, and with it what is signed, follow from the plan.
        add(new NodePlan.Bmx7Device(named.name(), device.name(), entry.tag(id.getAsInt()),
                Hardifs.mac(device.name(), devices.primaryMac()), mtuOctets, device.wifi(), rateBps));
    }

    private void addUntagged(String device, boolean wifi, int mtuOctets, long rateBps) {
        add(new NodePlan.Bmx7Device(device, device, null, null, mtuOctets, wifi, rateBps));
    }

    private void add(NodePlan.Bmx7Device device) {
        if (speakers.stream().noneMatch(known -> known.name().equals(device.name()))) {
            speakers.add(device);
        }
    }

    private int mtuOctets() {
        UciOption option = config.option("network", "bmx7_mtu");
        if (option == null) {
            return DEFAULT_MTU_OCTETS;
        }
        OptionalInt mtu = Numbers.parse(option.text().strip(), MIN_MTU_OCTETS, MAX_MTU_OCTETS);
        if (mtu.isEmpty()) {
            problems.accept(Diagnostic.error(option.origin(), "'bmx7_mtu' is '" + Words.shorten(option.text())
                    + "': not a number of octets from " + MIN_MTU_OCTETS + " to " + MAX_MTU_OCTETS,
                    "write e.g. '" + DEFAULT_MTU_OCTETS + "'"));
        }
        return mtu.orElse(DEFAULT_MTU_OCTETS);
    }

    private long wifiRateBps() {
        UciOption option = config.option("network", "bmx7_wifi_rate_max");
        String text = option == null ? "auto" : option.text().strip();
        if (text.isEmpty() || text.equals("auto")) {
            return 0;
        }
        long rateBps = text.matches("[0-9]{1,12}") ? Long.parseLong(text) : 0;
        if (rateBps < MIN_RATE_BPS || rateBps > MAX_RATE_BPS) {
            problems.accept(Diagnostic.error(option.origin(), "'bmx7_wifi_rate_max' is '"
                    + Words.shorten(text) + "': not a number of bits per second from " + MIN_RATE_BPS + " to "
                    + MAX_RATE_BPS, "write e.g. '54000000', or 'auto'"));
            return 0;
        }
        return rateBps;
    }

    /** Null without an uplink. */
    NodePlan.Wan wan() {
        String device = protocols.uplink(devices);
        if (device == null) {
            return null;
        }
        UciSection section = protocols.ownSection(device);
        if (section == null || !protocols.speaks(device, "static")) {
            return new NodePlan.Wan(device, null, null, share(), probes());
        }
        Ip4Prefix address = address(section);
        Ip4Address gateway = gateway(section, address);
        return address == null || gateway == null ? null
                : new NodePlan.Wan(device, address, gateway, share(), probes());
    }

    private NodePlan.Share share() {
        UciOption option = config.option("network", "limesh_share");
        String policy = option == null ? NodePlan.Share.USUAL.policy() : option.text().strip();
        if (!List.of("off", "auto", "always").contains(policy)) {
            problems.accept(Diagnostic.error(option.origin(), "'limesh_share' is '" + Words.shorten(policy)
                    + "': not a way to share", "write 'off', 'auto' or 'always'"));
        }
        List<String> files = targets("limesh_measure_http", text -> isPage(text + " *")
                && text.indexOf(' ') < 0, "http://mirror.example.org/10MB.bin");
        return new NodePlan.Share(policy, bandwidth("limesh_share_bandwidth", 0), files == null ? List.of()
                : files);
    }

    private NodePlan.Probes probes() {
        return new NodePlan.Probes(targets("limesh_probe_ping", RoutedPlan::isAddress, "8.8.8.8"),
                targets("limesh_probe_dns", RoutedPlan::isAddress, "9.9.9.9"), probeName(),
                targets("limesh_probe_http", RoutedPlan::isPage,
                        "http://detectportal.firefox.com/success.txt success"));
    }

    /** Null where nothing was said; empty for {@code none}, since in UCI an empty option is none at all. */
    private String probeName() {
        UciOption option = config.option("network", "limesh_probe_name");
        String name = option == null ? null : option.text().strip();
        if (name == null || name.equals("none")) {
            return name == null ? null : "";
        }
        if (!NAME.matcher(name).matches()) {
            problems.accept(Diagnostic.error(option.origin(), "'limesh_probe_name' is '" + Words.shorten(name)
                    + "': not a name that DNS can be asked for", "write e.g. 'detectportal.firefox.com', or 'none'"));
        }
        return name;
    }

    /** Null where nothing was said. */
    private List<String> targets(String name, Predicate<String> good, String example) {
        UciOption option = config.option("network", name);
        if (option == null) {
            return null;
        }
        List<String> targets = new ArrayList<>();
        for (UciValue value : option.values()) {
            String text = value.text().strip();
            if (!text.isEmpty() && !good.test(text)) {
                problems.accept(Diagnostic.error(value.origin(), "'" + name + "' is '" + Words.shorten(text)
                        + "': nobody can be asked by that", "write e.g. '" + example + "'"));
            } else if (!text.isEmpty()) {
                targets.add(text);
            }
        }
        if (targets.size() > MAX_TARGETS) {
            problems.accept(Diagnostic.error(option.origin(), "'" + name + "' has " + targets.size()
                    + " values, more than " + MAX_TARGETS, "leave the best " + MAX_TARGETS));
        }
        return targets;
    }

    private static boolean isPage(String text) {
        Matcher page = PAGE.matcher(text);
        return page.matches() && (page.group(1) == null
                || Numbers.parse(page.group(1).substring(1), 1, MAX_PORT).isPresent());
    }

    private static boolean isAddress(String text) {
        try {
            Ip4Address.parse(text);
            return true;
        } catch (IllegalArgumentException fault) {
            return false;
        }
    }

    /** A number of bits per second, with k, M or G behind it or nothing. */
    private long bandwidth(String name, long usual) {
        UciOption option = config.option("network", name);
        if (option == null) {
            return usual;
        }
        Matcher written = BANDWIDTH.matcher(option.text().strip());
        if (!written.matches()) {
            problems.accept(Diagnostic.error(option.origin(), "'" + name + "' is '"
                    + Words.shorten(option.text()) + "': not a number of bits per second",
                    "write e.g. '20M'"));
            return usual;
        }
        long unit = switch (written.group(2)) {
            case "k", "K" -> 1000;
            case "M", "m" -> 1_000_000;
            case "G", "g" -> 1_000_000_000;
            default -> 1;
        };
        return Long.parseLong(written.group(1)) * unit;
    }

    private Ip4Prefix address(UciSection section) {
        UciOption option = section.options().get("static_ipv4");
        if (option == null) {
            problems.accept(Diagnostic.error(section.origin(), "the uplink has protocol 'static' and no "
                    + "'static_ipv4'", "write e.g. option static_ipv4 '192.168.1.2/24'"));
            return null;
        }
        try {
            return Ip4Prefix.parse(option.text().strip());
        } catch (IllegalArgumentException fault) {
            problems.accept(Diagnostic.error(option.origin(), "'static_ipv4' is '"
                    + Words.shorten(option.text()) + "': not an address with its mask",
                    "write e.g. '192.168.1.2/24'"));
            return null;
        }
    }

    private Ip4Address gateway(UciSection section, Ip4Prefix address) {
        UciOption option = section.options().get("static_gateway_ipv4");
        if (option == null) {
            problems.accept(Diagnostic.error(section.origin(), "the uplink has protocol 'static' and no "
                    + "'static_gateway_ipv4'", "write e.g. option static_gateway_ipv4 '192.168.1.1'"));
            return null;
        }
        try {
            Ip4Address gateway = Ip4Address.parse(option.text().strip());
            if (address != null && !address.masked().contains(gateway)) {
                problems.accept(Diagnostic.error(option.origin(), "'static_gateway_ipv4' is " + gateway
                        + ", which is not in the uplink's network " + address.masked(),
                        "name the provider's router in that network"));
                return null;
            }
            return gateway;
        } catch (IllegalArgumentException fault) {
            problems.accept(Diagnostic.error(option.origin(), "'static_gateway_ipv4' is '"
                    + Words.shorten(option.text()) + "': not an address", "write e.g. '192.168.1.1'"));
            return null;
        }
    }
}
