package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.limesh.base.Ip4Address;

/**
 * A connected IPv4 socket whose packets leave and enter through one device only, whatever the routes say.
 * Calls wait; to be used by the thread that opened it, never a virtual one.
 *
 * <pre>
 *  sockaddr_in (16)  family @0  port @2  address @4
 *  timeval (16)      seconds @0  microseconds @8
 * </pre>
 */
public final class DeviceSocket implements AutoCloseable {
    /** The other end exists and does not want. */
    public static final int ECONNREFUSED = 111;
    private static final int ETIMEDOUT = 110;
    private static final int EINPROGRESS = 115;
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;
    private static final int CLOEXEC = 0x80000;
    private static final int IPPROTO_ICMP = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int SO_BINDTODEVICE = 25;
    private static final int NAME_OCTETS = 16;
    private static final int TIMEVAL_OCTETS = 16;
    private static final int BUFFER_OCTETS = 4096;
    private static final ValueLayout.OfShort BIG_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BIG_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment timeval = arena.allocate(TIMEVAL_OCTETS, 8);
    private final MemorySegment buffer = arena.allocate(BUFFER_OCTETS, 8);
    private final int fd;

    private DeviceSocket(int fd) {
        this.fd = fd;
    }

    /** For ICMP: what is sent begins with the ICMP header, what is received with the IPv4 header. */
    public static DeviceSocket icmp(String device) {
        return open(device, SOCK_RAW, IPPROTO_ICMP);
    }

    public static DeviceSocket udp(String device) {
        return open(device, SOCK_DGRAM, 0);
    }

    public static DeviceSocket tcp(String device) {
        return open(device, SOCK_STREAM, 0);
    }

    private static DeviceSocket open(String device, int type, int protocol) {
        int fd = HostException.check(Libc.socket(AF_INET, type | CLOEXEC, protocol), "cannot open a socket");
        DeviceSocket socket = new DeviceSocket(fd);
        try (Arena scratch = Arena.ofConfined()) {
            HostException.check(Libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
                    scratch.allocateFrom(device)),
                    "cannot bind a socket to " + device);
            return socket;
        } catch (RuntimeException refused) {
            socket.close();
            throw refused;
        }
    }

    /** @return 0, or a negative error number; see {@link #isTimeout} */
    public int connect(Ip4Address address, int port, int timeoutMs) {
        limit(SO_SNDTIMEO, timeoutMs);
        MemorySegment name = buffer.asSlice(0, NAME_OCTETS).fill((byte) 0);
        name.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_INET);
        name.set(BIG_SHORT, 2, (short) port);
        name.set(BIG_INT, 4, address.bits());
        return Libc.connect(fd, name);
    }

    /**
     * Sends all, which must be less than 4 KiB: that never waits for long.
     *
     * @return octets, or a negative error number
     */
    public int send(byte[] octets) {
        MemorySegment.copy(octets, 0, buffer, JAVA_BYTE, 0, octets.length);
        return Libc.write(fd, buffer.address(), octets.length);
    }

    /**
     * Waits for a datagram, or for the next piece of a stream.
     *
     * @return octets put into {@code into} from {@code at} on, 0 at the end of a stream, or a negative error
     *     number
     */
    public int receive(byte[] into, int at, int timeoutMs) {
        limit(SO_RCVTIMEO, timeoutMs);
        int octets = Libc.read(fd, buffer.address(), Math.min(BUFFER_OCTETS, into.length - at));
        if (octets > 0) {
            MemorySegment.copy(buffer, JAVA_BYTE, 0, into, at, octets);
        }
        return octets;
    }

    private void limit(int option, int timeoutMs) {
        // Zero would mean for ever.
        int atLeast = Math.max(1, timeoutMs);
        timeval.set(JAVA_LONG_UNALIGNED, 0, atLeast / 1000);
        timeval.set(JAVA_LONG_UNALIGNED, 8, atLeast % 1000 * 1000L);
        Libc.setsockopt(fd, SOL_SOCKET, option, timeval);
    }

    /** True for the results that mean: nobody answered in time. */
    public static boolean isTimeout(int result) {
        return result == -Errno.EAGAIN || result == -EINPROGRESS || result == -ETIMEDOUT;
    }

    /** The kernel's words for a negative result. */
    public static String words(int result) {
        return Libc.strerror(-result);
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
