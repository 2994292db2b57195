package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Our end of a TAP interface (Ethernet frames) or of a TUN interface (bare IP packets). It exists as long as
 * this object is open: a killed program leaves none behind. One thread reads and writes.
 */
public final class TapDevice implements AutoCloseable {
    /** Longest thing to be read or written: 64 KiB of payload with all headers. */
    public static final int BUFFER_OCTETS = 66 * 1024;
    /** Header in front of each frame when opened with offloads. */
    public static final int OFFLOAD_HEADER_OCTETS = 10;
    private static final int O_RDWR_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final int IFF_TUN = 1;
    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int TUN_EXCL = 0x8000;
    private static final int CHECKSUM_TSO4_TSO6 = 1 | 2 | 4;
    private static final int IFREQ_OCTETS = 40;

    private final Arena arena = Arena.ofShared();
    private final int fd;
    private final boolean offload;
    private final MemorySegment rx = arena.allocate(BUFFER_OCTETS, 64);
    private final MemorySegment tx = arena.allocate(BUFFER_OCTETS, 64);

    private TapDevice(int fd, boolean offload) {
        this.fd = fd;
        this.offload = offload;
    }

    /**
     * Makes the interface.
     *
     * @param offload whether TCP may come and go in pieces of up to 64 KiB, each with a header in front
     * @throws HostException {@link Errno#ENOENT} without TUN in the kernel, {@link Errno#EBUSY} when the name
     *     is taken
     */
    public static TapDevice open(String name, boolean offload) {
        return open(name, IFF_TAP, offload);
    }

    /** The same for a TUN interface: what is read and written begins with the IP header. */
    public static TapDevice openTun(String name, boolean offload) {
        return open(name, IFF_TUN, offload);
    }

    private static TapDevice open(String name, int kind, boolean offload) {
        try (Arena scratch = Arena.ofConfined()) {
            int fd = HostException.check(Libc.open(scratch.allocateFrom("/dev/net/tun"),
                    O_RDWR_NONBLOCK_CLOEXEC),
                    "cannot open /dev/net/tun");
            try {
                MemorySegment request = scratch.allocate(IFREQ_OCTETS, 8);
                request.setString(0, name);
                int flags = kind | IFF_NO_PI | TUN_EXCL | (offload ? IFF_VNET_HDR : 0);
                request.set(JAVA_SHORT_UNALIGNED, 16, (short) flags);
                HostException.check(Libc.ioctl(fd, TUNSETIFF, request.address()),
                        "cannot make the interface " + name);
                if (offload) {
                    HostException.check(Libc.ioctl(fd, TUNSETOFFLOAD, CHECKSUM_TSO4_TSO6),
                            "cannot set the offloads of " + name);
                }
                return new TapDevice(fd, offload);
            } catch (RuntimeException refused) {
                Libc.close(fd);
                throw refused;
            }
        }
    }

    public int fd() {
        return fd;
    }

    public boolean offload() {
        return offload;
    }

    /**
     * Reads one frame into the buffer of {@link #copyTo}; its length, 0 for none, or a negative error number.
     */
    public int read() {
        int result = Libc.read(fd, rx.address(), BUFFER_OCTETS);
        return result == -Errno.EAGAIN || result == -Errno.EINTR ? 0 : result;
    }

    /** Copies a part of what was read. */
    public void copyTo(int from, byte[] target, int offset, int lengthOctets) {
        MemorySegment.copy(rx, JAVA_BYTE, from, target, offset, lengthOctets);
    }

    /** Puts octets into the buffer of {@link #write}. */
    public void put(int at, byte[] array, int offset, int lengthOctets) {
        MemorySegment.copy(array, offset, tx, JAVA_BYTE, at, lengthOctets);
    }

    /** Writes the first octets of the buffer as one frame; the length, or a negative error number. */
    public int write(int lengthOctets) {
        return Libc.write(fd, tx.address(), lengthOctets);
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
