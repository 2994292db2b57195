package org.limesh.linux;

import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.VlanTag;
import org.limesh.host.HostState.Link;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.PacketFilter;
import org.limesh.linux.ffi.PacketSocket;
import org.limesh.packet.Ethernet;

/** The frames of one VLAN on its parent device; the other side of {@link VlanTap}. */
final class VlanWire implements FramePort {
    private static final int TAG_OCTETS = 4;
    private static final int SPARE_OCTETS = 64;

    private final PacketSocket socket;
    private final int interfaceIndex;
    private final VlanTag tag;
    private final VlanTap tap;
    private final byte[] buffer;
    private final Counter tooLong;
    private final Counter failed;
    private long countedFailures;
    private boolean broken;

    private VlanWire(PacketSocket socket, int parentIndex, Link.Vlan vlan, VlanTap tap, int frameOctets,
            Counters counters) {
        this.socket = socket;
        this.interfaceIndex = parentIndex;
        this.tag = vlan.tag();
        this.tap = tap;
        this.buffer = new byte[frameOctets];
        this.tooLong = counters.of("drop.linux.too_long");
        this.failed = counters.of("drop.linux.send_failed");
    }

    static VlanWire open(Link.Vlan vlan, int parentIndex, VlanTap tap, Counters counters) {
        int frameOctets = vlan.mtuOctets() + Ethernet.HEADER_OCTETS + TAG_OCTETS + SPARE_OCTETS;
        // The MAC of the VLAN is not the parent's, so the parent has to listen for all.
        PacketSocket socket = PacketSocket.open(parentIndex, vlan.parent(),
                PacketFilter.vlan(vlan.tag(), vlan.mac()), true, frameOctets);
        return new VlanWire(socket, parentIndex, vlan, tap, frameOctets, counters);
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
            if (socket.isTruncated(i) || socket.lengthOctets(i) > buffer.length) {
                tooLong.increment();
            } else {
                socket.copyTo(i, buffer, 0);
                tap.write(buffer, 0, socket.lengthOctets(i));
            }
        }
        return count == PacketSocket.BATCH_FRAMES;
    }

    /** Sends a frame with the tag, at the end of the round at the latest. */
    void send(byte[] array, int offset, int lengthOctets) {
        if (!socket.queue(array, offset, lengthOctets, tag.tpid(), tag.id())) {
            tooLong.increment();
        }
    }

    @Override
    public void transmit(int port, Frame frame) {
        Invariant.check(false, "the node has no port on a VLAN's wire");
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
