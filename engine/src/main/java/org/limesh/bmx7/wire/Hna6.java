package org.limesh.bmx7.wire;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.Octets;

/**
 * One network that a node announces.
 *
 * <pre>
 *  octet  0               1                       2..17
 *         prefix length   flags, bit 0: no route   address
 * </pre>
 *
 * @param network without host bits
 * @param routed  false for a tunnel endpoint: announced, so that nobody else takes it, but not to be routed
 */
public record Hna6(Ip6Prefix network, boolean routed) {
    public static final int OCTETS = 18;
    private static final int NO_ROUTE = 1;

    /** Reads a list. */
    public static Decoded<List<Hna6>> parse(byte[] octets) {
        if (octets.length % OCTETS != 0) {
            return new Decoded.Malformed<>("hna_length", 0);
        }
        List<Hna6> all = new ArrayList<>();
        for (int at = 0; at < octets.length; at += OCTETS) {
            int lengthBits = Octets.u8(octets, at);
            if (lengthBits > 128) {
                return new Decoded.Malformed<>("hna_prefix_length", at);
            }
            Ip6Prefix network = new Ip6Prefix(Bytes.address(octets, at + 2), lengthBits);
            if (!network.masked().equals(network)) {
                return new Decoded.Malformed<>("hna_host_bits", at);
            }
            all.add(new Hna6(network, (octets[at + 1] & NO_ROUTE) == 0));
        }
        return new Decoded.Valid<>(List.copyOf(all));
    }

    public static byte[] emit(List<Hna6> all) {
        byte[] octets = new byte[OCTETS * all.size()];
        for (int i = 0; i < all.size(); i++) {
            octets[OCTETS * i] = (byte) all.get(i).network.lengthBits();
            octets[OCTETS * i + 1] = (byte) (all.get(i).routed ? 0 : NO_ROUTE);
            Bytes.putAddress(octets, OCTETS * i + 2, all.get(i).network.address());
        }
        return octets;
    }
}
