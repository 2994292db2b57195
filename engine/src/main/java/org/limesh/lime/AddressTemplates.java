package org.limesh.lime;

/**
 * Which template a node's addresses are made from. Without layer 2 every node is a cloud of its own, so the built-in
 * networks are then the node's and not the cloud's; what somebody configured stays as it is.
 */
final class AddressTemplates {
    /** Neighbouring MACs differ in their last byte, so nodes bought together do not collide. */
    static final String NETWORK4_OF_NODE = "10.%N1.%M6.2/24";
    private static final String NETWORK6_OF_NODE = "fd%N1:%N2%N3:%M5%M6::2/64";

    private AddressTemplates() {}

    /** @param alone whether the node has layer 3 and no layer 2 */
    static String of4(LimeConfig config, boolean alone) {
        return of(config.option("network", "main_ipv4_address"), alone, NETWORK4_OF_NODE);
    }

    /** @param alone as in {@link #of4} */
    static String of6(LimeConfig config, boolean alone) {
        return of(config.option("network", "main_ipv6_address"), alone, NETWORK6_OF_NODE);
    }

    private static String of(UciOption option, boolean alone, String ofNode) {
        return alone && option.origin().file().equals(LimeDefaults.NAME) ? ofNode : option.text();
    }
}
