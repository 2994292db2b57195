package org.limesh.linux;

import org.limesh.base.Counters;
import org.limesh.base.VlanTag;
import org.limesh.host.HostState.Link;
import org.limesh.linux.ffi.PacketFilter;
import org.limesh.linux.ffi.PacketSocket;
import org.limesh.packet.Ethernet;

/** The frames of one VLAN on its parent device; the other side of {@link VlanTap}. */
final class VlanWire implements FramePort {
    private static final int TAG_OCTETS = 4;
    private static final int SPARE_OCTETS = 64;

    private final WireSocket socket;
    private final VlanTag tag;
    private final VlanTap tap;
    private final Tunnels tunnels;
    private final byte[] buffer;

    private VlanWire(WireSocket socket, Link.Vlan vlan, VlanTap tap, Tunnels tunnels, int frameOctets) {
        this.socket = socket;
        this.tag = vlan.tag();
        this.tap = tap;
        this.tunnels = tunnels;
        this.buffer = new byte[Math.max(2048, frameOctets + 64)];
    }

    static VlanWire open(Link.Vlan vlan, int parentIndex, VlanTap tap, Tunnels tunnels, Counters counters) {
        int frameOctets = vlan.mtuOctets() + Ethernet.HEADER_OCTETS + TAG_OCTETS + SPARE_OCTETS;
        // The MAC of the VLAN is not the parent's, so the parent has to listen for all.
        PacketSocket socket = PacketSocket.open(parentIndex, vlan.parent(),
                PacketFilter.vlan(vlan.tag(), vlan.mac()), true, frameOctets);
        return new VlanWire(new WireSocket(socket, parentIndex, counters), vlan, tap, tunnels, frameOctets);
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
            int length = batch.lengthOctets(i);
            if (!socket.isCut(i) && length <= buffer.length) {
                batch.copyTo(i, buffer, 0);
                if (!tunnels.take(buffer, length)) {
                    tap.write(buffer, 0, length);
                }
            }
        }
        return count == PacketSocket.BATCH_FRAMES;
    }

    /** Sends a frame with the tag, at the end of the round at the latest. */
    void send(byte[] array, int offset, int lengthOctets) {
        socket.send(array, offset, lengthOctets, tag);
    }

    @Override
    public void flush() {
        socket.flush();
    }

    @Override
    public boolean isBroken() {
        return socket.isBroken();
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() {
        socket.close();
    }
}
