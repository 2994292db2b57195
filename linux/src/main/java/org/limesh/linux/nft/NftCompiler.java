package org.limesh.linux.nft;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterRule;
import org.limesh.host.FilterRule.Condition;
import org.limesh.host.FilterRule.Hook;
import org.limesh.host.HostState;

/**
 * Writes filter rules as one table for nft.
 *
 * <p>The kernel runs the rules of family bridge for every bridge of the machine, and a kernel without
 * {@code NFT_BRIDGE_META} cannot ask for the bridge. So each rule names ports of our own bridge; a virtual
 * machine's bridge beside ours is left alone.
 */
public final class NftCompiler {
    public static final String TABLE = "limesh";
    static final String SET_PREFIX = "by_";

    private final Set<String> ports;

    private NftCompiler(Set<String> ports) {
        this.ports = ports;
    }

    /**
     * The whole table: loading it replaces an older one in one step.
     *
     * @param ports of our bridge, those included that somebody else put into it (hostapd does)
     */
    public static String compile(List<FilterRule> rules, Set<String> ports) {
        return new NftCompiler(ports).table(rules);
    }

    /** The ports of our bridge as far as the node itself knows them. */
    public static Set<String> ports(HostState state) {
        return state.bridgePorts().stream().map(HostState.BridgePort::port)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private String table(List<FilterRule> rules) {
        StringBuilder text = new StringBuilder();
        // "add" makes "delete" succeed when there is no table yet.
        text.append("add table bridge ").append(TABLE).append('\n');
        text.append("delete table bridge ").append(TABLE).append('\n');
        text.append("table bridge ").append(TABLE).append(" {\n");
        blamed(rules).forEach(counter -> text.append("  set ").append(setName(counter))
                .append(" { type ifname . ether_addr; size ").append(FilterRule.MAX_BLAMED)
                .append("; flags dynamic,timeout; timeout ").append(FilterRule.BLAMED_FOR_MINUTES)
                .append("m; counter; }\n"));
        for (Hook hook : Hook.values()) {
            String name = hookName(hook);
            text.append("  chain ").append(name).append(" {\n    type filter hook ").append(name)
                    .append(" priority ").append(priority(hook)).append("; policy accept;\n");
            for (FilterRule rule : rules) {
                if (rule.hook() == hook) {
                    if (rule.blames()) {
                        text.append("    ").append(blame(rule)).append('\n');
                    }
                    text.append("    ").append(rule(rule)).append('\n');
                }
            }
            text.append("  }\n");
        }
        return text.append("}\n").toString();
    }

    static String hookName(Hook hook) {
        return switch (hook) {
            case PREROUTING -> "prerouting";
            case FORWARD -> "forward";
            case POSTROUTING -> "postrouting";
        };
    }

    private static int priority(Hook hook) {
        return switch (hook) {
            case PREROUTING -> -300;
            case FORWARD -> 0;
            case POSTROUTING -> 300;
        };
    }

    /** Counters of the rules that blame, each once. */
    static List<String> blamed(List<FilterRule> rules) {
        return rules.stream().filter(FilterRule::blames).map(FilterRule::counter).distinct().toList();
    }

    /** Name of the set in which a rule keeps whom it dropped. */
    static String setName(String counter) {
        return SET_PREFIX + counter.replace('.', '_');
    }

    /**
     * A rule of its own: where the set is full the kernel ends the rule, and the frame would not be dropped.
     */
    private String blame(FilterRule rule) {
        return conditions(rule) + " update @" + setName(rule.counter()) + " { iifname . ether saddr }";
    }

    private String rule(FilterRule rule) {
        return conditions(rule) + " counter drop comment \"" + rule.counter() + "\"";
    }

    private String conditions(FilterRule rule) {
        List<String> words = new ArrayList<>();
        boolean placed = rule.conditions().stream()
                .anyMatch(condition -> condition instanceof Condition.InPort
                || condition instanceof Condition.OutPort);
        if (!placed) {
            words.add((rule.hook() == Hook.POSTROUTING ? "oifname " : "iifname ")
                    + names(List.copyOf(ports)));
        }
        for (Condition condition : rule.conditions()) {
            words.add(condition(condition));
        }
        return String.join(" ", words);
    }

    private String condition(Condition condition) {
        return switch (condition) {
            case Condition.InPort(var named, var negated) -> "iifname "
                    + names(negated ? allBut(named) : named);
            case Condition.OutPort(var named) -> "oifname " + names(named);
            case Condition.EtherSource(var bits, var length) -> "ether saddr " + macs(bits, length);
            case Condition.EtherDestination(var bits, var length) -> "ether daddr " + macs(bits, length);
            // Unlike "ether type", this looks behind a VLAN tag: a port that also carries the mesh on a VLAN
            // must not hand mesh frames to the bridge, which would send them through the mesh.
            case Condition.EtherType(var type) -> "meta protocol 0x" + Integer.toHexString(type);
            case Condition.VlanTagged() -> "ether type { 8021q, 8021ad }";
            case Condition.Ip4Source(var address) -> "ip saddr " + address;
            case Condition.Ip6Source(var address) -> "ip6 saddr " + address;
            // "l4proto" is found behind extension headers, too.
            case Condition.Tunnelled(var source) -> "ip6 saddr " + source + " meta l4proto { 4, 41 }";
            case Condition.ArpSender(var address) -> "arp saddr ip " + address;
            case Condition.ArpTarget(var address) -> "arp daddr ip " + address;
            case Condition.NeighbourTarget(var address) ->
                    "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } @th,64,128 0x%016x%016x"
                            .formatted(address.high(), address.low());
            case Condition.NeighbourAdvertised(var address) ->
                    "icmpv6 type nd-neighbor-advert @th,64,128 0x%016x%016x".formatted(address.high(),
                            address.low());
            case Condition.Icmp6Type(var types) -> "icmpv6 type { "
                    + types.stream().map(String::valueOf).collect(Collectors.joining(", ")) + " }";
            case Condition.UdpPorts(var source, var destination) ->
                    ((source < 0 ? "" : "udp sport " + source + " ")
                            + (destination < 0 ? "" : "udp dport " + destination)).strip();
            case Condition.LinkLocalTcp(var source, var destination) ->
                    "ip6 saddr fe80::/10 ip6 daddr fe80::/10"
                    + (source < 0 ? "" : " tcp sport " + source)
                    + (destination < 0 ? "" : " tcp dport " + destination);
        };
    }

    private List<String> allBut(List<String> named) {
        return ports.stream().filter(port -> !named.contains(port)).toList();
    }

    /**
     * A rule about no port at all shall never match, and nft knows no empty set: no interface is called so.
     */
    private static String names(List<String> names) {
        return names.isEmpty() ? "\"/none\"" : names.size() == 1 ? quoted(names.getFirst())
                : "{ " + names.stream().map(NftCompiler::quoted).collect(Collectors.joining(", ")) + " }";
    }

    private static String quoted(String name) {
        return "\"" + name + "\"";
    }

    private static String macs(long bits, int length) {
        long mask = length == 0 ? 0 : -1L << 48 - length & 0xffff_ffff_ffffL;
        String first = MacAddress.toString(bits & mask);
        return length >= 48 ? first : first + "/" + length;
    }
}
