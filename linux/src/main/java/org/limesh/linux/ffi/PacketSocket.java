package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.limesh.base.MacAddress;

/**
 * Raw frames of one device. One thread receives and sends.
 *
 * <p>Frames are received and sent in batches: one call of the kernel for up to {@link #BATCH_FRAMES}.
 * A VLAN tag is taken out of a received frame by the kernel and told apart from it ({@link #tpid}); a tag
 * to be sent is written into the frame. Neither needs a VLAN device or the kernel's VLAN module.
 *
 * <pre>
 *  mmsghdr (64)  name @0  namelen @8  iov @16  iovlen @24  control @32  controllen @40  flags @48  length @56
 *  iovec   (16)  base @0  length @8
 *  cmsg    (40)  length @0  level @8  type @12  | status @16 ... tci @32  tpid @34
 * </pre>
 */
public final class PacketSocket implements AutoCloseable {
    public static final int BATCH_FRAMES = 64;
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int ETH_P_ALL = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_AUXDATA = 8;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_MR_MULTICAST = 0;
    private static final int PACKET_MR_PROMISC = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_TRUNC = 0x20;
    private static final int BUFFER_OCTETS = 4 * 1024 * 1024;
    private static final int MMSGHDR_OCTETS = 64;
    private static final int IOVEC_OCTETS = 16;
    private static final int CONTROL_OCTETS = 64;
    private static final int STATUS_CHECKSUM_NOT_READY = 0x8;
    private static final int STATUS_TCI_VALID = 0x10;
    private static final int STATUS_TPID_VALID = 0x40;
    private static final int TPID_8021Q = 0x8100;
    private static final int MACS_OCTETS = 12;
    private static final int TAG_OCTETS = 4;
    private static final ValueLayout.OfShort BIG_ENDIAN_SHORT =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final int fd;
    private final int slotOctets;
    private final MemorySegment rxVector = arena.allocate((long) BATCH_FRAMES * MMSGHDR_OCTETS, 8);
    private final MemorySegment rxControl = arena.allocate((long) BATCH_FRAMES * CONTROL_OCTETS, 8);
    private final MemorySegment rxFrames;
    private final MemorySegment txVector = arena.allocate((long) BATCH_FRAMES * MMSGHDR_OCTETS, 8);
    private final MemorySegment txIovecs = arena.allocate((long) BATCH_FRAMES * IOVEC_OCTETS, 8);
    private final MemorySegment txFrames;
    private int queued;
    private long sendFailures;
    private int lastSendErrno;

    private PacketSocket(int fd, int slotOctets) {
        this.fd = fd;
        this.slotOctets = slotOctets;
        this.rxFrames = arena.allocate((long) BATCH_FRAMES * slotOctets, 64);
        this.txFrames = arena.allocate((long) BATCH_FRAMES * slotOctets, 64);
        MemorySegment rxIovecs = arena.allocate((long) BATCH_FRAMES * IOVEC_OCTETS, 8);
        for (int i = 0; i < BATCH_FRAMES; i++) {
            long rx = (long) i * MMSGHDR_OCTETS;
            rxVector.set(JAVA_LONG_UNALIGNED, rx + 16, rxIovecs.address() + (long) i * IOVEC_OCTETS);
            rxVector.set(JAVA_LONG_UNALIGNED, rx + 24, 1);
            rxVector.set(JAVA_LONG_UNALIGNED, rx + 32, rxControl.address() + (long) i * CONTROL_OCTETS);
            rxIovecs.set(JAVA_LONG_UNALIGNED, (long) i * IOVEC_OCTETS, rxFrames.address()
                    + (long) i * slotOctets);
            rxIovecs.set(JAVA_LONG_UNALIGNED, (long) i * IOVEC_OCTETS + 8, slotOctets);
            txVector.set(JAVA_LONG_UNALIGNED, rx + 16, txIovecs.address() + (long) i * IOVEC_OCTETS);
            txVector.set(JAVA_LONG_UNALIGNED, rx + 24, 1);
            txIovecs.set(JAVA_LONG_UNALIGNED, (long) i * IOVEC_OCTETS, txFrames.address()
                    + (long) i * slotOctets);
        }
    }

    /**
     * Opens a socket on a device.
     *
     * @param device       name, for messages only
     * @param promiscuous  also frames for MACs that the device does not know to be ours
     * @param frameOctets  longest frame that will be received or sent, tag included
     * @throws HostException when the kernel refuses
     */
    public static PacketSocket open(
            int interfaceIndex, String device, PacketFilter filter, boolean promiscuous, int frameOctets) {
        int fd = HostException.check(Libc.socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0), "cannot open " + device);
        try (Arena scratch = Arena.ofConfined()) {
            attach(fd, filter, scratch, device);
            option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, scratch, device);
            option(fd, SOL_PACKET, PACKET_AUXDATA, 1, scratch, device);
            // Without the right to exceed the system's limit the default size has to do.
            MemorySegment size = scratch.allocateFrom(ValueLayout.JAVA_INT, BUFFER_OCTETS);
            Libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size);
            Libc.setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, size);
            if (promiscuous) {
                join(fd, interfaceIndex, PACKET_MR_PROMISC, 0, scratch, device);
            }
            // Bound to every protocol: a bridge takes frames of its ports away before sockets of one
            // protocol.
            MemorySegment address = scratch.allocate(20, 4);
            address.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_PACKET);
            address.set(BIG_ENDIAN_SHORT, 2, (short) ETH_P_ALL);
            address.set(JAVA_INT_UNALIGNED, 4, interfaceIndex);
            HostException.check(Libc.bind(fd, address), "cannot listen on " + device);
            return new PacketSocket(fd, Math.max(2048, frameOctets + 63 & ~63));
        } catch (RuntimeException refused) {
            Libc.close(fd);
            throw refused;
        }
    }

    /** {@code struct packet_mreq}: index @0, type @4, octets of the address @6, address @8. */
    private static void join(int fd, int interfaceIndex, int type, long mac, Arena scratch, String device) {
        MemorySegment membership = scratch.allocate(16, 8);
        membership.set(JAVA_INT_UNALIGNED, 0, interfaceIndex);
        membership.set(JAVA_SHORT_UNALIGNED, 4, (short) type);
        if (type == PACKET_MR_MULTICAST) {
            membership.set(JAVA_SHORT_UNALIGNED, 6, (short) MacAddress.LENGTH_OCTETS);
            membership.set(BIG_ENDIAN_SHORT, 8, (short) (mac >>> 32));
            membership.set(JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 10, (int) mac);
        }
        HostException.check(Libc.setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership),
                "cannot listen on " + device + " for other MACs than its own");
    }

    /** Also takes frames to these multicast addresses, as long as the socket is open. */
    public void join(int interfaceIndex, String device, MacAddress... groups) {
        try (Arena scratch = Arena.ofConfined()) {
            for (MacAddress group : groups) {
                join(fd, interfaceIndex, PACKET_MR_MULTICAST, group.bits(), scratch, device);
            }
        }
    }

    private static void attach(int fd, PacketFilter filter, Arena scratch, String device) {
        MemorySegment program = scratch.allocate(filter.length() * 8L, 8);
        for (int i = 0; i < filter.length(); i++) {
            int[] op = filter.instruction(i);
            program.set(JAVA_SHORT_UNALIGNED, i * 8L, (short) op[0]);
            program.set(JAVA_BYTE, i * 8L + 2, (byte) op[1]);
            program.set(JAVA_BYTE, i * 8L + 3, (byte) op[2]);
            program.set(JAVA_INT_UNALIGNED, i * 8L + 4, op[3]);
        }
        MemorySegment header = scratch.allocate(16, 8);
        header.set(JAVA_SHORT_UNALIGNED, 0, (short) filter.length());
        header.set(JAVA_LONG_UNALIGNED, 8, program.address());
        HostException.check(Libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, header),
                "cannot filter frames of " + device);
    }

    private static void option(int fd, int level, int option, int value, Arena scratch, String device) {
        HostException.check(Libc.setsockopt(fd, level, option,
                scratch.allocateFrom(ValueLayout.JAVA_INT, value)),
                "cannot set option " + option + " of the socket on " + device);
    }

    public int fd() {
        return fd;
    }

    /**
     * Receives what is there, without waiting.
     *
     * @return number of frames, 0 for none, or a negative error number ({@link Errno#ENETDOWN}: device down)
     */
    public int receive() {
        for (int i = 0; i < BATCH_FRAMES; i++) {
            // The kernel shortens it to what it wrote.
            rxVector.set(JAVA_LONG_UNALIGNED, (long) i * MMSGHDR_OCTETS + 40, CONTROL_OCTETS);
        }
        int count = Libc.recvmmsg(fd, rxVector.address(), BATCH_FRAMES, MSG_DONTWAIT);
        return count == -Errno.EAGAIN || count == -Errno.EINTR ? 0 : count;
    }

    /** Length of the frame at {@code index} of the last {@link #receive}, without its tag. */
    public int lengthOctets(int index) {
        return rxVector.get(JAVA_INT_UNALIGNED, (long) index * MMSGHDR_OCTETS + 56);
    }

    /** True when the frame was longer than announced in {@link #open} and its end is lost. */
    public boolean isTruncated(int index) {
        return (rxVector.get(JAVA_INT_UNALIGNED, (long) index * MMSGHDR_OCTETS + 48) & MSG_TRUNC) != 0;
    }

    private int status(int index) {
        boolean told = rxVector.get(JAVA_LONG_UNALIGNED, (long) index * MMSGHDR_OCTETS + 40) >= 36;
        return told ? rxControl.get(JAVA_INT_UNALIGNED, (long) index * CONTROL_OCTETS + 16) : 0;
    }

    /** Tag protocol of the frame, or 0 when it came without a tag. */
    public int tpid(int index) {
        int status = status(index);
        if ((status & STATUS_TCI_VALID) == 0) {
            return 0;
        }
        return (status & STATUS_TPID_VALID) == 0 ? TPID_8021Q
                : rxControl.get(JAVA_SHORT_UNALIGNED, (long) index * CONTROL_OCTETS + 34) & 0xffff;
    }

    /** VLAN id of the frame; only with a {@link #tpid}. */
    public int vlanId(int index) {
        return rxControl.get(JAVA_SHORT_UNALIGNED, (long) index * CONTROL_OCTETS + 32) & 0xfff;
    }

    /** True when the sender left the transport checksum to hardware that does not exist on this way. */
    public boolean isChecksumMissing(int index) {
        return (status(index) & STATUS_CHECKSUM_NOT_READY) != 0;
    }

    /** Destination MAC of a received frame as bare bits. */
    public long destination(int index) {
        long at = (long) index * slotOctets;
        long high = rxFrames.get(BIG_ENDIAN_SHORT, at) & 0xffffL;
        int low = rxFrames.get(JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), at + 2);
        return high << 32 | low & 0xffff_ffffL;
    }

    /** Copies a received frame. */
    public void copyTo(int index, byte[] target, int offset) {
        MemorySegment.copy(rxFrames, JAVA_BYTE, (long) index * slotOctets, target, offset,
                lengthOctets(index));
    }

    /**
     * Puts a frame into the batch; a full batch is sent.
     *
     * @param tpid   tag protocol, or 0 for no tag
     * @param vlanId only with a tag
     * @return false when the frame is longer than announced in {@link #open}
     */
    public boolean queue(byte[] array, int offset, int lengthOctets, int tpid, int vlanId) {
        int onWire = lengthOctets + (tpid == 0 ? 0 : TAG_OCTETS);
        if (onWire > slotOctets) {
            return false;
        }
        long at = (long) queued * slotOctets;
        if (tpid == 0) {
            MemorySegment.copy(array, offset, txFrames, JAVA_BYTE, at, lengthOctets);
        } else {
            MemorySegment.copy(array, offset, txFrames, JAVA_BYTE, at, MACS_OCTETS);
            txFrames.set(BIG_ENDIAN_SHORT, at + MACS_OCTETS, (short) tpid);
            txFrames.set(BIG_ENDIAN_SHORT, at + MACS_OCTETS + 2, (short) vlanId);
            MemorySegment.copy(array, offset + MACS_OCTETS, txFrames, JAVA_BYTE,
                    at + MACS_OCTETS + TAG_OCTETS,
                    lengthOctets - MACS_OCTETS);
        }
        txIovecs.set(JAVA_LONG_UNALIGNED, (long) queued * IOVEC_OCTETS + 8, onWire);
        if (++queued == BATCH_FRAMES) {
            flush();
        }
        return true;
    }

    /**
     * Sends the batch. What the kernel does not take is dropped and counted: a mesh must not wait for a
     * radio.
     */
    public void flush() {
        int done = 0;
        while (done < queued) {
            int sent = Libc.sendmmsg(fd, txVector.address() + (long) done * MMSGHDR_OCTETS, queued - done,
                    MSG_DONTWAIT);
            if (sent > 0) {
                done += sent;
            } else if (sent != -Errno.EINTR) {
                lastSendErrno = -sent;
                sendFailures++;
                done++;
            }
        }
        queued = 0;
    }

    /** Frames that the kernel did not take since the socket was opened. */
    public long sendFailures() {
        return sendFailures;
    }

    /** Reason of the last one, 0 when there was none. */
    public int lastSendErrno() {
        return lastSendErrno;
    }

    @Override
    public void close() {
        Libc.close(fd);
        arena.close();
    }
}
