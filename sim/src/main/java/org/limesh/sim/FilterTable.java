package org.limesh.sim;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterReport;
import org.limesh.host.FilterRule;
import org.limesh.host.FilterRule.Condition;
import org.limesh.packet.Arp;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Ipv6;
import org.limesh.packet.Udp;

/** Interprets filter rules, as nftables would in family bridge: first match drops and counts, else accept. */
final class FilterTable {
    private static final int MAC_BITS = 48;

    /** @param blamed frames by port and source MAC; null for a rule that blames nobody */
    private record Rule(Condition[] conditions, String counter, long[] dropped, Map<Blamed, long[]> blamed) {}

    private record Blamed(String port, long source) {}

    private final Map<FilterRule.Hook, Rule[]> byHook = new EnumMap<>(FilterRule.Hook.class);
    private List<FilterRule> loaded = List.of();
    private final Map<String, long[]> counters = new LinkedHashMap<>();
    private final Map<String, Map<Blamed, long[]>> blamed = new LinkedHashMap<>();
    private final Runnable onBlamed;

    /** @param onBlamed called when a rule that blames has dropped a frame */
    FilterTable(Runnable onBlamed) {
        this.onBlamed = onBlamed;
    }

    /** Loads other rules; counters of rules that stay keep their values. */
    void load(List<FilterRule> rules) {
        if (rules.equals(loaded)) {
            return;
        }
        loaded = rules;
        for (FilterRule.Hook hook : FilterRule.Hook.values()) {
            List<Rule> ofHook = new ArrayList<>();
            for (FilterRule rule : rules) {
                if (rule.hook() == hook) {
                    long[] dropped = counters.computeIfAbsent(rule.counter(), unused -> new long[1]);
                    ofHook.add(new Rule(rule.conditions().toArray(new Condition[0]), rule.counter(),
                            dropped, rule.blames() ? blamed.computeIfAbsent(rule.counter(), unused ->
                                    new LinkedHashMap<>()) : null));
                }
            }
            byHook.put(hook, ofHook.toArray(new Rule[0]));
        }
    }

    /** True when a rule drops the frame. A port name is null where there is none. */
    boolean drops(FilterRule.Hook hook, Frame frame, String inPort, String outPort) {
        Rule[] rules = byHook.get(hook);
        if (rules == null) {
            return false;
        }
        for (Rule rule : rules) {
            if (allHold(rule.conditions, frame, inPort, outPort)) {
                rule.dropped[0]++;
                if (rule.blamed != null) {
                    blame(rule.blamed, new Blamed(inPort, Ethernet.source(frame)));
                }
                return true;
            }
        }
        return false;
    }

    private void blame(Map<Blamed, long[]> blamed, Blamed by) {
        long[] frames = blamed.get(by);
        if (frames == null && blamed.size() < FilterRule.MAX_BLAMED) {
            frames = new long[1];
            blamed.put(by, frames);
        }
        if (frames != null) {
            frames[0]++;
        }
        onBlamed.run();
    }

    /** @param fault what is not in force as wanted, or null */
    FilterReport report(String fault) {
        List<FilterReport.Offender> offenders = new ArrayList<>();
        blamed.forEach((counter, ofRule) -> ofRule.forEach((by, frames) -> offenders.add(
                new FilterReport.Offender(counter, by.port, new MacAddress(by.source), frames[0]))));
        return new FilterReport(fault, counters(), offenders);
    }

    private static boolean allHold(Condition[] conditions, Frame frame, String inPort, String outPort) {
        for (Condition condition : conditions) {
            if (!holds(condition, frame, inPort, outPort)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Condition condition, Frame frame, String inPort, String outPort) {
        return switch (condition) {
            case Condition.InPort in -> inPort != null && in.ports().contains(inPort) != in.negated();
            case Condition.OutPort out -> outPort != null && out.ports().contains(outPort);
            case Condition.EtherSource source ->
                    begins(Ethernet.source(frame), source.prefixBits(), source.prefixLengthBits());
            case Condition.EtherDestination destination ->
                    begins(Ethernet.destination(frame), destination.prefixBits(),
                            destination.prefixLengthBits());
            case Condition.EtherType type -> Ethernet.type(frame) == type.type();
            case Condition.VlanTagged unused -> Ethernet.type(frame) == Ethernet.TYPE_8021Q
                    || Ethernet.type(frame) == Ethernet.TYPE_8021AD;
            case Condition.Ip4Source source -> Ipv4.is(frame) && Ipv4.source(frame) == source.address().bits();
            case Condition.Ip6Source source -> Ipv6.isFrom(frame, source.address());
            case Condition.Tunnelled wrapped -> Ipv6.is(frame) && Tunnels.isTunnelled(frame)
                    && wrapped.source().contains(Ipv6.source(frame));
            case Condition.ArpSender sender -> Arp.is(frame) && Arp.senderIp(frame) == sender.address()
                    .bits();
            case Condition.ArpTarget target -> Arp.is(frame) && Arp.targetIp(frame) == target.address()
                    .bits();
            case Condition.NeighbourTarget target -> Icmpv6.isAbout(frame, target.address());
            case Condition.NeighbourAdvertised target -> Icmpv6.type(frame) == Icmpv6.NEIGHBOUR_ADVERTISEMENT
                    && Icmpv6.isAbout(frame, target.address());
            case Condition.Icmp6Type types -> types.types().contains(Icmpv6.type(frame));
            case Condition.UdpPorts ports -> udp(frame, ports);
            case Condition.LinkLocalTcp ports -> linkLocalTcp(frame, ports);
        };
    }

    private static final int TCP = 6;
    private static final int TCP_PORTS_OCTETS = 4;

    private static boolean begins(long mac, long prefix, int lengthBits) {
        int shift = MAC_BITS - lengthBits;
        return mac >>> shift == prefix >>> shift;
    }

    private static boolean udp(Frame frame, Condition.UdpPorts ports) {
        int destination = Udp.destinationPort(frame);
        return destination >= 0 && (ports.destination() == -1 || ports.destination() == destination)
                && (ports.source() == -1 || ports.source() == Udp.sourcePort(frame));
    }

    private static boolean linkLocalTcp(Frame frame, Condition.LinkLocalTcp ports) {
        int at = Ipv6.upperOffset(frame, TCP, TCP_PORTS_OCTETS);
        return at >= 0 && Ipv6.source(frame).isLinkLocal() && Ipv6.destination(frame).isLinkLocal()
                && (ports.source() == -1 || ports.source() == frame.u16(at))
                && (ports.destination() == -1 || ports.destination() == frame.u16(at + 2));
    }

    Map<String, Long> counters() {
        Map<String, Long> copy = new LinkedHashMap<>();
        counters.forEach((name, dropped) -> copy.put(name, dropped[0]));
        return copy;
    }
}
