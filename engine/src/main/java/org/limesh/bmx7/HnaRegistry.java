package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.Hna6;

/**
 * Who announces which network. Addresses in fd70::/12 come from the node id, so nobody can take another's;
 * other networks must not overlap: the node that comes second is refused.
 */
final class HnaRegistry {
    private static final Ip6Prefix CRYPTO = Ip6Prefix.parse("fd70::/12");

    private final Map<Hash, List<Ip6Prefix>> plainByNode = new LinkedHashMap<>();

    static boolean isCrypto(Ip6Prefix network) {
        return CRYPTO.contains(network.address()) && network.lengthBits() >= CRYPTO.lengthBits();
    }

    /** True for the primary address and the tunnel endpoints of a node. */
    static boolean isCryptoOf(Ip6Prefix network, Hash id) {
        Ip6Address primary = id.cryptoAddress(0);
        long lower112 = 0x0000_ffff_ffff_ffffL;
        return network.lengthBits() == 128 && isCrypto(network) && network.address().low() == primary.low()
                && (network.address().high() & lower112) == (primary.high() & lower112);
    }

    private static List<Ip6Prefix> plain(List<Hna6> hnas) {
        List<Ip6Prefix> plain = new ArrayList<>();
        for (Hna6 hna : hnas) {
            if (!isCrypto(hna.network())) {
                plain.add(hna.network());
            }
        }
        return plain;
    }

    /**
     * Takes the networks of a node in place of those it had.
     *
     * @return null, or the network that somebody else (or the same description) has already; then nothing
     * changed
     */
    Ip6Prefix claim(Hash id, List<Hna6> hnas) {
        List<Ip6Prefix> wanted = plain(hnas);
        for (int i = 0; i < wanted.size(); i++) {
            Ip6Prefix network = wanted.get(i);
            if (overlap(network, CRYPTO) || wanted.subList(0, i).stream().anyMatch(network::equals)) {
                return network;
            }
        }
        for (Map.Entry<Hash, List<Ip6Prefix>> entry : plainByNode.entrySet()) {
            if (!entry.getKey().equals(id)) {
                for (Ip6Prefix taken : entry.getValue()) {
                    for (Ip6Prefix network : wanted) {
                        if (overlap(network, taken)) {
                            return network;
                        }
                    }
                }
            }
        }
        if (wanted.isEmpty()) {
            plainByNode.remove(id);
        } else {
            plainByNode.put(id, wanted);
        }
        return null;
    }

    void release(Hash id) {
        plainByNode.remove(id);
    }

    private static boolean overlap(Ip6Prefix a, Ip6Prefix b) {
        return a.lengthBits() <= b.lengthBits() ? a.contains(b.address()) : b.contains(a.address());
    }
}
