package org.limesh.batadv.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * Value of the translation table container (type 4, version 1).
 *
 * <pre>
 *  octet  0      1     2..3   then per VLAN (8)           then per change (12)
 *         flags  ttvn  vlans  crc (4) vid (2) zero (2)    flags (1) zero (3) client (6) vid (2)
 * </pre>
 *
 * @param flags   kind in the low four bits ({@link #DIFF}, {@link #REQUEST}, {@link #RESPONSE}) and {@link
 *                #FULL}
 * @param ttvn    table version, 8 bits
 * @param vlans   checksum of every VLAN that has clients
 * @param changes change records, or clients of a full table
 */
public record TtTvlv(int flags, int ttvn, List<Vlan> vlans, List<Change> changes) {
    public static final int HEADER_OCTETS = 4;
    public static final int VLAN_OCTETS = 8;
    public static final int CHANGE_OCTETS = 12;

    public static final int FLAGS = 0;
    public static final int TTVN = 1;
    public static final int VLAN_COUNT = 2;
    /** Inside a VLAN record. */
    public static final int VLAN_CRC = 0;
    public static final int VLAN_VID = 4;
    /** Inside a change record. */
    public static final int CHANGE_FLAGS = 0;
    public static final int CHANGE_CLIENT = 4;
    public static final int CHANGE_VID = 10;

    public static final int DIFF = 0x01;
    public static final int REQUEST = 0x02;
    public static final int RESPONSE = 0x04;
    public static final int KIND_MASK = 0x0f;
    public static final int FULL = 0x10;

    /** @param vid as on the wire: 0, or 0x8000 or-ed with the 12-bit id */
    public record Vlan(int crc, int vid) {}

    /** @param flags one octet, see {@code TtFlags} */
    public record Change(int flags, MacAddress client, int vid) {}

    public TtTvlv {
        Invariant.check((flags | ttvn) >>> 8 == 0, "flags and TTVN have eight bits");
        vlans = List.copyOf(vlans);
        changes = List.copyOf(changes);
    }

    /** True when {@code vlans * 8} octets fit into a value of this length. */
    public static boolean wellFormed(byte[] octets, int at, int valueOctets) {
        return valueOctets >= HEADER_OCTETS
                && Octets.u16(octets, at + VLAN_COUNT) * VLAN_OCTETS <= valueOctets - HEADER_OCTETS;
    }

    /** A VLAN id that a client can have: untagged, or the tag bit with twelve bits. */
    public static boolean legalVid(int vid) {
        return vid == 0 || (vid & 0xf000) == 0x8000;
    }

    /** Reads the value at {@code at}, all of {@code valueOctets}. */
    public static Decoded<TtTvlv> parse(byte[] octets, int at, int valueOctets) {
        if (octets.length - at < valueOctets || !wellFormed(octets, at, valueOctets)) {
            return new Decoded.Malformed<>("truncated", at);
        }
        int vlanCount = Octets.u16(octets, at + VLAN_COUNT);
        int changeCount = (valueOctets - HEADER_OCTETS - vlanCount * VLAN_OCTETS) / CHANGE_OCTETS;
        List<Vlan> vlans = new ArrayList<>(vlanCount);
        int position = at + HEADER_OCTETS;
        for (int i = 0; i < vlanCount; i++, position += VLAN_OCTETS) {
            vlans.add(new Vlan(Octets.i32(octets, position + VLAN_CRC), Octets.u16(octets,
                    position + VLAN_VID)));
        }
        List<Change> changes = new ArrayList<>(changeCount);
        for (int i = 0; i < changeCount; i++, position += CHANGE_OCTETS) {
            int vid = Octets.u16(octets, position + CHANGE_VID);
            if (!legalVid(vid)) {
                return new Decoded.Malformed<>("vid", position + CHANGE_VID);
            }
            changes.add(new Change(Octets.u8(octets, position + CHANGE_FLAGS),
                    new MacAddress(Octets.mac(octets, position + CHANGE_CLIENT)), vid));
        }
        return new Decoded.Valid<>(new TtTvlv(Octets.u8(octets, at + FLAGS), Octets.u8(octets, at + TTVN),
                vlans, changes));
    }

    public int lengthOctets() {
        return HEADER_OCTETS + vlans.size() * VLAN_OCTETS + changes.size() * CHANGE_OCTETS;
    }

    /** Writes the value. */
    public void emit(byte[] octets, int at) {
        Arrays.fill(octets, at, at + lengthOctets(), (byte) 0);
        Octets.put8(octets, at + FLAGS, flags);
        Octets.put8(octets, at + TTVN, ttvn);
        Octets.put16(octets, at + VLAN_COUNT, vlans.size());
        int position = at + HEADER_OCTETS;
        for (Vlan vlan : vlans) {
            putVlan(octets, position, vlan.crc(), vlan.vid());
            position += VLAN_OCTETS;
        }
        for (Change change : changes) {
            putChange(octets, position, change.flags(), change.client().bits(), change.vid());
            position += CHANGE_OCTETS;
        }
    }

    public static void putVlan(byte[] octets, int at, int crc, int vid) {
        Octets.put32(octets, at + VLAN_CRC, crc);
        Octets.put16(octets, at + VLAN_VID, vid);
        Octets.put16(octets, at + VLAN_VID + 2, 0);
    }

    public static void putChange(byte[] octets, int at, int flags, long client, int vid) {
        Octets.put32(octets, at + CHANGE_FLAGS, flags << 24);
        Octets.putMac(octets, at + CHANGE_CLIENT, client);
        Octets.put16(octets, at + CHANGE_VID, vid);
    }
}
