package org.limesh.linux;

import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.VlanTag;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.PacketSocket;

/** The packet socket of a port, with what all of them count and notice. */
final class WireSocket {
    private final PacketSocket socket;
    private final int interfaceIndex;
    private final Counter tooLong;
    private final Counter failed;
    private long countedFailures;
    private boolean broken;
    private boolean closed;

    WireSocket(PacketSocket socket, int interfaceIndex, Counters counters) {
        this.socket = socket;
        this.interfaceIndex = interfaceIndex;
        this.tooLong = counters.of("drop.linux.too_long");
        this.failed = counters.of("drop.linux.send_failed");
    }

    int fd() {
        return socket.fd();
    }

    int interfaceIndex() {
        return interfaceIndex;
    }

    /** Receives a batch of at most {@link PacketSocket#BATCH_FRAMES}; how many came. */
    int receive() {
        int count = socket.receive();
        // A device that is down says so once and is heard again when it is up; one that is gone never.
        broken = count < 0 && count != -Errno.ENETDOWN;
        return Math.max(0, count);
    }

    /** Where the frames of the last {@link #receive} can be read. */
    PacketSocket batch() {
        return socket;
    }

    /** True when a received frame is cut; counted. */
    boolean isCut(int index) {
        if (socket.isTruncated(index)) {
            tooLong.increment();
            return true;
        }
        return false;
    }

    /** Sends a frame at the end of the round at the latest; {@code tag} may be null. */
    void send(byte[] array, int offset, int lengthOctets, VlanTag tag) {
        int tpid = tag == null ? 0 : tag.tpid();
        if (!socket.queue(array, offset, lengthOctets, tpid, tag == null ? 0 : tag.id())) {
            tooLong.increment();
        }
    }

    void flush() {
        socket.flush();
        if (socket.sendFailures() != countedFailures) {
            failed.add(socket.sendFailures() - countedFailures);
            countedFailures = socket.sendFailures();
        }
    }

    boolean isBroken() {
        return broken;
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
        socket.close();
    }
}
