package org.limesh.host;

import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;

/**
 * "Drop and count a frame for which all of these hold." The policy of every hook is to accept.
 *
 * <p>{@code linux} compiles rules to nft (family bridge), {@code sim} interprets them.
 *
 * @param hook       where in the bridge the rule looks
 * @param counter    name under which dropped frames are counted, e.g. {@code anycast.from_cloud.source}
 * @param conditions all must hold; at least one
 * @param blames     whether the host also keeps by which port and from which MAC such frames came, see
 *                   {@link FilterReport.Offender}
 */
public record FilterRule(Hook hook, String counter, List<Condition> conditions, boolean blames) {
    /** Ports and MACs that are kept for each rule that blames; frames of further ones are dropped all the same. */
    public static final int MAX_BLAMED = 128;
    /** How long they are kept after the last such frame. */
    public static final int BLAMED_FOR_MINUTES = 10;

    public FilterRule {
        conditions = List.copyOf(conditions);
    }

    /** A rule that blames nobody. */
    public FilterRule(Hook hook, String counter, List<Condition> conditions) {
        this(hook, counter, conditions, false);
    }

    /** Where a frame is looked at, in the order it passes. */
    public enum Hook {
        /** A frame that came in on a bridge port, whoever it is for. */
        PREROUTING,
        /** A frame on its way from one port to another. */
        FORWARD,
        /** A frame about to leave through a port, forwarded or made here. */
        POSTROUTING
    }

    /** One thing to look at. */
    public sealed interface Condition {
        /** Came in on one of these ports, or, negated, on none of them. */
        record InPort(List<String> ports, boolean negated) implements Condition {
            public InPort {
                ports = List.copyOf(ports);
            }
        }

        /** Leaves on one of these ports. */
        record OutPort(List<String> ports) implements Condition {
            public OutPort {
                ports = List.copyOf(ports);
            }
        }

        /** Ethernet source begins with these octets. */
        record EtherSource(long prefixBits, int prefixLengthBits) implements Condition {}

        /** Ethernet destination begins with these octets. */
        record EtherDestination(long prefixBits, int prefixLengthBits) implements Condition {}

        /** Ethernet type (the inner one when there is a tag is not looked at). */
        record EtherType(int type) implements Condition {}

        /** A VLAN tag, of customer or provider, is the first thing behind the addresses. */
        record VlanTagged() implements Condition {}

        /** IPv4 with this source address. */
        record Ip4Source(Ip4Address address) implements Condition {}

        /** IPv6 with this source address. */
        record Ip6Source(Ip6Address address) implements Condition {}

        /** IPv4 or IPv6 wrapped in IPv6, whose outer source is in this network. */
        record Tunnelled(Ip6Prefix source) implements Condition {}

        /** ARP with this sender address. */
        record ArpSender(Ip4Address address) implements Condition {}

        /** ARP with this target address. */
        record ArpTarget(Ip4Address address) implements Condition {}

        /** IPv6 neighbour solicitation or advertisement about this target. */
        record NeighbourTarget(Ip6Address address) implements Condition {}

        /** IPv6 neighbour advertisement about this target. */
        record NeighbourAdvertised(Ip6Address address) implements Condition {}

        /** ICMPv6 of one of these types. */
        record Icmp6Type(List<Integer> types) implements Condition {
            public Icmp6Type {
                types = List.copyOf(types);
            }
        }

        /** UDP over IPv4 or IPv6; -1 for "any port". */
        record UdpPorts(int source, int destination) implements Condition {}

        /** TCP between link-local IPv6 addresses; -1 for "any port". */
        record LinkLocalTcp(int source, int destination) implements Condition {}
    }
}
