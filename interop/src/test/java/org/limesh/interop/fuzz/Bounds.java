package org.limesh.interop.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * The three oracles of a fuzz target: whatever the input, no throwable (the fuzzer sees it), little
 * processor time, and little memory taken. A first breach is measured again, since the first run of a path
 * loads classes and a busy machine disturbs.
 *
 * <p>While the fuzzer is at work its hooks in strings and patterns take memory of their own, more than the
 * readers of texts do, so for texts the memory is judged in the ordinary test run over the kept inputs only.
 */
final class Bounds {
    /** For the message of one frame. */
    static final Bounds PER_FRAME = new Bounds(64 * 1024, 4, true);
    /** For a DNS answer of the server that was asked: a library reads it, and names in it are compressed. */
    static final Bounds PER_DNS_ANSWER = new Bounds(256 * 1024, 64, true);
    /** For a text that a person wrote, where every problem becomes a sentence with an excerpt. */
    static final Bounds PER_TEXT = new Bounds(256 * 1024, 512, System.getenv("JAZZER_FUZZ") == null);

    private static final long MAX_CPU_NS = 10_000_000;
    private static final int MEASUREMENTS = 4;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long fixedOctets;
    private final long octetsPerInputOctet;
    private final boolean judgesMemory;

    private Bounds(long fixedOctets, long octetsPerInputOctet, boolean judgesMemory) {
        this.fixedOctets = fixedOctets;
        this.octetsPerInputOctet = octetsPerInputOctet;
        this.judgesMemory = judgesMemory;
    }

    void check(byte[] input, Runnable target) {
        check(input.length, 1, target);
    }

    /** @param times how many frames or texts the input holds */
    void check(int inputOctets, int times, Runnable target) {
        long maxOctets = judgesMemory ? (fixedOctets + octetsPerInputOctet * inputOctets) * times : Long.MAX_VALUE;
        long maxCpuNs = MAX_CPU_NS * times;
        long octets = Long.MAX_VALUE;
        long cpuNs = Long.MAX_VALUE;
        for (int i = 0; i < MEASUREMENTS && (i == 0 || octets > maxOctets || cpuNs > maxCpuNs); i++) {
            long octetsBefore = THREADS.getCurrentThreadAllocatedBytes();
            long cpuBefore = THREADS.getCurrentThreadCpuTime();
            target.run();
            cpuNs = Math.min(cpuNs, THREADS.getCurrentThreadCpuTime() - cpuBefore);
            octets = Math.min(octets, THREADS.getCurrentThreadAllocatedBytes() - octetsBefore);
        }
        if (octets > maxOctets) {
            throw new AssertionError("took " + octets + " octets of memory for an input of " + inputOctets
                    + " octets; at most " + maxOctets + " are allowed");
        }
        if (cpuNs > maxCpuNs) {
            throw new AssertionError("took " + cpuNs + " ns for an input of " + inputOctets + " octets; at most "
                    + maxCpuNs + " are allowed");
        }
    }
}
