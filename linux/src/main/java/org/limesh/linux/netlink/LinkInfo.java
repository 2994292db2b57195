package org.limesh.linux.netlink;

import org.limesh.base.MacAddress;

/**
 * An interface as the kernel has it.
 *
 * @param masterIndex bridge it is a port of, 0 for none
 * @param parentIndex interface below it (macvlan), 0 for none
 * @param kind        {@code bridge}, {@code macvlan}, {@code tun} ..., empty for hardware
 * @param alias       free text of whoever made it
 * @param mac         null when it has no Ethernet address
 */
public record LinkInfo(int index, String name, boolean up, int mtuOctets, MacAddress mac, int masterIndex,
        int parentIndex, String kind, String alias) {}
