package org.limesh.bmx7;

import java.util.List;
import org.limesh.bmx7.wire.MetricParameters;
import org.limesh.bmx7.wire.RsaPrivateKey;
import org.limesh.bmx7.wire.TrustEntry;

/**
 * What a node is told at birth. Defaults of the genuine program: {@link #of}.
 *
 * @param nodeKey          names the node for ever
 * @param lastDescSqn      highest description number used before, 0 on the very first start; see
 *                         {@link Bmx7Event.DescriptionMade}
 * @param rsaLinkType      key type of link signatures, 0 for none
 * @param dhLinkType       key type of link MACs, 0 for none
 * @param linkKeyLifetimeS link keys are made anew after at most so long
 * @param ogmSqnRange      numbers of originator messages in one description, 1..8192
 * @param metric           how others shall rate paths to this node
 * @param trusts           nodes that may forward what leads here; null for all
 * @param supports         nodes whose description is kept in any case
 */
public record Bmx7Config(
        RsaPrivateKey nodeKey, int lastDescSqn, String hostname, int rsaLinkType, int dhLinkType,
        int linkKeyLifetimeS, int ogmSqnRange, MetricParameters metric, List<TrustEntry> trusts,
        List<TrustEntry> supports) {

    public Bmx7Config {
        trusts = trusts == null ? null : List.copyOf(trusts);
        supports = List.copyOf(supports);
        if (ogmSqnRange < 1 || ogmSqnRange > 8192 || linkKeyLifetimeS < 1) {
            throw new IllegalArgumentException("ogmSqnRange is 1 to 8192, linkKeyLifetime at least 1 s");
        }
    }

    /** The defaults. */
    public static Bmx7Config of(RsaPrivateKey nodeKey, int lastDescSqn, String hostname) {
        return new Bmx7Config(nodeKey, lastDescSqn, hostname, 4, 17, 6000, 6000, MetricParameters.DEFAULT,
                null, List.of());
    }

    /** The same, obeying a directory of trusted nodes. */
    public Bmx7Config trusting(TrustedNodes trusted) {
        return new Bmx7Config(nodeKey, lastDescSqn, hostname, rsaLinkType, dhLinkType, linkKeyLifetimeS,
                ogmSqnRange, metric, trusted.trusts(), trusted.supports());
    }

    /**
     * The first description number after a start: 11 on the first one, else clear of all that may have been
     * used.
     */
    int firstDescSqn() {
        return (lastDescSqn == 0 ? 10 : clearOf(lastDescSqn)) + 1;
    }

    /** A number clear of all that may have been used near this one; the numbers end at 2^32. */
    static int clearOf(int descSqn) {
        long next = (Integer.toUnsignedLong(descSqn) / 100 + 1) * 100 + 10;
        return (int) Math.min(next, 0xffff_fffeL);
    }
}
