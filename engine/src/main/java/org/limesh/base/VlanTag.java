package org.limesh.base;

/**
 * Tag that a link protocol's frames carry on a shared cable or radio.
 *
 * @param tpid tag protocol: {@link #TPID_8021AD} or {@link #TPID_8021Q}
 * @param id   1..4094
 */
public record VlanTag(int tpid, int id) {
    public static final int TPID_8021AD = 0x88a8;
    public static final int TPID_8021Q = 0x8100;

    public VlanTag {
        if (tpid != TPID_8021AD && tpid != TPID_8021Q) {
            throw new IllegalArgumentException("a VLAN tag is 802.1ad or 802.1q, not 0x" + Integer.toHexString(tpid));
        }
        if (id < 1 || id > 4094) {
            throw new IllegalArgumentException("a VLAN id is 1 to 4094, not " + id);
        }
    }

    @Override
    public String toString() {
        return (tpid == TPID_8021AD ? "802.1ad " : "802.1q ") + id;
    }
}
