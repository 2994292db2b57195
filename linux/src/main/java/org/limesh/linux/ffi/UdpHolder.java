package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.limesh.base.Ip4Address;

/**
 * Holds a UDP port that another socket serves. A client renews its lease by unicast; without somebody on the
 * port the kernel would answer "port unreachable" before our packet socket's reader has answered.
 */
public final class UdpHolder implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_BINDTODEVICE = 25;

    private final int fd;

    private UdpHolder(int fd) {
        this.fd = fd;
    }

    /** @throws HostException {@link Errno#EADDRINUSE} when another program has the port */
    public static UdpHolder open(Ip4Address address, int port) {
        return open(null, address, port);
    }

    /** The same for every address of a device. */
    public static UdpHolder open(String device, int port) {
        return open(device, Ip4Address.ANY, port);
    }

    private static UdpHolder open(String device, Ip4Address address, int port) {
        int fd = HostException.check(Libc.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0), "cannot open a UDP socket");
        try (Arena scratch = Arena.ofConfined()) {
            if (device != null) {
                HostException.check(Libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
                        scratch.allocateFrom(device)),
                        "cannot bind a UDP socket to " + device);
            }
            // Nobody reads it, so what arrives shall be thrown away soon.
            Libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, scratch.allocateFrom(ValueLayout.JAVA_INT, 0));
            MemorySegment name = scratch.allocate(16, 4);
            name.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_INET);
            name.set(JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) port);
            name.set(JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 4, address.bits());
            HostException.check(Libc.bind(fd, name), "cannot take UDP port " + port + " of "
                    + (device == null ? address : device));
            return new UdpHolder(fd);
        } catch (RuntimeException refused) {
            Libc.close(fd);
            throw refused;
        }
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
