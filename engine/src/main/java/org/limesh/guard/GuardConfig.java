package org.limesh.guard;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;

/**
 * What a guard has to know of its node.
 *
 * @param node       name of the node among others: the MAC of its bridge
 * @param originator primary hard interface of layer 2; {@link MacAddress#ZERO} without layer 2
 * @param cloudId    see {@link #cloudId}
 * @param anycastMac of the gateway identity; null without one
 * @param address4   own IPv4 address of the node
 * @param gateway4   anycast IPv4 address; null without one
 * @param gateway6   anycast IPv6 address; null without one
 * @param ports      the client ports, in the order in which the guard numbers them
 */
public record GuardConfig(MacAddress node, MacAddress originator, long cloudId, MacAddress anycastMac,
        Ip4Address address4, Ip4Address gateway4, Ip6Address gateway6, List<ClientPort> ports) {
    private static final long FNV_BASIS = 0xcbf2_9ce4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01b3L;

    public GuardConfig {
        ports = List.copyOf(ports);
    }

    /**
     * A port for clients.
     *
     * @param name    of the interface
     * @param fixed   the configuration says that clients are here: what is heard is told, but changes nothing
     * @param meshToo the mesh runs here as well, so that mesh frames are nothing special
     */
    public record ClientPort(String name, boolean fixed, boolean meshToo) {}

    /** A number for the name of a cloud: FNV-1a, 64 bit, of the SSID. No secret and no proof. */
    public static long cloudId(String apSsid) {
        long hash = FNV_BASIS;
        for (byte octet : apSsid.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ octet & 0xff) * FNV_PRIME;
        }
        return hash;
    }
}
