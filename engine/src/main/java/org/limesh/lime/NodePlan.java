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
 * @param bmx7       layer 3; null without {@code bmx7}
 * @param wan        the uplink to the Internet; null without
 * @param fixedPorts client ports that a person says are such, whatever is heard there
 * @param alfredOnLan whether shared data are believed on client ports too: genuine nodes on a LAN cable
 * @param sharedState leases over HTTP as well, as LibreMesh nodes of today do it; null without
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
        List<String> lanPorts,
        Bmx7 bmx7,
        Wan wan,
        List<String> fixedPorts,
        boolean alfredOnLan,
        SharedState sharedState) {

    public NodePlan {
        lanPorts = List.copyOf(lanPorts);
        fixedPorts = List.copyOf(fixedPorts);
    }

    /** A plan whose client ports are what is heard there. */
    public NodePlan(String hostname, String domain, MacAddress primaryMac, String apSsid, Ip4Prefix address4,
            Ip6Prefix address6, Anycast anycast, Batadv batadv, List<String> lanPorts, Bmx7 bmx7, Wan wan) {
        this(hostname, domain, primaryMac, apSsid, address4, address6, anycast, batadv, lanPorts, bmx7, wan, List.of(),
                false, null);
    }

    /**
     * LibreMesh's {@code shared-state}.
     *
     * @param candidates peers besides the neighbours that are found, as written: {@code http://HOST[:PORT]/PATH}, to
     *                   which a slash and the type of the data are added
     */
    public record SharedState(List<String> candidates) {
        public SharedState {
            candidates = List.copyOf(candidates);
        }
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
     * @param newClientsPerSecond clients without a lease that are served per second, after a burst of five times as
     *                         many: 10
     * @param resolvers        upstream DNS servers of the configuration, as written: an address, or
     *                         {@code /DOMAIN/ADDRESS} for the names of another cloud
     */
    public record Anycast(
            MacAddress mac,
            Ip4Prefix address4,
            Ip6Prefix address6,
            Ip4Address dhcpFirst,
            Ip4Address dhcpLast,
            int clientMtuOctets,
            int leaseTimeSeconds,
            int newClientsPerSecond,
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
     * BMX7.
     *
     * @param devices          in the order of the devices; br-lan and the uplink may be among them, untagged
     * @param overCloud        whether BMX7's packets may cross the cloud's layer 2; else a rule keeps them out
     * @param publishOwnAddresses whether the node's own /32 and /128 are announced beside the cloud's networks
     * @param preferredGateway host name of the Internet gateway that the configuration prefers, or null
     * @param onlyTrusted      whether only nodes of the trusted-nodes directory are believed
     * @param enoughBps        an exit that announces at least this is fast enough: then the path decides
     */
    public record Bmx7(List<Bmx7Device> devices, boolean overCloud, boolean publishOwnAddresses,
            String preferredGateway, boolean onlyTrusted, long enoughBps) {
        /** What the genuine program takes for enough. */
        public static final long USUAL_ENOUGH_BPS = 1000;

        public Bmx7 {
            devices = List.copyOf(devices);
        }

        /** With the usual bandwidth for enough. */
        public Bmx7(List<Bmx7Device> devices, boolean overCloud, boolean publishOwnAddresses, String preferredGateway,
                boolean onlyTrusted) {
            this(devices, overCloud, publishOwnAddresses, preferredGateway, onlyTrusted, USUAL_ENOUGH_BPS);
        }
    }

    /**
     * An interface that BMX7 speaks on, from its link-local address.
     *
     * @param name       e.g. {@code wlan0-mesh_18}; equal to {@code parent} when untagged
     * @param parent     e.g. {@code wlan0-mesh}
     * @param tag        null when untagged
     * @param mac        of the VLAN device; null when untagged
     * @param mtuOctets  1500
     * @param wifi       a radio: its rate and loss count differently
     * @param rateMaxBps bits per second; 0 for what is usual for such a device
     */
    public record Bmx7Device(String name, String parent, VlanTag tag, MacAddress mac, int mtuOctets, boolean wifi,
            long rateMaxBps) {}

    /**
     * The uplink.
     *
     * @param device   e.g. {@code eth0}
     * @param address4 fixed address, or null for the DHCP client
     * @param gateway4 fixed gateway; null with the DHCP client
     * @param share    what of it others get
     * @param probes   how it is found out whether it leads to the Internet
     */
    public record Wan(String device, Ip4Prefix address4, Ip4Address gateway4, Share share, Probes probes) {
        /** Shared while there is Internet, the usual questions asked. */
        public Wan(String device, Ip4Prefix address4, Ip4Address gateway4) {
            this(device, address4, gateway4, Share.USUAL, Probes.USUAL);
        }
    }

    /**
     * @param policy       {@code off}, {@code auto} (while there is Internet) or {@code always} (while there is an
     *                     address)
     * @param bandwidthBps announced, bits per second; 0 when nobody said
     * @param files        fetched to measure the line, {@code http://HOST[:PORT]/PATH}; empty: not measured
     */
    public record Share(String policy, long bandwidthBps, List<String> files) {
        public static final Share USUAL = new Share("auto", 0);

        public Share {
            files = List.copyOf(files);
        }

        /** Not measured. */
        public Share(String policy, long bandwidthBps) {
            this(policy, bandwidthBps, List.of());
        }
    }

    /**
     * Questions to the Internet, as written; null where the usual ones are asked, empty for no such question.
     *
     * @param ping    IPv4 addresses
     * @param dns     IPv4 addresses of DNS servers
     * @param dnsName name whose address they are asked for
     * @param http    pages and what they hold: {@code http://HOST[:PORT]/PATH BODY}
     */
    public record Probes(List<String> ping, List<String> dns, String dnsName, List<String> http) {
        public static final Probes USUAL = new Probes(null, null, null, null);

        public Probes {
            ping = ping == null ? null : List.copyOf(ping);
            dns = dns == null ? null : List.copyOf(dns);
            http = http == null ? null : List.copyOf(http);
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
