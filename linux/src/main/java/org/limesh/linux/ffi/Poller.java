package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sleeps until a descriptor can be read, a time is over, or somebody calls {@link #wakeUp}. One thread waits;
 * any thread wakes.
 */
public final class Poller implements AutoCloseable {
    /** A node has a handful of ports. */
    public static final int MAX_DESCRIPTORS = 64;
    private static final int EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final short POLLIN = 1;
    private static final int POLLFD_OCTETS = 8;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment vector = arena.allocate((long) (MAX_DESCRIPTORS + 1) * POLLFD_OCTETS, 8);
    private final MemorySegment one = arena.allocate(8, 8);
    private final MemorySegment drained = arena.allocate(8, 8);
    private final int wakeFd = HostException.check(Libc.eventfd(EFD_NONBLOCK_CLOEXEC),
            "cannot make an eventfd");
    private final AtomicBoolean woken = new AtomicBoolean();
    private int count;

    public Poller() {
        one.set(java.lang.foreign.ValueLayout.JAVA_LONG, 0, 1);
        watch();
    }

    /** From now on these descriptors are watched and no others. */
    public void watch(int... descriptors) {
        if (descriptors.length > MAX_DESCRIPTORS) {
            throw new HostException("more than " + MAX_DESCRIPTORS + " ports in one node");
        }
        put(0, wakeFd);
        for (int i = 0; i < descriptors.length; i++) {
            put(i + 1, descriptors[i]);
        }
        count = descriptors.length + 1;
    }

    private void put(int at, int fd) {
        vector.set(JAVA_INT_UNALIGNED, (long) at * POLLFD_OCTETS, fd);
        vector.set(JAVA_SHORT_UNALIGNED, (long) at * POLLFD_OCTETS + 4, POLLIN);
        vector.set(JAVA_SHORT_UNALIGNED, (long) at * POLLFD_OCTETS + 6, (short) 0);
    }

    /** @param timeoutMs -1 for as long as it takes */
    public void await(int timeoutMs) {
        int ready = Libc.poll(vector.address(), count, timeoutMs);
        if (ready > 0 && vector.get(JAVA_SHORT_UNALIGNED, 6) != 0) {
            Libc.read(wakeFd, drained.address(), 8);
            woken.set(false);
        }
    }

    /**
     * True when the descriptor at {@code index} of {@link #watch} had something at the last {@link #await}.
     */
    public boolean isReady(int index) {
        return vector.get(JAVA_SHORT_UNALIGNED, (long) (index + 1) * POLLFD_OCTETS + 6) != 0;
    }

    /** Ends the sleep, or the next one. */
    public void wakeUp() {
        if (!woken.getAndSet(true)) {
            Libc.write(wakeFd, one.address(), 8);
        }
    }

    @Override
    public void close() {
        Libc.close(wakeFd);
        arena.close();
    }
}
