package org.limesh.bmx7;

import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Hash;

/**
 * A piece of description data that is known by its hash.
 *
 * @param hash  over flags and body
 * @param flags bits 2..1: 0 = data, above = list of hashes
 */
record Content(Hash hash, int flags, byte[] body) {
    /** Longest body: what fits into one packet. */
    static final int MAX_OCTETS = 1197;

    static Content of(int flags, byte[] body) {
        return new Content(Hash.ofContent(flags, body), flags, body);
    }

    Bmx7Frame.ContentAdv frame() {
        return new Bmx7Frame.ContentAdv(flags, body);
    }
}
