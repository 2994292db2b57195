package org.limesh.linux;

import org.limesh.base.Counters;
import org.limesh.base.Frame;
import org.limesh.linux.ffi.PacketFilter;
import org.limesh.linux.ffi.PacketSocket;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv4;

/** Hears what tells who is at a client port, before bridge and filter rules see it, and asks there. */
final class EarPort implements FramePort {
    private static final int FRAME_OCTETS = 2048;

    private final WireSocket socket;
    private final int port;

    private EarPort(WireSocket socket, int port) {
        this.socket = socket;
        this.port = port;
    }

    static EarPort open(String device, int interfaceIndex, int port, Counters counters) {
        PacketSocket socket = PacketSocket.open(interfaceIndex, device, PacketFilter.portSigns(), false,
                FRAME_OCTETS);
        return new EarPort(new WireSocket(socket, interfaceIndex, counters), port);
    }

    @Override
    public int fd() {
        return socket.fd();
    }

    @Override
    public int interfaceIndex() {
        return socket.interfaceIndex();
    }

    @Override
    public boolean receive(FrameSink sink) {
        int count = socket.receive();
        PacketSocket batch = socket.batch();
        for (int i = 0; i < count; i++) {
            if (batch.isTruncated(i)) {
                continue;
            }
            Frame frame = Frame.allocate(batch.lengthOctets(i));
            batch.copyTo(i, frame.array(), frame.offset());
            if (batch.isChecksumMissing(i) && Ipv4.is(frame)) {
                AnycastPort.withoutChecksum(frame);
            }
            // The mesh of a neighbour has a tag, clients and servers have none.
            if (batch.tpid(i) == 0 || Ethernet.type(frame) == Ethernet.TYPE_BATADV) {
                sink.onFrame(port, frame);
            }
        }
        return count == PacketSocket.BATCH_FRAMES;
    }

    @Override
    public void transmit(int unused, Frame frame) {
        socket.send(frame.array(), frame.offset(), frame.length(), null);
    }

    @Override
    public void flush() {
        socket.flush();
    }

    @Override
    public boolean isBroken() {
        return socket.isBroken();
    }

    @Override
    public void close() {
        socket.close();
    }
}
