package org.limesh.lab.api;

import java.util.List;

/**
 * Which frames are wanted.
 *
 * @param nodes  names of nodes; empty for all
 * @param ifaces names of interfaces as in {@link CapturedFrame#iface}; empty for all
 */
public record CaptureFilter(List<String> nodes, List<String> ifaces) {
    public static final CaptureFilter ALL = new CaptureFilter(List.of(), List.of());

    public CaptureFilter {
        nodes = List.copyOf(nodes);
        ifaces = List.copyOf(ifaces);
    }

    public boolean accepts(String node, String iface) {
        return (nodes.isEmpty() || nodes.contains(node)) && (ifaces.isEmpty() || ifaces.contains(iface));
    }
}
