package org.limesh.bmx7.wire;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Octets;

/**
 * One node of a TRUSTS or SUPPORTS list; ids ascend.
 *
 * <pre>
 *  octet  0..27     28..29
 *         node id   level 2 bits, reserved 14
 * </pre>
 */
public record TrustEntry(Hash nodeId, int level) {
    static final int OCTETS = Hash.LENGTH_OCTETS + 2;

    public static Decoded<List<TrustEntry>> parse(byte[] octets) {
        if (octets.length % OCTETS != 0) {
            return new Decoded.Malformed<>("trust_length", 0);
        }
        List<TrustEntry> all = new ArrayList<>();
        for (int at = 0; at < octets.length; at += OCTETS) {
            Hash id = Hash.read(octets, at);
            if (!all.isEmpty() && all.getLast().nodeId.compareTo(id) >= 0) {
                return new Decoded.Malformed<>("trust_order", at);
            }
            all.add(new TrustEntry(id, Octets.u8(octets, at + Hash.LENGTH_OCTETS) >>> 6));
        }
        return new Decoded.Valid<>(List.copyOf(all));
    }

    /** The list in the order the wire wants. */
    public static byte[] emit(List<TrustEntry> all) {
        List<TrustEntry> sorted = all.stream().sorted((a, b) -> a.nodeId.compareTo(b.nodeId)).toList();
        byte[] octets = new byte[OCTETS * sorted.size()];
        for (int i = 0; i < sorted.size(); i++) {
            sorted.get(i).nodeId.write(octets, OCTETS * i);
            octets[OCTETS * i + Hash.LENGTH_OCTETS] = (byte) (sorted.get(i).level << 6);
        }
        return octets;
    }
}
