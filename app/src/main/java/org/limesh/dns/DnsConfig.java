package org.limesh.dns;

import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.lime.NodePlan;

/**
 * Where a DNS server listens and whom it serves.
 *
 * @param port     53, or another for tests; 0 for any
 * @param anycast4 listens here, with the cloud's mask; clients from this network are served
 * @param anycast6 the same for IPv6
 * @param own4     the node's own address: questions to others never leave from the anycast address, since the
 *                 answer would come to whichever node is nearest
 * @param own6     the same for IPv6
 */
public record DnsConfig(int port, Ip4Prefix anycast4, Ip6Prefix anycast6, Ip4Address own4, Ip6Address own6) {
    public static final int PORT = 53;

    /** @param plan with clients */
    public static DnsConfig of(NodePlan plan) {
        return new DnsConfig(PORT, new Ip4Prefix(plan.anycast().address4().address(), plan.address4().lengthBits()),
                plan.anycast().address6(), plan.address4().address(), plan.address6().address());
    }
}
