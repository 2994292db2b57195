package org.limesh.batadv;

import org.limesh.base.Octets;
import org.limesh.packet.Ethernet;

/** Reading of client frames as far as batman-adv cares: addresses, VLAN, and "is it mesh traffic itself?". */
final class InnerFrame {
    private static final int VLAN_TCI = 14;
    private static final int VLAN_TYPE = 16;
    private static final int VLAN_HEADER_OCTETS = 18;

    private InnerFrame() {}

    static long destination(byte[] octets, int at) {
        return Octets.mac(octets, at + Ethernet.DESTINATION);
    }

    static long source(byte[] octets, int at) {
        return Octets.mac(octets, at + Ethernet.SOURCE);
    }

    /** VLAN as the translation table counts it: 0 without a tag or with number 0. */
    static int vid(byte[] octets, int at, int limit) {
        if (limit - at < VLAN_HEADER_OCTETS
                || Octets.u16(octets, at + Ethernet.TYPE) != Ethernet.TYPE_8021Q) {
            return 0;
        }
        int number = Octets.u16(octets, at + VLAN_TCI) & 0xfff;
        return number == 0 ? 0 : 0x8000 | number;
    }

    /** True for batman-adv inside, also behind one VLAN tag: a mesh inside the mesh ends in a storm. */
    static boolean isMeshTraffic(byte[] octets, int at, int limit) {
        int type = Octets.u16(octets, at + Ethernet.TYPE);
        if (type == Ethernet.TYPE_8021Q && limit - at >= VLAN_HEADER_OCTETS) {
            type = Octets.u16(octets, at + VLAN_TYPE);
        }
        return type == Ethernet.TYPE_BATADV;
    }

    /** True for addresses that bridges keep to themselves: spanning tree, and one of old Extreme switches. */
    static boolean staysLocal(long destination) {
        return destination == 0x0180_c200_0000L || destination == 0xcf00_0000_0000L;
    }

    /** The MACs of loop detection frames are made up, never clients. */
    static boolean isLoopDetect(long source) {
        return source >>> 32 == 0xbabe;
    }
}
