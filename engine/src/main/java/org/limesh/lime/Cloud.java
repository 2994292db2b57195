package org.limesh.lime;

/**
 * A cloud: everything that follows from its name alone.
 *
 * @param apSsid the name
 * @param id     its identity
 */
public record Cloud(String apSsid, NetworkId id) {
    /** Lowest VLAN id of batman-adv; the offset makes the default cloud (N1 = 13) use exactly it. */
    static final int FIRST_BATADV_VLAN = 29;
    private static final int N1_OF_DEFAULT_CLOUD = 13;
    public static final int BMX7_VLAN = 18;
    public static final int BABELD_VLAN = 17;

    public static Cloud of(String apSsid) {
        return new Cloud(apSsid, NetworkId.ofSsid(apSsid));
    }

    /** {@code 29 + ((N1 - 13) mod 256)}: 29..284. */
    public int batadvVlan() {
        return FIRST_BATADV_VLAN + Math.floorMod(id.octet(1) - N1_OF_DEFAULT_CLOUD, 256);
    }
}
