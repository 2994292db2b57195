package org.limesh.linux;

import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.PacketFilter;
import org.limesh.linux.ffi.PacketSocket;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv4;

/** Hears what tells who is at a client port, before bridge and filter rules see it, and asks there. */
final class EarPort implements FramePort {
    private static final int FRAME_OCTETS = 2048;

    private final PacketSocket socket;
    private final int interfaceIndex;
    private final int port;
    private final Counter failed;
    private long countedFailures;
    private boolean broken;

    private EarPort(PacketSocket socket, int interfaceIndex, int port, Counters counters) {
        this.socket = socket;
        this.interfaceIndex = interfaceIndex;
        this.port = port;
        this.failed = counters.of("drop.linux.send_failed");
    }

    static EarPort open(String device, int interfaceIndex, int port, Counters counters) {
        return new EarPort(PacketSocket.open(interfaceIndex, device, PacketFilter.portSigns(), false, FRAME_OCTETS),
                interfaceIndex, port, counters);
    }

    @Override
    public int fd() {
        return socket.fd();
    }

    @Override
    public int interfaceIndex() {
        return interfaceIndex;
    }

    @Override
    public boolean receive(FrameSink sink) {
        int count = socket.receive();
        if (count < 0) {
            broken = count != -Errno.ENETDOWN;
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (socket.isTruncated(i)) {
                continue;
            }
            Frame frame = Frame.allocate(socket.lengthOctets(i));
            socket.copyTo(i, frame.array(), frame.offset());
            if (socket.isChecksumMissing(i) && Ipv4.is(frame)) {
                AnycastPort.withoutChecksum(frame);
            }
            // The mesh of a neighbour has a tag, clients and servers have none.
            if (socket.tpid(i) == 0 || Ethernet.type(frame) == Ethernet.TYPE_BATADV) {
                sink.onFrame(port, frame);
            }
        }
        return count == PacketSocket.BATCH_FRAMES;
    }

    @Override
    public void transmit(int unused, Frame frame) {
        if (!socket.queue(frame.array(), frame.offset(), frame.length(), 0, 0)) {
            failed.increment();
        }
    }

    @Override
    public void flush() {
        socket.flush();
        if (socket.sendFailures() != countedFailures) {
            failed.add(socket.sendFailures() - countedFailures);
            countedFailures = socket.sendFailures();
        }
    }

    @Override
    public boolean isBroken() {
        return broken;
    }

    @Override
    public void close() {
        socket.close();
    }
}
