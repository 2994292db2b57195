package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.limesh.base.Ip6Address;

/**
 * Datagrams over IPv6 on one device: those to its own addresses and to groups. One thread receives and sends.
 *
 * <p>Bound to the device, not to an address: so it can be opened before the kernel has made the link-local
 * address that is the source. Until then nothing leaves.
 *
 * <pre>
 *  sockaddr_in6 (28) family @0  port @2  flow @4  address @8  scope @24
 *  mmsghdr (64)      name @0 namelen @8 iov @16  iovlen @24  control @32 controllen @40 flags @48  length @56
 *  cmsg (40)         length @0  level @8  type @12  | in6_pktinfo: source @16  index @32
 * </pre>
 */
public final class UdpSocket6 implements AutoCloseable {
    public static final int MAX_PAYLOAD_OCTETS = 65_527;
    private static final int AF_INET6 = 10;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_BINDTODEVICE = 25;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_MULTICAST_IF = 17;
    private static final int IPV6_MULTICAST_LOOP = 19;
    private static final int IPV6_ADD_MEMBERSHIP = 20;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_PKTINFO = 50;
    private static final int CONTROL_OCTETS = 40;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int BUFFER_OCTETS = 4 * 1024 * 1024;
    private static final int NAME_OCTETS = 28;
    private static final int SLOT_OCTETS = 65_536;
    private static final ValueLayout.OfShort BIG_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BIG_LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final int fd;
    private final int interfaceIndex;
    private final int port;
    private final MemorySegment message = arena.allocate(64, 8);
    private final MemorySegment name = arena.allocate(32, 8);
    private final MemorySegment iovec = arena.allocate(16, 8);
    private final MemorySegment control = arena.allocate(CONTROL_OCTETS, 8);
    private final MemorySegment octets = arena.allocate(SLOT_OCTETS, 8);

    private UdpSocket6(int fd, int interfaceIndex, Ip6Address source, int port) {
        this.fd = fd;
        this.interfaceIndex = interfaceIndex;
        this.port = port;
        iovec.set(JAVA_LONG_UNALIGNED, 0, octets.address());
        message.set(JAVA_LONG_UNALIGNED, 0, name.address());
        message.set(JAVA_LONG_UNALIGNED, 16, iovec.address());
        message.set(JAVA_LONG_UNALIGNED, 24, 1);
        message.set(JAVA_LONG_UNALIGNED, 32, control.address());
        control.set(JAVA_LONG_UNALIGNED, 0, 36);
        control.set(JAVA_INT_UNALIGNED, 8, IPPROTO_IPV6);
        control.set(JAVA_INT_UNALIGNED, 12, IPV6_PKTINFO);
        control.set(BIG_LONG, 16, source.high());
        control.set(BIG_LONG, 24, source.low());
        control.set(JAVA_INT_UNALIGNED, 32, interfaceIndex);
    }

    /**
     * @param source of what is sent
     * @param group  what comes for it is heard too
     * @throws HostException {@link Errno#EADDRINUSE} when another program has the port on this device
     */
    public static UdpSocket6 open(String device, int interfaceIndex, Ip6Address source, int port,
            Ip6Address group) {
        int fd = HostException.check(Libc.socket(AF_INET6, SOCK_DGRAM_CLOEXEC, 0),
                "cannot open a UDP socket");
        try (Arena scratch = Arena.ofConfined()) {
            HostException.check(Libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
                    scratch.allocateFrom(device)),
                    "cannot bind a UDP socket to " + device);
            option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1, scratch, device);
            option(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, interfaceIndex, scratch, device);
            option(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0, scratch, device);
            // Without the right to exceed the system's limit the default size has to do.
            MemorySegment size = scratch.allocateFrom(ValueLayout.JAVA_INT, BUFFER_OCTETS);
            Libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size);
            Libc.setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, size);
            MemorySegment any = scratch.allocate(NAME_OCTETS, 8);
            any.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_INET6);
            any.set(BIG_SHORT, 2, (short) port);
            HostException.check(Libc.bind(fd, any), "cannot take UDP port " + port + " on " + device);
            join(fd, interfaceIndex, group, scratch, device);
            return new UdpSocket6(fd, interfaceIndex, source, port);
        } catch (RuntimeException refused) {
            Libc.close(fd);
            throw refused;
        }
    }

    private static void join(int fd, int interfaceIndex, Ip6Address group, Arena scratch, String device) {
        MemorySegment membership = scratch.allocate(20, 8);
        membership.set(BIG_LONG, 0, group.high());
        membership.set(BIG_LONG, 8, group.low());
        membership.set(JAVA_INT_UNALIGNED, 16, interfaceIndex);
        int result = Libc.setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, membership);
        // Every host is in the group of all hosts already, and a device without IPv6 in none.
        if (result < 0 && result != -Errno.EADDRINUSE && result != -Errno.EINVAL && result != -Errno.ENODEV) {
            throw new HostException("cannot hear the group " + group + " on " + device, -result);
        }
    }

    private static void option(int fd, int level, int option, int value, Arena scratch, String device) {
        HostException.check(Libc.setsockopt(fd, level, option,
                scratch.allocateFrom(ValueLayout.JAVA_INT, value)),
                "cannot set option " + option + " of the UDP socket on " + device);
    }

    public int fd() {
        return fd;
    }

    /**
     * Receives one datagram, without waiting.
     *
     * @return 1, 0 when there is none, or a negative error number
     */
    public int receive() {
        message.set(JAVA_INT_UNALIGNED, 8, NAME_OCTETS);
        message.set(JAVA_LONG_UNALIGNED, 40, 0);
        iovec.set(JAVA_LONG_UNALIGNED, 8, SLOT_OCTETS);
        int count = Libc.recvmmsg(fd, message.address(), 1, MSG_DONTWAIT);
        return count == -Errno.EAGAIN || count == -Errno.EINTR ? 0 : count;
    }

    /** Where the datagram of the last {@link #receive} came from. */
    public Ip6Address source() {
        return new Ip6Address(name.get(BIG_LONG, 8), name.get(BIG_LONG, 16));
    }

    /** What it held. */
    public byte[] payload() {
        return octets.asSlice(0, message.get(JAVA_INT_UNALIGNED, 56)).toArray(JAVA_BYTE);
    }

    /**
     * Sends a datagram to the same port of another host.
     *
     * @return 1, or a negative error number
     */
    public int send(Ip6Address destination, byte[] payload) {
        if (payload.length > MAX_PAYLOAD_OCTETS) {
            return -Errno.EINVAL;
        }
        name.fill((byte) 0);
        name.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_INET6);
        name.set(BIG_SHORT, 2, (short) port);
        name.set(BIG_LONG, 8, destination.high());
        name.set(BIG_LONG, 16, destination.low());
        name.set(JAVA_INT_UNALIGNED, 24, interfaceIndex);
        message.set(JAVA_INT_UNALIGNED, 8, NAME_OCTETS);
        message.set(JAVA_LONG_UNALIGNED, 40, CONTROL_OCTETS);
        MemorySegment.copy(payload, 0, octets, JAVA_BYTE, 0, payload.length);
        iovec.set(JAVA_LONG_UNALIGNED, 8, payload.length);
        return Libc.sendmmsg(fd, message.address(), 1, MSG_DONTWAIT);
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
