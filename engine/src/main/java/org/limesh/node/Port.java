package org.limesh.node;

import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.VlanTag;

/** A place where frames enter and leave a node. Its number is its place in {@link Node#ports()}. */
public sealed interface Port {
    /** Name for people, e.g. {@code eth0_29}, {@code bat0}, {@code anygw}. */
    String name();

    /**
     * Hard interface of batman-adv. Frames on it are Ethernet frames without the VLAN tag; the host puts
     * it on and takes it off, and listens for {@code mac} besides the device's own.
     *
     * @param tag null when untagged
     */
    record Hardif(String name, String device, VlanTag tag, MacAddress mac, int mtuOctets, boolean wifi)
            implements Port {}

    /** The engine's end of the mesh TAP: what the bridge sends to the cloud arrives here. */
    record Mesh(String name) implements Port {}

    /**
     * The anycast gateway's socket: frames with UDP port 67 over IPv4 or 547 over IPv6, and router
     * solicitations that the anycast device hears.
     */
    record Anycast(String name) implements Port {}

    /**
     * The bridge's own ear for ARP: questions leave from it with the bridge's MAC, answers (and nothing else)
     * arrive.
     */
    record Arp(String name, String device) implements Port {}

    /**
     * The bridge's own ear for answers to ICMPv6 echo: questions leave from it with the bridge's MAC and
     * link-local address, answers (and nothing else) arrive.
     */
    record Echo(String name, String device) implements Port {}

    /**
     * The uplink's socket for the DHCP client: IPv4 frames with UDP destination port 68, with the device's
     * own MAC.
     */
    record Uplink(String name, String device) implements Port {}

    /**
     * Listens past the bridge to what tells who is at a client port, and asks there; see
     * {@link org.limesh.guard.Guard#wants}. Untagged.
     */
    record Ear(String name, String device) implements Port {}

    /**
     * UDP over IPv6 on a link: one end at the device's own link-local address, and what comes for a group.
     *
     * @param device  whose link-local address (by EUI-64) is the source
     * @param udpPort source and destination
     * @param group   multicast group that is listened to as well
     */
    record Datagram(String name, String device, int udpPort, Ip6Address group) implements Port {}
}
