package org.limesh.linux;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.linux.ffi.PacketFilter;
import org.limesh.linux.ffi.PacketSocket;
import org.limesh.node.Port;
import org.limesh.packet.Ethernet;

/**
 * All hard interfaces of one device: each is a VLAN tag, or the untagged frames, of it. The tag is put on and
 * taken off here, so no VLAN device is needed and no VLAN module in the kernel; the bytes are the same.
 */
final class PacketSocketPort implements FramePort {
    private static final int ETHERNET_OCTETS = 14;
    private static final int TAG_OCTETS = 4;
    /** A neighbour's driver may allow more than ours. */
    private static final int SPARE_OCTETS = 64;

    private final WireSocket socket;
    private final int[] ports;
    private final Port.Hardif[] hardifs;
    private final Counter foreign;

    private PacketSocketPort(WireSocket socket, int[] ports, List<Port> all, Counters counters) {
        this.socket = socket;
        this.ports = ports;
        this.hardifs = new Port.Hardif[ports.length];
        for (int i = 0; i < ports.length; i++) {
            hardifs[i] = (Port.Hardif) all.get(ports[i]);
        }
        this.foreign = counters.of("linux.hardif.foreign");
    }

    /** @param ports numbers of the hard interfaces of this device in {@code all} */
    static PacketSocketPort open(
            String device, int interfaceIndex, int mtuOctets, int[] ports, List<Port> all,
            Counters counters) {
        // The MAC of a hard interface is not the device's own, so the device has to listen for all.
        PacketSocket socket = PacketSocket.open(interfaceIndex, device,
                PacketFilter.etherType(Ethernet.TYPE_BATADV),
                true, mtuOctets + ETHERNET_OCTETS + TAG_OCTETS + SPARE_OCTETS);
        return new PacketSocketPort(new WireSocket(socket, interfaceIndex, counters), ports, all, counters);
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
            int at = find(batch.tpid(i), batch.tpid(i) == 0 ? 0 : batch.vlanId(i), batch.destination(i));
            if (at < 0) {
                foreign.increment();
            } else if (!socket.isCut(i)) {
                Frame frame = Frame.allocate(batch.lengthOctets(i));
                batch.copyTo(i, frame.array(), frame.offset());
                sink.onFrame(ports[at], frame);
            }
        }
        return count == PacketSocket.BATCH_FRAMES;
    }

    private int find(int tpid, int vlanId, long destination) {
        for (int i = 0; i < hardifs.length; i++) {
            Port.Hardif hardif = hardifs[i];
            boolean tagFits = hardif.tag() == null ? tpid == 0 : hardif.tag().tpid() == tpid && hardif.tag()
                    .id() == vlanId;
            if (tagFits && (MacAddress.isMulticast(destination) || hardif.mac().bits() == destination)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void transmit(int port, Frame frame) {
        for (int i = 0; i < ports.length; i++) {
            if (ports[i] == port) {
                socket.send(frame.array(), frame.offset(), frame.length(), hardifs[i].tag());
            }
        }
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
