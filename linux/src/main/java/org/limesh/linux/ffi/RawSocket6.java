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
 * What IPv6 packets of one protocol carry, and a way to send whole IPv6 packets with any source. Both in
 * batches. One thread.
 *
 * <p>Received are payloads (the kernel has put fragments together and gone through the options) with source,
 * destination and traffic class told apart; sent are packets with the IPv6 header in front, which the kernel
 * only routes.
 *
 * <pre>
 *  sockaddr_in6 (28)  family @0  port @2  flow @4  address @8  scope @24
 *  cmsg               length @0  level @8 (41)  type @12  | in6_pktinfo: address @16, index @32
 *                                                         | traffic class: int @16
 * </pre>
 */
public final class RawSocket6 implements AutoCloseable {
    public static final int BATCH_PACKETS = 64;
    /** Longest packet of either direction: what jumbo frames carry. */
    public static final int SLOT_OCTETS = 9216;
    private static final int AF_INET6 = 10;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int IPPROTO_RAW = 255;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_RECVPKTINFO = 49;
    private static final int IPV6_PKTINFO = 50;
    private static final int IPV6_RECVTCLASS = 66;
    private static final int IPV6_TCLASS = 67;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUF = 8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_TRUNC = 0x20;
    private static final int BUFFER_OCTETS = 4 * 1024 * 1024;
    private static final int MMSGHDR_OCTETS = 64;
    private static final int IOVEC_OCTETS = 16;
    private static final int NAME_OCTETS = 28;
    private static final int NAME_SLOT_OCTETS = 32;
    private static final int CONTROL_OCTETS = 96;
    private static final int DESTINATION_AT = 24;
    private static final ValueLayout.OfLong BIG_LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final int fd;
    private final MemorySegment vector = arena.allocate((long) BATCH_PACKETS * MMSGHDR_OCTETS, 8);
    private final MemorySegment iovecs = arena.allocate((long) BATCH_PACKETS * IOVEC_OCTETS, 8);
    private final MemorySegment names = arena.allocate((long) BATCH_PACKETS * NAME_SLOT_OCTETS, 8);
    private final MemorySegment control = arena.allocate((long) BATCH_PACKETS * CONTROL_OCTETS, 8);
    private final MemorySegment packets = arena.allocate((long) BATCH_PACKETS * SLOT_OCTETS, 64);
    private int queued;
    private long sendFailures;

    private RawSocket6(int fd) {
        this.fd = fd;
        for (int i = 0; i < BATCH_PACKETS; i++) {
            long at = (long) i * MMSGHDR_OCTETS;
            vector.set(JAVA_LONG_UNALIGNED, at, names.address() + (long) i * NAME_SLOT_OCTETS);
            vector.set(JAVA_LONG_UNALIGNED, at + 16, iovecs.address() + (long) i * IOVEC_OCTETS);
            vector.set(JAVA_LONG_UNALIGNED, at + 24, 1);
            vector.set(JAVA_LONG_UNALIGNED, at + 32, control.address() + (long) i * CONTROL_OCTETS);
            iovecs.set(JAVA_LONG_UNALIGNED, (long) i * IOVEC_OCTETS, packets.address()
                    + (long) i * SLOT_OCTETS);
        }
    }

    /** A socket that hears what comes to this machine with this next header. */
    public static RawSocket6 hearing(int nextHeader) {
        int fd = HostException.check(Libc.socket(AF_INET6, SOCK_RAW_CLOEXEC, nextHeader),
                "cannot open a raw IPv6 socket for next header " + nextHeader);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment on = scratch.allocateFrom(ValueLayout.JAVA_INT, 1);
            HostException.check(Libc.setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, on),
                    "cannot learn destinations of raw IPv6 packets");
            Libc.setsockopt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, on);
            Libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE,
                    scratch.allocateFrom(ValueLayout.JAVA_INT, BUFFER_OCTETS));
            return new RawSocket6(fd);
        } catch (RuntimeException refused) {
            Libc.close(fd);
            throw refused;
        }
    }

    /** A socket that sends whole packets and hears nothing. */
    public static RawSocket6 sending() {
        // Protocol "raw": the header is ours to write.
        int fd = HostException.check(Libc.socket(AF_INET6, SOCK_RAW_CLOEXEC, IPPROTO_RAW),
                "cannot open a raw IPv6 socket");
        try (Arena scratch = Arena.ofConfined()) {
            Libc.setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE,
                    scratch.allocateFrom(ValueLayout.JAVA_INT, BUFFER_OCTETS));
            Libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, scratch.allocateFrom(ValueLayout.JAVA_INT, 0));
            return new RawSocket6(fd);
        }
    }

    public int fd() {
        return fd;
    }

    // Receiving

    /** Receives what is there, without waiting: number of packets, or a negative error number. */
    public int receive() {
        for (int i = 0; i < BATCH_PACKETS; i++) {
            long at = (long) i * MMSGHDR_OCTETS;
            vector.set(JAVA_INT_UNALIGNED, at + 8, NAME_OCTETS);
            vector.set(JAVA_LONG_UNALIGNED, at + 40, CONTROL_OCTETS);
            iovecs.set(JAVA_LONG_UNALIGNED, (long) i * IOVEC_OCTETS + 8, SLOT_OCTETS);
        }
        int count = Libc.recvmmsg(fd, vector.address(), BATCH_PACKETS, MSG_DONTWAIT);
        return count == -Errno.EAGAIN || count == -Errno.EINTR ? 0 : count;
    }

    public int lengthOctets(int index) {
        return vector.get(JAVA_INT_UNALIGNED, (long) index * MMSGHDR_OCTETS + 56);
    }

    /** True when the packet was longer than a slot and its end is lost. */
    public boolean isTruncated(int index) {
        return (vector.get(JAVA_INT_UNALIGNED, (long) index * MMSGHDR_OCTETS + 48) & MSG_TRUNC) != 0;
    }

    public Ip6Address source(int index) {
        long at = (long) index * NAME_SLOT_OCTETS + 8;
        return new Ip6Address(names.get(BIG_LONG, at), names.get(BIG_LONG, at + 8));
    }

    public Ip6Address destination(int index) {
        long at = find(index, IPV6_PKTINFO);
        return at < 0 ? Ip6Address.ANY : new Ip6Address(control.get(BIG_LONG, at),
                control.get(BIG_LONG, at + 8));
    }

    public int trafficClass(int index) {
        long at = find(index, IPV6_TCLASS);
        return at < 0 ? 0 : control.get(JAVA_INT_UNALIGNED, at);
    }

    /** Where the data of a control message begin, or -1. */
    private long find(int index, int type) {
        long start = (long) index * CONTROL_OCTETS;
        long length = vector.get(JAVA_LONG_UNALIGNED, (long) index * MMSGHDR_OCTETS + 40);
        for (long at = 0; at + 16 <= length;) {
            long one = control.get(JAVA_LONG_UNALIGNED, start + at);
            if (control.get(JAVA_INT_UNALIGNED, start + at + 8) == IPPROTO_IPV6
                    && control.get(JAVA_INT_UNALIGNED, start + at + 12) == type) {
                return start + at + 16;
            }
            if (one < 16) {
                return -1;
            }
            at += one + 7 & ~7;
        }
        return -1;
    }

    /** Copies a received packet's payload. */
    public void copyTo(int index, byte[] target, int offset) {
        MemorySegment.copy(packets, JAVA_BYTE, (long) index * SLOT_OCTETS, target, offset,
                lengthOctets(index));
    }

    // Sending

    /**
     * Puts a packet into the batch; a full batch is sent.
     *
     * @param packet with its IPv6 header, whose destination is where the packet is routed to
     * @return false when it is longer than {@link #SLOT_OCTETS}
     */
    public boolean queue(byte[] packet, int offset, int lengthOctets) {
        if (lengthOctets > SLOT_OCTETS) {
            return false;
        }
        long at = (long) queued * SLOT_OCTETS;
        MemorySegment.copy(packet, offset, packets, JAVA_BYTE, at, lengthOctets);
        long name = (long) queued * NAME_SLOT_OCTETS;
        names.asSlice(name, NAME_SLOT_OCTETS).fill((byte) 0);
        names.set(ValueLayout.JAVA_SHORT_UNALIGNED, name, (short) AF_INET6);
        MemorySegment.copy(packet, offset + DESTINATION_AT, names, JAVA_BYTE, name + 8,
                Ip6Address.LENGTH_OCTETS);
        vector.set(JAVA_INT_UNALIGNED, (long) queued * MMSGHDR_OCTETS + 8, NAME_OCTETS);
        vector.set(JAVA_LONG_UNALIGNED, (long) queued * MMSGHDR_OCTETS + 40, 0);
        iovecs.set(JAVA_LONG_UNALIGNED, (long) queued * IOVEC_OCTETS + 8, lengthOctets);
        if (++queued == BATCH_PACKETS) {
            send();
        }
        return true;
    }

    /**
     * Sends the batch. What the kernel does not take, for want of a route for example, is dropped.
     *
     * @return how many packets were dropped since the last call
     */
    public long flush() {
        send();
        long dropped = sendFailures;
        sendFailures = 0;
        return dropped;
    }

    private void send() {
        int done = 0;
        while (done < queued) {
            int sent = Libc.sendmmsg(fd, vector.address() + (long) done * MMSGHDR_OCTETS, queued - done,
                    MSG_DONTWAIT);
            if (sent > 0) {
                done += sent;
            } else if (sent != -Errno.EINTR) {
                sendFailures++;
                done++;
            }
        }
        queued = 0;
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
