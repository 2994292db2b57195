package org.limesh.lime;

import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;

/**
 * Everything that follows from SSID, MAC and configuration, before any protocol runs.
 *
 * @param hostname   sanitised host name, e.g. {@code LiMe-123456}
 * @param domain     DNS domain of the cloud, e.g. {@code thisnode.info}
 * @param primaryMac MAC of the primary interface: the node's identity
 * @param apSsid     the SSID that names the cloud
 * @param address4   own IPv4 address with the mask the interface gets
 * @param address6   own IPv6 address with prefix length
 * @param anycast    the gateway identity that all nodes of the cloud share; null without {@code anygw}
 * @param batadv     layer 2 of the cloud; null without {@code batadv}
 * @param lanPorts   interfaces bridged into br-lan for clients
 */
public record NodePlan(
        String hostname,
        String domain,
        MacAddress primaryMac,
        String apSsid,
        Ip4Prefix address4,
        Ip6Prefix address6,
        Anycast anycast,
        Batadv batadv,
        List<String> lanPorts) {

    public NodePlan {
        lanPorts = List.copyOf(lanPorts);
    }

    /**
     * The anycast gateway.
     *
     * @param mac              e.g. {@code aa:aa:aa:0d:fe:aa}
     * @param address4         lowest host of the cloud's IPv4 network, with the node's mask
     * @param address6         {@code ::1} of the cloud's IPv6 network, always /64
     * @param dhcpFirst        lowest address for clients
     * @param dhcpLast         highest address for clients
     * @param clientMtuOctets  DHCP option 26: 1350
     * @param leaseTimeSeconds 3600
     * @param resolvers        upstream DNS servers of the configuration, as written
     */
    public record Anycast(
            MacAddress mac,
            Ip4Prefix address4,
            Ip6Prefix address6,
            Ip4Address dhcpFirst,
            Ip4Address dhcpLast,
            int clientMtuOctets,
            int leaseTimeSeconds,
            List<String> resolvers) {
        public Anycast {
            resolvers = List.copyOf(resolvers);
        }
    }

    /**
     * batman-adv of the cloud.
     *
     * @param origIntervalMs originator interval
     * @param algorithm      {@code BATMAN_IV} or {@code BATMAN_V}
     * @param hardifs        hard interfaces in the order of the devices; the first is the primary
     */
    public record Batadv(int origIntervalMs, String algorithm, List<Hardif> hardifs) {
        public Batadv {
            hardifs = List.copyOf(hardifs);
        }
    }

    /**
     * A hard interface: a VLAN of a device.
     *
     * @param name      e.g. {@code eth0_29}; equal to the device when untagged
     * @param device    e.g. {@code eth0}
     * @param tag       null when untagged
     * @param mac       own MAC of the hard interface (never the bridge's)
     * @param mtuOctets wanted MTU, 1532 or 1496
     * @param wifi      true for a radio device: broadcasts are repeated and the penalty differs
     */
    public record Hardif(String name, String device, VlanTag tag, MacAddress mac, int mtuOctets, boolean wifi) {}
}
