package org.limesh.lab;

import java.util.function.Function;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.lab.scenario.FrameFilter;
import org.limesh.lab.scenario.FrameFilter.Expression;
import org.limesh.lab.scenario.FrameFilter.Field;
import org.limesh.lab.scenario.FrameFilter.Value;
import org.limesh.lime.NodePlan;
import org.limesh.packet.Ethernet;

/**
 * Says whether a filter matches a frame. A comparison looks at the frame itself and at the client's frame
 * inside a batman-adv frame.
 */
final class FrameMatcher {
    private static final int BATADV_BROADCAST = 0x01;
    private static final int BATADV_UNICAST = 0x40;
    private static final int BATADV_UNICAST_4ADDR = 0x42;
    /** Lengths of the batman-adv headers in front of a client's frame. */
    private static final int BROADCAST_OCTETS = 14;
    private static final int UNICAST_OCTETS = 10;
    private static final int UNICAST_4ADDR_OCTETS = 18;
    private static final int IPV6_HEADER_OCTETS = 40;
    private static final int NEIGHBOUR_SOLICITATION = 135;
    private static final int NEIGHBOUR_ADVERTISEMENT = 136;

    private final FrameFilter filter;
    private final Function<String, NodePlan.Anycast> anycastOf;

    /** @param anycastOf gateway identity of a cloud of the scenario; null when it has none */
    FrameMatcher(FrameFilter filter, Function<String, NodePlan.Anycast> anycastOf) {
        this.filter = filter;
        this.anycastOf = anycastOf;
    }

    boolean matches(Frame frame) {
        return frame.length() >= Ethernet.HEADER_OCTETS && holds(filter.expression(), frame);
    }

    private boolean holds(Expression expression, Frame frame) {
        return switch (expression) {
            case Expression.And(var left, var right) -> holds(left, frame) && holds(right, frame);
            case Expression.Or(var left, var right) -> holds(left, frame) || holds(right, frame);
            case Expression.Not(var inner) -> !holds(inner, frame);
            case Expression.Is(var protocol) -> {
                int inner = innerOffset(frame);
                yield is(protocol, frame, 0) || inner > 0 && is(protocol, frame, inner);
            }
            case Expression.Compare compare -> {
                int inner = innerOffset(frame);
                yield compares(compare, frame, 0) || inner > 0 && compares(compare, frame, inner);
            }
        };
    }

    /** Where the client's frame begins inside a batman-adv frame; -1 when there is none. */
    private static int innerOffset(Frame frame) {
        if (Ethernet.type(frame) != Ethernet.TYPE_BATADV || frame.length() <= Ethernet.HEADER_OCTETS) {
            return -1;
        }
        int header = switch (frame.u8(Ethernet.HEADER_OCTETS)) {
            case BATADV_BROADCAST -> BROADCAST_OCTETS;
            case BATADV_UNICAST -> UNICAST_OCTETS;
            case BATADV_UNICAST_4ADDR -> UNICAST_4ADDR_OCTETS;
            default -> -1;
        };
        int inner = Ethernet.HEADER_OCTETS + header;
        return header < 0 || frame.length() < inner + Ethernet.HEADER_OCTETS ? -1 : inner;
    }

    private static boolean is(FrameFilter.Protocol protocol, Frame frame, int at) {
        int type = frame.u16(at + Ethernet.TYPE);
        return switch (protocol) {
            case ARP -> type == Ethernet.TYPE_ARP;
            case IP -> type == Ethernet.TYPE_IPV4;
            case IP6 -> type == Ethernet.TYPE_IPV6;
            case BATADV -> type == Ethernet.TYPE_BATADV;
        };
    }

    private boolean compares(Expression.Compare compare, Frame frame, int at) {
        Field field = compare.field();
        if (field == Field.ND_TARGET) {
            Ip6Address target = neighbourTarget(frame, at);
            return target != null && target.equals(address6(compare.value())) != compare.negated();
        }
        long found = number(field, frame, at);
        return found >= 0 && found == wanted(field, compare.value()) != compare.negated();
    }

    /** The field's value as a number, or -1 when the frame has no such field. */
    private static long number(Field field, Frame frame, int at) {
        int payload = at + Ethernet.HEADER_OCTETS;
        return switch (field) {
            case ETH_DST -> frame.mac(at + Ethernet.DESTINATION);
            case ETH_SRC -> frame.mac(at + Ethernet.SOURCE);
            case ETH_TYPE -> frame.u16(at + Ethernet.TYPE);
            case ARP_SENDER -> arp(frame, at) ? u32(frame, payload + 14) : -1;
            case ARP_TARGET -> arp(frame, at) ? u32(frame, payload + 24) : -1;
            case IP_SRC -> ip(frame, at) ? u32(frame, payload + 12) : -1;
            case IP_DST -> ip(frame, at) ? u32(frame, payload + 16) : -1;
            case UDP_SRC -> udpPort(frame, at, 0);
            case UDP_DST -> udpPort(frame, at, 2);
            case ND_TARGET -> -1;
        };
    }

    private long wanted(Field field, Value value) {
        return switch (value) {
            case Value.Mac(var mac) -> mac.bits();
            case Value.Ip4(var address) -> address.bits() & 0xffff_ffffL;
            case Value.Number(var number) -> number;
            case Value.Ip6 ip6 -> -2;
            case Value.Anycast(var cloud) -> {
                NodePlan.Anycast anycast = anycastOf.apply(cloud);
                if (anycast == null) {
                    yield -2;
                }
                yield field == Field.ETH_DST || field == Field.ETH_SRC ? anycast.mac().bits()
                        : anycast.address4().address().bits() & 0xffff_ffffL;
            }
        };
    }

    private Ip6Address address6(Value value) {
        return switch (value) {
            case Value.Ip6(var address) -> address;
            case Value.Anycast(var cloud) -> {
                NodePlan.Anycast anycast = anycastOf.apply(cloud);
                yield anycast == null ? null : anycast.address6().address();
            }
            default -> null;
        };
    }

    private static boolean arp(Frame frame, int at) {
        return frame.u16(at + Ethernet.TYPE) == Ethernet.TYPE_ARP && frame.length() >= at
                + Ethernet.HEADER_OCTETS + 28;
    }

    private static boolean ip(Frame frame, int at) {
        return frame.u16(at + Ethernet.TYPE) == Ethernet.TYPE_IPV4 && frame.length() >= at
                + Ethernet.HEADER_OCTETS + 20;
    }

    private static long u32(Frame frame, int at) {
        return (long) frame.u16(at) << 16 | frame.u16(at + 2);
    }

    private static long udpPort(Frame frame, int at, int offset) {
        int payload = at + Ethernet.HEADER_OCTETS;
        int udp;
        if (ip(frame, at) && frame.u8(payload + 9) == 17 && (frame.u16(payload + 6) & 0x1fff) == 0) {
            udp = payload + 4 * (frame.u8(payload) & 15);
        } else if (frame.u16(at + Ethernet.TYPE) == Ethernet.TYPE_IPV6 && frame.length() >= payload
                + IPV6_HEADER_OCTETS
                && frame.u8(payload + 6) == 17) {
            udp = payload + IPV6_HEADER_OCTETS;
        } else {
            return -1;
        }
        return frame.length() < udp + 8 ? -1 : frame.u16(udp + offset);
    }

    private static Ip6Address neighbourTarget(Frame frame, int at) {
        int icmp = at + Ethernet.HEADER_OCTETS + IPV6_HEADER_OCTETS;
        if (frame.u16(at + Ethernet.TYPE) != Ethernet.TYPE_IPV6 || frame.length() < icmp + 24
                || frame.u8(at + Ethernet.HEADER_OCTETS + 6) != 58) {
            return null;
        }
        int type = frame.u8(icmp);
        boolean neighbour = type == NEIGHBOUR_SOLICITATION || type == NEIGHBOUR_ADVERTISEMENT;
        return neighbour ? new Ip6Address(i64(frame, icmp + 8), i64(frame, icmp + 16)) : null;
    }

    private static long i64(Frame frame, int at) {
        return u32(frame, at) << 32 | u32(frame, at + 4);
    }
}
