package org.limesh.bench;

import java.lang.management.ManagementFactory;

/** CPU time of the calling thread: other programs on the machine do not count. */
final class CpuTime {
    private CpuTime() {}

    static long nowNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
