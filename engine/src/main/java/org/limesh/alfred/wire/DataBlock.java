package org.limesh.alfred.wire;

import java.util.Arrays;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;

/**
 * One record as it travels.
 *
 * <pre>
 *  octet  0..5        6     7        8..9     10..
 *         source MAC  type  version  length   data
 * </pre>
 *
 * <p>(source, type) is the key of a record; the version is payload.
 *
 * @param source  node that the fact is about
 * @param type    0..255; 66 = leases, 1 = visualisation
 * @param version 0..255, given by whoever set the record
 * @param data    never written after construction
 */
public record DataBlock(MacAddress source, int type, int version, byte[] data) {
    public static final int HEADER_OCTETS = 10;
    /** Longest data that fits one datagram together with its headers. */
    public static final int MAX_DATA_OCTETS =
            AlfredMessage.MAX_DATAGRAM_OCTETS - AlfredMessage.PushData.FIXED_OCTETS - HEADER_OCTETS;

    public DataBlock {
        Invariant.check(data.length <= MAX_DATA_OCTETS, "a record fits one datagram");
    }

    public int lengthOctets() {
        return HEADER_OCTETS + data.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DataBlock block && source.equals(block.source) && type == block.type
                && version == block.version && Arrays.equals(data, block.data);
    }

    @Override
    public int hashCode() {
        return source.hashCode() * 31 + type;
    }
}
