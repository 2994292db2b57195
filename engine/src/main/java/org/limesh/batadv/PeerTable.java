package org.limesh.batadv;

import java.util.Arrays;
import org.limesh.base.Octets;
import org.limesh.batadv.wire.TtTvlv;

/** What is known of the translation table of another originator: version, and a checksum per VLAN. */
final class PeerTable {
    /** Clients of one VLAN. */
    static final class Vlan {
        final int vid;
        int clients;
        /** Of the entries as they are now. */
        int crc;
        /**
         * As it was after the last change set or full table was applied. Compared with announcements: an
         * entry that changes in between (a client that roams to us) must not look like a table gone wrong.
         */
        int comparedCrc;

        Vlan(int vid) {
            this.vid = vid;
        }
    }

    /** A fresh table knows the untagged VLAN, empty, as in the genuine program. */
    private Vlan[] vlans = {new Vlan(0)};
    /** True once a table was applied. */
    boolean initialised;
    int ttvn;
    /** Change records of the last diff, for answering in place of the originator; null when unknown. */
    byte[] lastChanges;
    int clients;
    /** When a table was requested last; meaningful while {@link #requested}. */
    long requestedNs;
    boolean requested;

    Vlan vlan(int vid) {
        for (Vlan vlan : vlans) {
            if (vlan.vid == vid) {
                return vlan;
            }
        }
        return null;
    }

    /** Null when there are too many. */
    Vlan vlanOrNew(int vid) {
        Vlan known = vlan(vid);
        if (known != null || vlans.length >= BatadvLimits.VLANS_PER_ORIGINATOR) {
            return known;
        }
        vlans = Arrays.copyOf(vlans, vlans.length + 1);
        vlans[vlans.length - 1] = new Vlan(vid);
        return vlans[vlans.length - 1];
    }

    void clientAdded(Vlan vlan) {
        vlan.clients++;
        clients++;
    }

    void clientRemoved(int vid) {
        clients--;
        Vlan vlan = vlan(vid);
        if (--vlan.clients == 0) {
            Vlan[] left = new Vlan[vlans.length - 1];
            for (int i = 0, to = 0; i < vlans.length; i++) {
                if (vlans[i] != vlan) {
                    left[to++] = vlans[i];
                }
            }
            vlans = left;
        }
    }

    /** The state now is what announcements are compared with from here on. */
    void settle() {
        for (Vlan vlan : vlans) {
            vlan.comparedCrc = vlan.crc;
        }
    }

    /** True when the announced VLAN records are exactly what is known. */
    boolean matches(byte[] octets, int at, int vlanCount) {
        if (vlans.length > vlanCount) {
            return false;
        }
        for (int i = 0; i < vlanCount; i++) {
            int record = at + i * TtTvlv.VLAN_OCTETS;
            Vlan vlan = vlan(Octets.u16(octets, record + TtTvlv.VLAN_VID));
            if (vlan == null || vlan.comparedCrc != Octets.i32(octets, record + TtTvlv.VLAN_CRC)) {
                return false;
            }
        }
        return true;
    }

    int vlanCount() {
        return vlans.length;
    }

    /** Writes the VLAN records as they are compared. */
    void putVlans(byte[] octets, int at) {
        for (int i = 0; i < vlans.length; i++) {
            TtTvlv.putVlan(octets, at + i * TtTvlv.VLAN_OCTETS, vlans[i].comparedCrc, vlans[i].vid);
        }
    }
}
