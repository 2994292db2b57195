package org.limesh.node;

import org.limesh.guard.PortPolicy;
import org.limesh.host.HostState;
import org.limesh.lime.NodePlan;

/** What the host shall look like, told to it only when that is different from what it was told last. */
final class DesiredHost {
    private final NodePlan plan;
    private final NodeHost host;
    /** Null without layer 3. */
    private final Layer3 layer3;
    /** Without routes; and the policy that it was made with. */
    private HostState plainHost;
    private PortPolicy plainPolicy;
    private HostState applied;

    /** @param layer3 may be null */
    DesiredHost(NodePlan plan, NodeHost host, Layer3 layer3) {
        this.plan = plan;
        this.host = host;
        this.layer3 = layer3;
    }

    /** @param policy what shall be done about the client ports */
    void apply(PortPolicy policy) {
        // Routes change often, the rest of the host hardly ever.
        if (plainHost == null || !policy.equals(plainPolicy)) {
            plainHost = HostPlan.of(plan, policy);
            plainPolicy = policy;
        }
        HostState desired = layer3 == null ? plainHost : layer3.extend(plainHost);
        if (!desired.equals(applied)) {
            applied = desired;
            host.apply(desired);
        }
    }
}
