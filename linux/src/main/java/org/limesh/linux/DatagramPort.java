package org.limesh.linux;

import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Ip6Address;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.UdpSocket6;
import org.limesh.linux.netlink.LinkInfo;
import org.limesh.node.Port;

/** Datagrams of a node on one of its devices. */
final class DatagramPort implements FramePort {
    /** Datagrams of one round; a flood must not keep the mesh waiting. */
    private static final int BATCH = 32;

    private final UdpSocket6 socket;
    private final int interfaceIndex;
    private final int port;
    private final Counter failed;
    private boolean broken;

    private DatagramPort(UdpSocket6 socket, int interfaceIndex, int port, Counters counters) {
        this.socket = socket;
        this.interfaceIndex = interfaceIndex;
        this.port = port;
        this.failed = counters.of("drop.linux.datagram_failed");
    }

    /** @throws HostException with a hint when another program has the port */
    static DatagramPort open(Port.Datagram wanted, LinkInfo link, int port, Counters counters) {
        Ip6Address source = link.mac() == null ? Ip6Address.ANY : Ip6Address.linkLocalOf(link.mac());
        try {
            return new DatagramPort(UdpSocket6.open(wanted.device(), link.index(), source, wanted.udpPort(),
                    wanted.group()), link.index(), port, counters);
        } catch (HostException refused) {
            throw refused.errno() != Errno.EADDRINUSE ? refused : new HostException(
                    "UDP port " + wanted.udpPort() + " (" + wanted.name() + ") on " + wanted.device()
                            + " is in use by another program.\n  Which one: ss -lunp sport = :"
                            + wanted.udpPort()
                            + "     A node speaks A.L.F.R.E.D. and BMX7 itself: stop the other daemon.");
        }
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
        for (int i = 0; i < BATCH; i++) {
            int count = socket.receive();
            if (count < 0) {
                broken = count != -Errno.ENETDOWN;
            }
            if (count <= 0) {
                return false;
            }
            sink.onDatagram(port, socket.source(), socket.payload());
        }
        return true;
    }

    /** Lost when the kernel does not take it, as in any network; before its address is there, too. */
    void send(Ip6Address destination, byte[] payload) {
        if (socket.send(destination, payload) < 0) {
            failed.increment();
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
