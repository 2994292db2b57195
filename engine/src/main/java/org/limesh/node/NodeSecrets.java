package org.limesh.node;

import org.limesh.bmx7.KeySource;
import org.limesh.bmx7.TrustedNodes;
import org.limesh.bmx7.VerificationCache;
import org.limesh.bmx7.wire.RsaPrivateKey;

/**
 * What makes a node the same node after a restart, and where its secrets come from.
 *
 * @param nodeKey     names the node in the routed network for ever
 * @param lastDescSqn highest description number used before, 0 at the first start; the next ones are told by
 *                    {@link org.limesh.bmx7.Bmx7Event.DescriptionMade}
 * @param keys        link keys and chains
 * @param cache       may be shared by all nodes of a process
 * @param trusted     the trusted-nodes directory; null without one. Counts only with {@code bmx7_enable_pki}
 */
public record NodeSecrets(RsaPrivateKey nodeKey, int lastDescSqn, KeySource keys, VerificationCache cache,
        TrustedNodes trusted) {
    /** Without a trusted-nodes directory. */
    public NodeSecrets(RsaPrivateKey nodeKey, int lastDescSqn, KeySource keys, VerificationCache cache) {
        this(nodeKey, lastDescSqn, keys, cache, null);
    }

    /** The same after another description. */
    public NodeSecrets withLastDescSqn(int descSqn) {
        return new NodeSecrets(nodeKey, descSqn, keys, cache, trusted);
    }
}
