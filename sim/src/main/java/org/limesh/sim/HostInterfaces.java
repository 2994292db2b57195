package org.limesh.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.host.HostState;

/** Makes the interfaces with addresses that a desired state names, and keeps those that stay the same. */
final class HostInterfaces {
    private static final String ARP_IGNORE = "net/ipv4/conf/%s/arp_ignore";
    private static final int ETHERNET_MTU_OCTETS = 1500;

    private final Simulation sim;
    private final SimNode node;
    private final HostInterface.Output toBridge;
    private final HostInterface.Output toDevice = (from, frame, trace) ->
            from.device.transmit(from.tagCode, frame, trace);
    private final Map<String, HostInterface> byName = new LinkedHashMap<>();
    private final List<HostInterface> bridged = new ArrayList<>();
    private final Tunnels tunnels = new Tunnels();
    private HostState state = HostState.EMPTY;

    HostInterfaces(Simulation sim, SimNode node, HostInterface.Output toBridge) {
        this.sim = sim;
        this.node = node;
        this.toBridge = toBridge;
    }

    Map<String, HostInterface> byName() {
        return byName;
    }

    Collection<HostInterface> all() {
        return byName.values();
    }

    HostInterface get(String name) {
        return byName.get(name);
    }

    /** The bridge and what sits on it. */
    List<HostInterface> bridged() {
        return bridged;
    }

    Tunnels tunnels() {
        return tunnels;
    }

    HostInterface bridge() {
        for (HostInterface each : bridged) {
            if (each.kind == HostInterface.Kind.BRIDGE) {
                return each;
            }
        }
        return null;
    }

    /** Makes them anew where something changed; true when interfaces came or went. */
    boolean realize(HostState wanted) {
        boolean links = state.links() != wanted.links() && !state.links().equals(wanted.links())
                || !state.bridgePorts().equals(wanted.bridgePorts());
        boolean settings = links || !state.sysctls().equals(wanted.sysctls())
                || !state.mssClamps().equals(wanted.mssClamps());
        boolean addresses = links || !state.addresses4().equals(wanted.addresses4())
                || !state.addresses6().equals(wanted.addresses6());
        state = wanted;
        if (links) {
            makeLinks();
        }
        if (settings) {
            set();
        }
        if (addresses) {
            address();
        }
        return links;
    }

    private void makeLinks() {
        Map<String, HostInterface> before = new LinkedHashMap<>(byName);
        byName.clear();
        bridged.clear();
        tunnels.clear();
        for (HostState.Link link : state.links()) {
            HostInterface made = make(link, before.get(link.name()));
            if (made != null) {
                byName.put(made.name, made);
                if (made.kind.isBridged()) {
                    bridged.add(made);
                } else if (made.kind == HostInterface.Kind.TUNNEL) {
                    tunnels.add(made);
                }
            }
        }
        for (SimDevice device : node.deviceList()) {
            List<HostInterface> on = new ArrayList<>();
            byName.values().forEach(each -> {
                if (each.device == device) {
                    on.add(each);
                }
            });
            device.setInterfaces(on.toArray(new HostInterface[0]));
        }
    }

    private HostInterface make(HostState.Link link, HostInterface before) {
        return switch (link) {
            case HostState.Link.Bridge made -> keepOrMake(before, made.name(), HostInterface.Kind.BRIDGE,
                    made.mac(), made.mtuOctets(), toBridge);
            case HostState.Link.Macvlan made -> keepOrMake(before, made.name(), HostInterface.Kind.MACVLAN,
                    made.mac(), made.mtuOctets(), toBridge);
            case HostState.Link.MeshTap unused -> null;
            case HostState.Link.Vlan made -> vlan(before, made);
            case HostState.Link.Tunnel made -> tunnel(before, made);
            case HostState.Link.Existing made -> port(before, made);
        };
    }

    private HostInterface keepOrMake(HostInterface before, String name, HostInterface.Kind kind,
            MacAddress mac,
            int mtuOctets, HostInterface.Output output) {
        return before != null && before.isSame(kind, mac.bits(), mtuOctets) ? before
                : new HostInterface(sim, name, kind, mac.bits(), mtuOctets, output);
    }

    private HostInterface vlan(HostInterface before, HostState.Link.Vlan wanted) {
        SimDevice parent = node.deviceOrNull(wanted.parent());
        if (parent == null) {
            return null;
        }
        HostInterface made = keepOrMake(before, wanted.name(), HostInterface.Kind.VLAN, wanted.mac(),
                wanted.mtuOctets(), toDevice);
        made.device = parent;
        made.tagCode = SimDevice.tagCode(wanted.tag());
        return made;
    }

    private static HostInterface tunnel(HostInterface before, HostState.Link.Tunnel wanted) {
        boolean same = before != null && before.kind == HostInterface.Kind.TUNNEL
                && wanted.local().equals(before.tunnelLocal) && wanted.remote().equals(before.tunnelRemote);
        return same ? before
                : new HostInterface(wanted.name(), wanted.local(), wanted.remote(), wanted.mtuOctets());
    }

    /** An interface of its own where the host speaks without a tag: the uplink, an untagged device of BMX7. */
    private HostInterface port(HostInterface before, HostState.Link.Existing wanted) {
        SimDevice device = node.deviceOrNull(wanted.name());
        boolean bridgePort = state.bridgePorts().stream().anyMatch(each -> each.port().equals(wanted.name()));
        if (device == null || bridgePort || !node.speaksUntagged(wanted.name())) {
            return null;
        }
        HostInterface made = keepOrMake(before, wanted.name(), HostInterface.Kind.PORT,
                new MacAddress(device.mac()),
                ETHERNET_MTU_OCTETS, toDevice);
        made.device = device;
        made.tagCode = SimDevice.tagCode(null);
        return made;
    }

    private void set() {
        Map<String, String> sysctls = new LinkedHashMap<>();
        state.sysctls().forEach(sysctl -> sysctls.put(sysctl.path(), sysctl.value()));
        for (HostInterface each : byName.values()) {
            String arpIgnore = sysctls.get(String.format(ARP_IGNORE, each.name));
            each.ignoresForeignArp = arpIgnore != null && !arpIgnore.equals("0");
            each.clampsMss = state.mssClamps().contains(each.name);
        }
    }

    private void address() {
        byName.values().forEach(HostInterface::forgetAddresses);
        for (HostState.Address4 address : state.addresses4()) {
            HostInterface on = byName.get(address.device());
            if (on != null) {
                on.addresses4.add(address.address());
            }
        }
        for (HostState.Address6 address : state.addresses6()) {
            HostInterface on = byName.get(address.device());
            if (on != null) {
                on.addresses6.add(address.address());
            }
        }
    }

    boolean has4(int address) {
        for (HostInterface each : byName.values()) {
            if (each.has4(address)) {
                return true;
            }
        }
        return false;
    }

    /** True for an address of this host; a link-local one counts on its own interface only. */
    boolean has6(HostInterface in, Ip6Address address) {
        if (address.isLinkLocal()) {
            return in.has6(address);
        }
        for (HostInterface each : byName.values()) {
            if (each.has6(address)) {
                return true;
            }
        }
        return false;
    }
}
