package org.limesh.lime;

import org.limesh.base.MacAddress;

/** Names, addresses and frame sizes of hard interfaces. */
public final class Hardifs {
    /** Linux keeps 16 octets for a name, its end included. */
    public static final int MAX_NAME_CHARS = 15;
    /** A full client frame and batman-adv's header. */
    private static final int MTU_OCTETS = 1532;
    /** Many Ethernet drivers carry no more than 1500 octets, four of which the tag takes. */
    private static final int MTU_ON_ETH_OCTETS = 1496;

    private Hardifs() {}

    /**
     * @param name      of the VLAN device
     * @param shortened whether the base name had to be cut
     */
    record Named(String name, boolean shortened) {}

    /**
     * Name of a VLAN device: other characters than letters, digits and {@code -} become {@code -}, then
     * {@code _} and the id, e.g. {@code eth0-1_29}. An untagged hard interface is the device itself.
     */
    static Named name(String device, int vlanId) {
        if (vlanId == 0) {
            return new Named(device, false);
        }
        String base = device.replaceAll("[^A-Za-z0-9-]", "-");
        String suffix = "_" + vlanId;
        boolean shortened = base.length() + suffix.length() > MAX_NAME_CHARS;
        if (shortened) {
            // Three digits of the identity keep long names apart that begin alike.
            String digits = NetworkId.ofInterface(device).digits().substring(0, 3);
            base = base.substring(0, MAX_NAME_CHARS - suffix.length() - digits.length()) + digits;
        }
        return new Named(base + suffix, shortened);
    }

    /**
     * MAC of a hard interface: {@code 02}, bytes 2 and 3 of the identity of the device's name, M4, M5, M6.
     * Bridge loop avoidance takes the originator's MAC as a source, so it must not equal the bridge's.
     */
    public static MacAddress mac(String device, MacAddress primaryMac) {
        NetworkId id = NetworkId.ofInterface(device);
        return new MacAddress(0x02L << 40 | (long) id.octet(2) << 32 | (long) id.octet(3) << 24
                | NodeAddress.ownNumber(primaryMac));
    }

    /** Wanted MTU: 1496 on {@code eth<n>}, 1532 elsewhere. */
    static int mtuOctets(String device) {
        return device.startsWith("eth") ? MTU_ON_ETH_OCTETS : MTU_OCTETS;
    }
}
