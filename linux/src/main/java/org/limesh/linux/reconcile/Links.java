package org.limesh.linux.reconcile;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.limesh.base.VlanTag;
import org.limesh.host.HostState;
import org.limesh.host.HostState.Link;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.netlink.AddressInfo;
import org.limesh.linux.netlink.LinkInfo;

/**
 * The steps that make interfaces, bring them up, put them into bridges, and remove those of ours that are no
 * longer wanted.
 *
 * <p>VLAN devices and tunnels are the kernel's where it has the modules, and otherwise ours; both put the
 * same
 * octets on the wire.
 */
final class Links {
    /** {@code addr_gen_mode}: a link-local address out of the MAC, or none. */
    private static final String FROM_MAC = "0";
    private static final String NO_ADDRESS = "1";
    private static final int VLAN_TAG_OCTETS = 4;

    private final Walk walk;
    private final DeviceMaker devices;
    private final Set<String> foundUp = new LinkedHashSet<>();
    private final Set<String> made = new LinkedHashSet<>();
    private boolean kernelVlans = true;
    private boolean kernelTunnels = true;

    Links(Walk walk, DeviceMaker devices) {
        this.walk = walk;
        this.devices = devices;
    }

    void removeUnwanted(HostState desired) {
        Set<String> wanted = desired.links().stream().map(Link::name).collect(Collectors.toSet());
        for (String name : List.copyOf(made)) {
            if (!wanted.contains(name)) {
                remove(name);
                made.remove(name);
                walk.journal.forget(new Made.Link(name));
            }
        }
    }

    private void remove(String name) {
        LinkInfo found = walk.link(name);
        devices.remove(name);
        if (found == null || !walk.isOurs(found)) {
            return;
        }
        try {
            walk.kernel.deleteLink(found.index(), name);
        } catch (HostException gone) {
            if (!Undo.GONE.contains(gone.errno())) {
                throw gone;
            }
        }
        walk.linkChanged("interface " + name + " removed", false);
    }

    void exists(Link link) {
        LinkInfo found = walk.link(link.name());
        switch (link) {
            case Link.Existing existing -> existing(existing, found);
            case Link.Bridge bridge when found == null -> {
                note(bridge);
                walk.kernel.createBridge(bridge.name(), bridge.mac(), bridge.mtuOctets(), Reconciler.ALIAS);
                made(bridge, "bridge " + bridge.name() + " made");
            }
            case Link.Macvlan macvlan when found == null -> {
                LinkInfo parent = walk.link(macvlan.parent());
                if (parent != null) {
                    note(macvlan);
                    walk.kernel.createMacvlan(macvlan.name(), parent.index(), macvlan.mac(),
                            macvlan.mtuOctets(),
                            Reconciler.ALIAS);
                    made(macvlan, "macvlan " + macvlan.name() + " made");
                }
            }
            case Link.MeshTap tap when found == null -> {
                devices.mesh(tap.name());
                ours(tap, "interface " + tap.name() + " made");
            }
            case Link.Vlan vlan when found == null -> vlan(vlan);
            case Link.Tunnel tunnel when found == null -> tunnel(tunnel);
            case Link.Tunnel tunnel -> tunnelEnds(tunnel, found);
            case Link ours -> macAndMtu(found, ours);
        }
    }

    private void note(Link link) {
        walk.journal.note(new Made.Link(link.name()));
    }

    private void made(Link link, String what) {
        made.add(link.name());
        walk.linkChanged(what, walk.wasWanted(link));
        addressOf(link);
    }

    /** An interface behind which we are ourselves: it has its name from us, everything else from here. */
    private void ours(Link link, String what) {
        walk.kernel.setAlias(link.name(), Reconciler.ALIAS);
        made(link, what);
        macAndMtu(walk.link(link.name()), link);
    }

    private void existing(Link.Existing existing, LinkInfo found) {
        if (found == null) {
            walk.warnOnce(existing.name() + " is gone; its part of the node rests until it comes back");
            return;
        }
        if (walk.unwarn(existing.name() + " is gone")) {
            walk.changed(existing.name() + " came back", true);
        }
        frameSize(existing, found, existing.mtuOctets(), "batman-adv needs",
                "Full-size client frames will be lost on "
                + found.name() + "; clients that take their MTU from DHCP (1350) are not affected.");
    }

    private void vlan(Link.Vlan vlan) {
        LinkInfo parent = walk.link(vlan.parent());
        if (parent == null) {
            return;
        }
        if (kernelVlans) {
            try {
                note(vlan);
                walk.kernel.createVlan(vlan.name(), parent.index(), vlan.tag(), vlan.mac(), vlan.mtuOctets(),
                        Reconciler.ALIAS);
                made(vlan, "VLAN device " + vlan.name() + " made on " + parent.name());
                return;
            } catch (HostException refused) {
                if (refused.errno() != Errno.EOPNOTSUPP) {
                    throw refused;
                }
                kernelVlans = false;
            }
        }
        if (vlan.tag().tpid() == VlanTag.TPID_8021AD) {
            // Of a packet socket the kernel takes a frame longer than the MTU only where its tag is 802.1q.
            frameSize(vlan, parent, vlan.mtuOctets() + VLAN_TAG_OCTETS, vlan.name() + " needs",
                    "Full-size packets between"
                    + " clouds will be lost on " + parent.name()
                    + "; clients that take their MTU from DHCP (1350) are"
                    + " not affected.\n  With the module 8021q (modprobe 8021q) the kernel does it without "
                    + "more.");
        }
        devices.vlan(vlan);
        ours(vlan, "VLAN device " + vlan.name() + " made on " + parent.name()
                + " (a TAP: this kernel has no VLAN devices)");
    }

    private void tunnel(Link.Tunnel tunnel) {
        if (kernelTunnels) {
            try {
                note(tunnel);
                walk.kernel.createTunnel(tunnel.name(), tunnel.local(), tunnel.remote(), tunnel.mtuOctets(),
                        Reconciler.ALIAS);
                made(tunnel, "tunnel " + tunnel.name() + " made to " + tunnel.remote());
                return;
            } catch (HostException refused) {
                if (refused.errno() != Errno.EOPNOTSUPP) {
                    throw refused;
                }
                kernelTunnels = false;
            }
        }
        devices.tunnel(tunnel);
        ours(tunnel, "tunnel " + tunnel.name() + " made to " + tunnel.remote()
                + " (a TUN: this kernel has no ip6tnl)");
    }

    private void tunnelEnds(Link.Tunnel wanted, LinkInfo found) {
        if (found.ends() == null) {
            devices.change(wanted);
        } else if (!found.ends().equals(new LinkInfo.Ends(wanted.local(), wanted.remote()))) {
            walk.kernel.deleteLink(found.index(), found.name());
            walk.look();
            tunnel(wanted);
            return;
        }
        macAndMtu(found, wanted);
    }

    /** Before it comes up: then the kernel makes the link-local address, or none. */
    private void addressOf(Link link) {
        String mode = link instanceof Link.Tunnel ? NO_ADDRESS : FROM_MAC;
        String path = "net/ipv6/conf/" + link.name() + "/addr_gen_mode";
        if (Sysctls.read(path).filter(now -> !now.equals(mode)).isPresent()) {
            Sysctls.write(path, mode);
        }
    }

    private void macAndMtu(LinkInfo found, Link wanted) {
        if (found == null) {
            return;
        }
        if (found.mtuOctets() != wanted.mtuOctets()) {
            walk.kernel.setMtu(found.index(), found.name(), wanted.mtuOctets());
            walk.linkChanged("MTU of " + found.name() + " set to " + wanted.mtuOctets(),
                    walk.wasWanted(wanted));
        }
        var mac = switch (wanted) {
            case Link.Bridge bridge -> bridge.mac();
            case Link.Macvlan macvlan -> macvlan.mac();
            case Link.MeshTap tap -> tap.mac();
            case Link.Vlan vlan -> vlan.mac();
            case Link.Tunnel tunnel -> found.mac();
            case Link.Existing existing -> found.mac();
        };
        if (mac != null && !mac.equals(found.mac())) {
            walk.kernel.setMac(found.index(), found.name(), mac);
            walk.linkChanged("MAC of " + found.name() + " set to " + mac, walk.wasWanted(wanted));
        }
    }

    private void frameSize(Link link, LinkInfo found, int wantedOctets, String who, String consequence) {
        if (found.mtuOctets() >= wantedOctets) {
            if (walk.unwarn("the frame size of " + found.name() + " is ")) {
                walk.changed("the frame size of " + found.name() + " is " + found.mtuOctets()
                        + " now, which is enough", true);
            }
            return;
        }
        try {
            if (!walk.journal.knowsBefore("mtu", found.name())) {
                walk.journal.note(new Made.Mtu(found.name(), found.mtuOctets()));
            }
            walk.kernel.setMtu(found.index(), found.name(), wantedOctets);
            walk.linkChanged("frame size of " + found.name() + " raised from " + found.mtuOctets() + " to "
                    + wantedOctets, walk.wasWanted(link));
        } catch (HostException refused) {
            walk.warnOnce("the frame size of " + found.name() + " is " + found.mtuOctets() + "; " + who + " "
                    + wantedOctets + " here, its VLAN tag included, and the driver does not allow it ("
                    + refused.getMessage() + ").\n  " + consequence);
        }
    }

    void isUp(Link link) {
        LinkInfo found = walk.link(link.name());
        if (found != null && found.up()) {
            foundUp.add(link.name());
        }
        if (found != null && !found.up()) {
            // One that was up, went away and came back down is left up, as it was at first.
            if (link instanceof Link.Existing && !foundUp.contains(link.name())) {
                walk.journal.note(new Made.Up(link.name()));
            }
            walk.kernel.setUp(found.index(), found.name(), true);
            walk.linkChanged(found.name() + " brought up", walk.wasWanted(link));
        }
    }

    void bridgePort(HostState.BridgePort wanted) {
        LinkInfo port = walk.link(wanted.port());
        LinkInfo bridge = walk.link(wanted.bridge());
        if (port == null || bridge == null || port.masterIndex() == bridge.index()) {
            return;
        }
        if (!walk.isOurs(port)) {
            walk.journal.note(new Made.Port(wanted.port()));
        }
        walk.kernel.addresses().stream().filter(address -> address.index() == port.index()
                && isForPeople(address))
                .forEach(address -> walk.warnOnce(port.name() + " has the address "
                        + (address.address4() != null ? address.address4() : address.address6())
                        + "; as a port of " + bridge.name() + " it does not answer for it any more"));
        walk.kernel.setMaster(port.index(), port.name(), bridge.index());
        walk.linkChanged(port.name() + " made a port of " + bridge.name(), walk.wasWanted(wanted));
    }

    private static boolean isForPeople(AddressInfo address) {
        return address.address4() != null || !address.address6().address().isLinkLocal();
    }
}
