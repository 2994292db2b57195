package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A socket to the routing part of the kernel. One thread. */
public final class NetlinkChannel implements NetlinkWire {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int BUFFER_OCTETS = 256 * 1024;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_OCTETS, 8);
    private final int fd;

    private NetlinkChannel(int fd) {
        this.fd = fd;
    }

    /** For questions and orders; {@link #receive} waits. */
    public static NetlinkChannel open() {
        NetlinkChannel channel = open(0, SOCK_RAW_CLOEXEC);
        try (Arena scratch = Arena.ofConfined()) {
            // Lets a dump be limited to one routing table; kernels before 4.20 send everything instead.
            Libc.setsockopt(channel.fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK,
                    scratch.allocateFrom(ValueLayout.JAVA_INT, 1));
        }
        return channel;
    }

    /** For events of these groups (bit set); {@link #receive} does not wait. */
    public static NetlinkChannel listen(int groups) {
        return open(groups, SOCK_RAW_CLOEXEC | SOCK_NONBLOCK);
    }

    private static NetlinkChannel open(int groups, int type) {
        int fd = HostException.check(Libc.socket(AF_NETLINK, type, 0), "cannot open a netlink socket");
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment address = scratch.allocate(12, 4);
            address.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_NETLINK);
            address.set(JAVA_INT_UNALIGNED, 8, groups);
            HostException.check(Libc.bind(fd, address), "cannot bind a netlink socket");
            return new NetlinkChannel(fd);
        } catch (RuntimeException refused) {
            Libc.close(fd);
            throw refused;
        }
    }

    public int fd() {
        return fd;
    }

    @Override
    public void send(byte[] message) {
        MemorySegment.copy(message, 0, buffer, JAVA_BYTE, 0, message.length);
        HostException.check(Libc.write(fd, buffer.address(), message.length),
                "cannot ask the kernel (netlink)");
    }

    /** One packet of messages; empty when there is none (listening), null when events were lost. */
    @Override
    public byte[] receive() {
        int length = Libc.read(fd, buffer.address(), BUFFER_OCTETS);
        while (length == -Errno.EINTR) {
            length = Libc.read(fd, buffer.address(), BUFFER_OCTETS);
        }
        if (length == -Errno.EAGAIN) {
            return new byte[0];
        }
        if (length == -Errno.ENOBUFS) {
            return null;
        }
        HostException.check(length, "cannot hear the kernel's answer (netlink)");
        byte[] message = new byte[length];
        MemorySegment.copy(buffer, JAVA_BYTE, 0, message, 0, length);
        return message;
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
