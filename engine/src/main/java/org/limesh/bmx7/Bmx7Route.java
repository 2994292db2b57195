package org.limesh.bmx7;

import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.bmx7.wire.Hash;

/**
 * A route that the host shall have.
 *
 * @param network   destination
 * @param owner     node that announces it
 * @param metricBps metric of the path, bits per second; not the kernel's metric, which is always 1024
 */
public record Bmx7Route(Ip6Prefix network, NextHop nextHop, Hash owner, long metricBps) {
    /** @param device number of {@link Bmx7Engine#addDevice} */
    public record NextHop(Ip6Address linkLocal, int device, String deviceName) {}
}
