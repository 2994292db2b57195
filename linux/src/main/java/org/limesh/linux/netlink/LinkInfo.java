package org.limesh.linux.netlink;

import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;

/**
 * An interface as the kernel has it.
 *
 * @param carrier     whether it is up and something is at the other end
 * @param masterIndex bridge it is a port of, 0 for none
 * @param parentIndex interface below it (macvlan, VLAN), 0 for none
 * @param kind        {@code bridge}, {@code macvlan}, {@code vlan}, {@code tun} ..., empty for hardware
 * @param alias       free text of whoever made it
 * @param mac         null when it has no Ethernet address
 * @param ends        of a tunnel made by the kernel; else null
 */
public record LinkInfo(int index, String name, boolean up, boolean carrier, int mtuOctets, MacAddress mac,
        int masterIndex, int parentIndex, String kind, String alias, Ends ends) {

    /** Outer addresses of a tunnel. */
    public record Ends(Ip6Address local, Ip6Address remote) {}
}
