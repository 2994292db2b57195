package org.limesh.sim;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.host.HostState;
import org.limesh.packet.Checksum;
import org.limesh.packet.Icmpv4;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Tcp;
import org.limesh.packet.Udp;

/**
 * Network address translation of what leaves through an uplink: the device's own address as source, a port
 * (or echo number) that is free, and the way back for answers. TCP, UDP and echo; anything else is dropped,
 * and so are fragments, which carry no port.
 *
 * <pre>
 *   10.13.7.9:40001 → 1.1.1.1:80        becomes 192.168.1.100:40001 → 1.1.1.1:80
 *   192.168.1.100:40001 ← 1.1.1.1:80    becomes 10.13.7.9:40001 ← 1.1.1.1:80
 * </pre>
 */
final class Masquerades {
    /** Sessions; the one used longest ago makes room. */
    static final int SESSIONS_LIMIT = 4096;
    private static final long FORGOTTEN_NS = 300 * SimTime.SECOND;
    private static final int FIRST_PORT = 32_768;
    private static final int PORTS = 28_232;

    private record Inside(int protocol, int source, int sourcePort, int destination, int destinationPort) {}

    private record Outside(int protocol, int remote, int remotePort, int own, int ownPort) {}

    private static final class Session {
        final Inside inside;
        final Outside outside;
        long usedNs;

        Session(Inside inside, Outside outside) {
            this.inside = inside;
            this.outside = outside;
        }
    }

    private final Map<Inside, Session> byInside = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Outside, Session> byOutside = new LinkedHashMap<>();
    private List<HostState.Masquerade> wanted = List.of();
    private int nextPort;

    void load(List<HostState.Masquerade> masquerades) {
        wanted = masquerades;
    }

    boolean covers(HostInterface out, int source) {
        for (HostState.Masquerade masquerade : wanted) {
            if (masquerade.device().equals(out.name)) {
                return masquerade.except() == null || !masquerade.except().contains(new Ip4Address(source));
            }
        }
        return false;
    }

    private boolean isOn(HostInterface device) {
        for (HostState.Masquerade masquerade : wanted) {
            if (masquerade.device().equals(device.name)) {
                return true;
            }
        }
        return false;
    }

    int sessions() {
        return byInside.size();
    }

    /**
     * Gives a packet that leaves the device's address. False when that can not be: then it is to be dropped.
     */
    boolean leave(Frame packet, HostInterface out, long nowNs) {
        int protocol = Ipv4.protocol(packet);
        int at = ports(packet);
        int own = out.source4For(new Ip4Address(Ipv4.destination(packet)));
        if (at < 0 || own == 0) {
            return false;
        }
        boolean echo = protocol == Ipv4.PROTOCOL_ICMP;
        int source = Ipv4.source(packet);
        int destination = Ipv4.destination(packet);
        Inside inside = new Inside(protocol, source, packet.u16(at), destination,
                echo ? 0 : packet.u16(at + 2));
        Session session = byInside.get(inside);
        if (session != null && session.outside.own != own) {
            forget(session);
            session = null;
        }
        if (session == null) {
            session = open(inside, own, nowNs);
        }
        session.usedNs = nowNs;
        rewrite(packet, Ipv4.BASE + 12, source, own, at, session.outside.ownPort, protocol);
        return true;
    }

    private Session open(Inside inside, int own, long nowNs) {
        if (byInside.size() >= SESSIONS_LIMIT) {
            Iterator<Session> oldest = byInside.values().iterator();
            Session first = oldest.next();
            oldest.remove();
            byOutside.remove(first.outside);
        }
        Outside outside = outside(inside, own, inside.sourcePort);
        for (int tried = 0; byOutside.containsKey(outside) && tried < PORTS; tried++) {
            Session taken = byOutside.get(outside);
            if (nowNs - taken.usedNs > FORGOTTEN_NS) {
                forget(taken);
            } else {
                outside = outside(inside, own, FIRST_PORT + nextPort++ % PORTS);
            }
        }
        Session session = new Session(inside, outside);
        byInside.put(inside, session);
        byOutside.put(outside, session);
        return session;
    }

    private static Outside outside(Inside inside, int own, int port) {
        return new Outside(inside.protocol, inside.destination, inside.destinationPort, own, port);
    }

    private void forget(Session session) {
        byInside.remove(session.inside);
        byOutside.remove(session.outside);
    }

    /** Gives an answer that comes in its old destination back; true when it is one. */
    boolean enter(Frame packet, HostInterface in, long nowNs) {
        if (!isOn(in)) {
            return false;
        }
        int protocol = Ipv4.protocol(packet);
        int at = ports(packet);
        if (at < 0) {
            return false;
        }
        boolean echo = protocol == Ipv4.PROTOCOL_ICMP;
        int ownPortAt = echo ? at : at + 2;
        int own = Ipv4.destination(packet);
        Session session = byOutside.get(new Outside(protocol, Ipv4.source(packet), echo ? 0 : packet.u16(at),
                own,
                packet.u16(ownPortAt)));
        if (session == null || nowNs - session.usedNs > FORGOTTEN_NS) {
            return false;
        }
        session.usedNs = nowNs;
        rewrite(packet, Ipv4.BASE + 16, own, session.inside.source, ownPortAt, session.inside.sourcePort,
                protocol);
        return true;
    }

    /** Position of the ports, or of the number of an echo; -1 for what can not be translated. */
    private static int ports(Frame packet) {
        if (Ipv4.isFragment(packet)) {
            return -1;
        }
        return switch (Ipv4.protocol(packet)) {
            case Ipv4.PROTOCOL_ICMP -> switch (Icmpv4.type(packet)) {
                case Icmpv4.ECHO_REQUEST, Icmpv4.ECHO_REPLY -> Ipv4.payloadOffset(packet) + 4;
                default -> -1;
            };
            case Ipv4.PROTOCOL_TCP -> Tcp.offset(packet);
            case Ipv4.PROTOCOL_UDP -> Udp.offset(packet);
            default -> -1;
        };
    }

    private static void rewrite(Frame packet, int addressAt, int before, int after, int portAt, int port,
            int protocol) {
        int portBefore = packet.u16(portAt);
        packet.put32(addressAt, after);
        packet.put16(portAt, port);
        mendAddress(packet, Ipv4.BASE + 10, before, after);
        int upper = Ipv4.payloadOffset(packet);
        int checksumAt = upper + switch (protocol) {
            case Ipv4.PROTOCOL_TCP -> 16;
            case Ipv4.PROTOCOL_UDP -> 6;
            default -> 2;
        };
        if (protocol == Ipv4.PROTOCOL_UDP && packet.u16(checksumAt) == 0) {
            return;
        }
        if (protocol != Ipv4.PROTOCOL_ICMP) {
            mendAddress(packet, checksumAt, before, after);
        }
        packet.put16(checksumAt, Checksum.update(packet.u16(checksumAt), portBefore, port));
    }

    private static void mendAddress(Frame packet, int checksumAt, int before, int after) {
        int sum = Checksum.update(packet.u16(checksumAt), before >>> 16, after >>> 16);
        packet.put16(checksumAt, Checksum.update(sum, before & 0xffff, after & 0xffff));
    }
}
