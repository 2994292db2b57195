package org.limesh.batadv.wire;

import org.limesh.base.Decoded;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * Value of a roaming advertisement (type 5, version 1): "this client of yours is with me now".
 *
 * <pre>
 *  octet  0..5    6..7
 *         client  vid
 * </pre>
 */
public record RoamTvlv(MacAddress client, int vid) {
    public static final int VALUE_OCTETS = 8;
    public static final int CLIENT = 0;
    public static final int VID = 6;

    /** Reads the value at {@code at}; more than eight octets are tolerated, as the genuine program does. */
    public static Decoded<RoamTvlv> parse(byte[] octets, int at, int valueOctets) {
        if (valueOctets < VALUE_OCTETS || octets.length - at < VALUE_OCTETS) {
            return new Decoded.Malformed<>("truncated", at);
        }
        long client = Octets.mac(octets, at + CLIENT);
        if (client == 0 || MacAddress.isMulticast(client)) {
            return new Decoded.Malformed<>("client_address", at + CLIENT);
        }
        int vid = Octets.u16(octets, at + VID);
        if (!TtTvlv.legalVid(vid)) {
            return new Decoded.Malformed<>("vid", at + VID);
        }
        return new Decoded.Valid<>(new RoamTvlv(new MacAddress(client), vid));
    }

    /** Writes the eight octets of the value. */
    public void emit(byte[] octets, int at) {
        Octets.putMac(octets, at + CLIENT, client.bits());
        Octets.put16(octets, at + VID, vid);
    }
}
