package org.limesh.lime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;

/**
 * How SSID and MAC become numbers, as text for people.
 *
 * @param config whose templates count
 * @param plan   what came out of it
 */
public record Explanation(LimeConfig config, NodePlan plan) {
    /** Values that N1 can take; two clouds that share it share VLAN and IPv4 network. */
    private static final int N1_VALUES = 256;

    /** All derived numbers and names, without a final line feed. */
    public String text() {
        Cloud cloud = Cloud.of(plan.apSsid());
        Template template = Template.of(plan.apSsid(), plan.primaryMac());
        StringBuilder n = new StringBuilder();
        for (int i = 1; i <= MacAddress.LENGTH_OCTETS; i++) {
            n.append(i == 1 ? "" : " ").append(cloud.id().hex(i));
        }
        String namedAp = template.ssid(config.text("wifi", "apname_ssid", plan.apSsid()), plan.hostname());
        return String.join("\n",
                "ap_ssid  \"" + shown(plan.apSsid()) + "\" + line feed -> MD5 " + cloud.id().digits(),
                "  N1..N6     " + n,
                "  VLAN       " + batadvVlan(cloud) + "        bmx7 " + vlan("bmx7", Cloud.BMX7_VLAN)
                        + "      babeld " + vlan("babeld", Cloud.BABELD_VLAN),
                String.format(Locale.ROOT, "  IPv4       %-17s this node %-15s %s", plan.address4().masked(),
                        plan.address4().address(), "= " + reason4(template)),
                "  IPv6       " + plan.address6().masked() + "   this node " + plan.address6().address()
                        + reason6(template),
                "  anycast    " + (plan.anycast() == null ? "none (anygw is not among the protocols)"
                        : plan.anycast().address4().address() + "   " + plan.anycast().address6().address()
                        + "   "
                                + plan.anycast().mac()),
                "  layer 3    " + layer3() + (plan.sharedState() == null ? ""
                        : "\n  leases     told by A.L.F.R.E.D. and by shared-state, to neighbours" + candidates()),
                "  names      host " + plan.hostname() + "   AP \""
                + shown(template.ssid(plan.apSsid(), plan.hostname()))
                        + "\"   named AP \"" + shown(namedAp) + "\"   file lime-"
                        + plan.primaryMac().digits());
    }

    /** The VLAN id of batman-adv as configured; 0 when untagged or not spoken. */
    public int batadvVlanId() {
        ProtocolEntry entry = entry("batadv");
        return entry == null ? 0 : entry.vlanId(Cloud.of(plan.apSsid())).orElse(0);
    }

    private static String shown(String text) {
        return Diagnostic.printable(text);
    }

    private String batadvVlan(Cloud cloud) {
        ProtocolEntry entry = entry("batadv");
        if (entry == null) {
            return "batman-adv is not among the protocols";
        }
        int id = entry.vlanId(cloud).orElse(0);
        String kind = entry.vlanType().equals(ProtocolEntry.CUSTOMER_TAG) ? "802.1q" : "802.1ad";
        if (id == 0) {
            return "batman-adv untagged";
        }
        return entry.vlan().equals("%N1")
                ? "batman-adv " + id + " = 29 + ((N1 " + cloud.id().octet(1) + " - 13) mod 256), " + kind
                : "batman-adv " + id + " as configured, " + kind;
    }

    private boolean isAlone() {
        return plan.batadv() == null && plan.bmx7() != null;
    }

    private String candidates() {
        List<String> named = plan.sharedState().candidates();
        return named.isEmpty() ? "" : " and " + shown(String.join(", ", named));
    }

    private String layer3() {
        if (plan.bmx7() == null) {
            return "none (bmx7 is not among the protocols)";
        }
        List<String> devices = plan.bmx7().devices().stream().map(device -> device.name()
                + (device.tag() == null ? " untagged" : "")).toList();
        boolean tagged = plan.bmx7().devices().stream().anyMatch(device -> device.tag() != null);
        return "bmx7 on " + String.join(", ", devices)
                + (tagged ? "" : ", and on VLAN " + vlan("bmx7", Cloud.BMX7_VLAN) + " of every mesh device")
                + (plan.wan() == null ? "" : "; uplink " + plan.wan().device());
    }

    private ProtocolEntry entry(String proto) {
        return ProtocolEntry.all(config.list("network", "protocols")).stream()
                .filter(entry -> entry.proto().equals(proto)).findFirst().orElse(null);
    }

    private String vlan(String proto, int fallback) {
        ProtocolEntry entry = entry(proto);
        return entry == null || entry.vlan().isEmpty() ? Integer.toString(fallback) : shown(entry.vlan());
    }

    private String reason4(Template template) {
        String filled = template.decimal(AddressTemplates.of4(config, isAlone()));
        NodeAddress.Result4 result = NodeAddress.of4(filled, plan.primaryMac(), plan.anycast() != null);
        if (result.reserved() != NodeAddress.Reserved.NO) {
            return "highest host: the MAC asks for the " + lower(result.reserved()) + " address";
        }
        boolean literal = result.address4().address().toString().equals(filled.substring(0,
                filled.indexOf('/')));
        MacAddress mac = plan.primaryMac();
        return literal ? "as written in main_ipv4_address"
                : plan.address4().lengthBits() == 16 && filled.endsWith("/16")
                        ? String.format(Locale.ROOT, "last bytes of the MAC %02x %02x", mac.octet(4),
                        mac.octet(5))
                        : String.format(Locale.ROOT,
                        "last bytes of the MAC %02x %02x %02x, as many bits as fit", mac.octet(3),
                                mac.octet(4), mac.octet(5));
    }

    private String reason6(Template template) {
        String filled = template.hex(AddressTemplates.of6(config, isAlone()));
        NodeAddress.Result6 result = NodeAddress.of6(filled, plan.primaryMac(), plan.anycast() != null);
        return result.reserved() == NodeAddress.Reserved.NO ? "" : "   = highest host: the MAC asks for the "
                + lower(result.reserved()) + " address";
    }

    private static String lower(NodeAddress.Reserved reserved) {
        return reserved.name().toLowerCase(Locale.ROOT);
    }

    /**
     * How a template of an address becomes the node's address, step by step.
     *
     * @throws IllegalArgumentException when no address comes out, saying why
     */
    public static String steps(String text, String apSsid, MacAddress mac) {
        Template template = Template.of(apSsid, mac);
        boolean six = text.indexOf(':') >= 0;
        String filled = six ? template.hex(text) : template.decimal(text);
        List<String> lines = new ArrayList<>();
        lines.add("template   " + shown(text));
        substitutions(text, template, six, lines);
        lines.add("  filled in  " + shown(filled));
        if (six) {
            steps6(filled, mac, lines);
        } else {
            steps4(filled, mac, lines);
        }
        return String.join("\n", lines);
    }

    private static void substitutions(String text, Template template, boolean six, List<String> lines) {
        List<String> seen = new ArrayList<>();
        for (int i = text.indexOf('%'); i >= 0 && i + 3 <= text.length(); i = text.indexOf('%', i + 1)) {
            String name = text.substring(i, i + 3);
            String value = six ? template.hex(name) : template.decimal(name);
            if (!value.equals(name) && !seen.contains(name)) {
                seen.add(name);
                String source = switch (name.charAt(1)) {
                    case 'M' -> "of the primary MAC";
                    case 'm' -> "of the MAC's identity";
                    default -> "of the cloud's identity";
                };
                lines.add(String.format(Locale.ROOT, "  %-10s %s = byte %c %s, 0x%s", name, value,
                        name.charAt(2), source,
                        template.hex(name)));
            }
        }
    }

    private static void steps4(String filled, MacAddress mac, List<String> lines) {
        NodeAddress.Result4 result = NodeAddress.of4(filled, mac, true);
        int rangeBits = Integer.parseInt(filled.substring(filled.lastIndexOf('/') + 1).strip());
        Ip4Prefix range = new Ip4Prefix(Ip4Address.parse(filled.strip().substring(0,
                filled.strip().indexOf('/'))),
                rangeBits);
        if (range.network().equals(range.address())) {
            long hosts = 1L << (32 - rangeBits);
            int own = NodeAddress.ownNumber(mac);
            lines.add("  own part   " + range.address() + " is the network address of /" + rangeBits
                    + ", so the node's number is added: " + String.format(Locale.ROOT, "0x%06x mod 2^%d = %d",
                    own, 32 - rangeBits,
                            own % hosts) + " -> " + range.address().plus((int) (own % hosts)));
        } else {
            lines.add("  own part   " + range.address() + " is not the network address of /" + rangeBits
                    + ", so it is taken as it is");
        }
        if (result.reserved() != NodeAddress.Reserved.NO) {
            lines.add("  reserved   that is the " + lower(result.reserved()) + " address of /"
                    + result.address4().lengthBits() + ", so the highest host is taken");
        }
        lines.add("  this node  " + result.address4());
        lines.add("  anycast    " + NodeAddress.anycast4(result.address4()));
    }

    private static void steps6(String filled, MacAddress mac, List<String> lines) {
        NodeAddress.Result6 result = NodeAddress.of6(filled, mac, true);
        int rangeBits = Integer.parseInt(filled.substring(filled.lastIndexOf('/') + 1).strip());
        Ip6Prefix range = new Ip6Prefix(Ip6Address.parse(filled.strip().substring(0,
                filled.strip().indexOf('/'))),
                rangeBits);
        lines.add(range.network().equals(range.address())
                ? "  own part   " + range.address() + " is the network address of /" + rangeBits
                        + ", so the last three bytes of the MAC are added -> "
                        + NodeAddress.reference6(filled, mac).address()
                : "  own part   " + range.address() + " is not the network address of /" + rangeBits
                        + ", so it is taken as it is");
        if (result.reserved() != NodeAddress.Reserved.NO) {
            lines.add("  reserved   that is the " + lower(result.reserved())
                    + " address, so the highest host is taken "
                    + "(LibreMesh's own nodes keep it)");
        }
        lines.add("  this node  " + result.address6());
        lines.add("  anycast    " + NodeAddress.anycast6(result.address6()));
    }

    /** Which of these clouds would share a VLAN or an IPv4 network, and how probable that is. */
    public static String compare(List<String> apSsids) {
        List<Cloud> clouds = apSsids.stream().distinct().map(Cloud::of).toList();
        int width = 2 + clouds.stream().mapToInt(cloud -> shown(cloud.apSsid()).length()).max().orElse(0);
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, "%-" + (width + 2) + "s  N1   VLAN  IPv4           IPv6",
                "compare"));
        for (Cloud cloud : clouds) {
            lines.add(String.format(Locale.ROOT, "  %-" + width + "s  %s   %-4d  %-13s  %s", "\""
                    + shown(cloud.apSsid()) + "\"",
                    cloud.id().hex(1), cloud.batadvVlan(), network4(cloud), network6(cloud)));
        }
        int clashes = 0;
        for (int i = 0; i < clouds.size(); i++) {
            for (int j = i + 1; j < clouds.size(); j++) {
                if (clouds.get(i).id().octet(1) == clouds.get(j).id().octet(1)) {
                    clashes++;
                    lines.add("  clash      \"" + shown(clouds.get(i).apSsid()) + "\" and \""
                            + shown(clouds.get(j).apSsid()) + "\" share VLAN " + clouds.get(i).batadvVlan()
                            + " and "
                            + network4(clouds.get(i)));
                }
            }
        }
        if (clashes == 0) {
            lines.add("  clash      none");
        }
        lines.add(String.format(Locale.ROOT, "  chance     %.1f %% that at least two of %d clouds with names drawn "
                + "at random share them", 100 * clashProbability(clouds.size()), clouds.size()));
        return String.join("\n", lines);
    }

    /** Probability that at least two of so many clouds share N1. */
    public static double clashProbability(int clouds) {
        double apart = 1;
        for (int i = 0; i < clouds; i++) {
            apart *= Math.max(0, N1_VALUES - i) / (double) N1_VALUES;
        }
        return 1 - apart;
    }

    /** The cloud's IPv4 network by LibreMesh's default template. */
    public static Ip4Prefix network4(Cloud cloud) {
        return Ip4Prefix.parse("10." + cloud.id().octet(1) + ".0.0/16");
    }

    /** The cloud's IPv6 network by LibreMesh's default template. */
    public static Ip6Prefix network6(Cloud cloud) {
        return Ip6Prefix.parse(new Template(MacAddress.ZERO, cloud.id(),
                cloud.id()).hex("fd%N1:%N2%N3:%N4%N5::/64"));
    }
}
