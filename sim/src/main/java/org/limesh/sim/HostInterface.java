package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.packet.Arp;
import org.limesh.packet.Icmpv6;

/** One interface of a host that has addresses, and the neighbours that can be reached through it. */
final class HostInterface implements Neighbours.Wire {
    /** What an interface is made of. */
    enum Kind {
        BRIDGE, MACVLAN, VLAN, PORT, TUNNEL;

        /** On the bridge or a macvlan of it: frames go through the ports of the bridge. */
        boolean isBridged() {
            return this == BRIDGE || this == MACVLAN;
        }
    }

    /** Where frames of an interface go. */
    interface Output {
        void transmit(HostInterface from, Frame frame, Trace trace);
    }

    final String name;
    final Kind kind;
    final long mac;
    final int mtuOctets;
    /** Null for all but a tunnel. */
    final Ip6Address tunnelLocal;
    final Ip6Address tunnelRemote;
    /** Null without a MAC. */
    final Ip6Address linkLocal;
    final List<Ip4Prefix> addresses4 = new ArrayList<>();
    final List<Ip6Prefix> addresses6 = new ArrayList<>();
    final Neighbours neighbours;
    /** For {@link Kind#VLAN} and {@link Kind#PORT}. */
    SimDevice device;
    int tagCode;
    boolean ignoresForeignArp;
    boolean clampsMss;
    private final Output output;

    HostInterface(Simulation sim, String name, Kind kind, long mac, int mtuOctets, Output output) {
        this.name = name;
        this.kind = kind;
        this.mac = mac;
        this.mtuOctets = mtuOctets;
        this.tunnelLocal = null;
        this.tunnelRemote = null;
        this.linkLocal = Ip6Address.linkLocalOf(new MacAddress(mac));
        this.neighbours = new Neighbours(sim, this);
        this.output = output;
    }

    /** A tunnel. */
    HostInterface(String name, Ip6Address local, Ip6Address remote, int mtuOctets) {
        this.name = name;
        this.kind = Kind.TUNNEL;
        this.mac = 0;
        this.mtuOctets = mtuOctets;
        this.tunnelLocal = local;
        this.tunnelRemote = remote;
        this.linkLocal = null;
        this.neighbours = null;
        this.output = null;
    }

    /** True when an interface made for the same link may stay, with what it knows of its neighbours. */
    boolean isSame(Kind otherKind, long otherMac, int otherMtuOctets) {
        return kind == otherKind && mac == otherMac && mtuOctets == otherMtuOctets;
    }

    void forgetAddresses() {
        addresses4.clear();
        addresses6.clear();
        if (linkLocal != null) {
            addresses6.add(new Ip6Prefix(linkLocal, 64));
        }
    }

    boolean has4(int address) {
        for (Ip4Prefix prefix : addresses4) {
            if (prefix.address().bits() == address) {
                return true;
            }
        }
        return false;
    }

    boolean has6(Ip6Address address) {
        for (Ip6Prefix prefix : addresses6) {
            if (prefix.address().equals(address)) {
                return true;
            }
        }
        return false;
    }

    /** The address it speaks to this target from: one of the target's network first; 0 without any. */
    int source4For(Ip4Address target) {
        for (Ip4Prefix prefix : addresses4) {
            if (prefix.contains(target)) {
                return prefix.address().bits();
            }
        }
        return addresses4.isEmpty() ? 0 : addresses4.getFirst().address().bits();
    }

    /** Sends a frame as it is. */
    void transmit(Frame frame, Trace trace) {
        output.transmit(this, frame, trace);
    }

    @Override
    public void ask(Object address) {
        if (address instanceof Ip4Address target && !addresses4.isEmpty()) {
            transmit(Arp.request(mac, source4For(target), target.bits()), null);
        } else if (address instanceof Ip6Address target) {
            transmit(Icmpv6.neighbourSolicitation(mac, linkLocal, target), null);
        }
    }

    @Override
    public void emit(Frame frame, Trace trace) {
        transmit(frame, trace);
    }

    @Override
    public String toString() {
        return name;
    }
}
