package org.limesh.linux;

import java.util.ArrayDeque;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.linux.ffi.Errno;
import org.limesh.linux.ffi.HostException;
import org.limesh.linux.ffi.PacketFilter;
import org.limesh.linux.ffi.PacketSocket;
import org.limesh.linux.ffi.UdpHolder;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpV6Message;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Ipv6;

/**
 * Conversations with hosts that have no address yet, in whole frames: what clients ask the anycast gateway by
 * DHCP and router discovery, and on the uplink what the provider's DHCP server answers us.
 *
 * <p>When more comes than can be answered, an exchange that has begun is worth more than one that has not:
 * what waits in the socket is taken out, DISCOVERs wait here in a short queue, everything else is handed on
 * before them. A DISCOVER that finds the queue full is dropped; its client asks again, and those that were
 * served meanwhile ask no more.
 *
 * <pre>
 *   socket ─→ REQUEST, RELEASE, solicitation ... ─────────────────→ node
 *             DISCOVER ─→ at most 256 ─→ 16 a round, after these ─→ node
 * </pre>
 */
final class AnycastPort implements FramePort {
    static final int DHCP_CLIENT_PORT = 68;
    private static final int DHCP_SERVER_PORT = 67;
    private static final Ip6Address ALL_ROUTERS = new Ip6Address(0xff02L << 48, 2);
    private static final int FRAME_OCTETS = 2048;
    private static final int IP_AT = 14;
    private static final int UDP_CHECKSUM_AT = 6;
    /** A tenth of a second's work: who has waited longer asks again anyway. */
    private static final int MAX_DISCOVERS = 256;
    private static final int DISCOVERS_A_ROUND = 16;
    /** What the socket holds at the most, so that a flood does not keep the thread here. */
    private static final int BATCHES_A_ROUND = 64;

    private final WireSocket socket;
    private final int port;
    private final Counter foreign;
    private final Counter busy;
    private final ArrayDeque<Frame> discovers = new ArrayDeque<>();

    private AnycastPort(PacketSocket socket, int interfaceIndex, int port, Counters counters) {
        this.socket = new WireSocket(socket, interfaceIndex, counters);
        this.port = port;
        this.foreign = counters.of("linux.anycast.foreign");
        this.busy = counters.of("drop.linux.discover_busy");
    }

    static AnycastPort open(String device, int interfaceIndex, int port, Counters counters) {
        PacketSocket socket = PacketSocket.open(
                interfaceIndex, device, PacketFilter.clientQuestions(), false, FRAME_OCTETS);
        // The kernel joins the first only where it forwards, and the second not at all.
        socket.join(interfaceIndex, device, new MacAddress(Ipv6.multicastMac(ALL_ROUTERS)),
                new MacAddress(Ipv6.multicastMac(DhcpV6Message.ALL_SERVERS)));
        return new AnycastPort(socket, interfaceIndex, port, counters);
    }

    static AnycastPort openUplink(String device, int interfaceIndex, int port, Counters counters) {
        return new AnycastPort(PacketSocket.open(interfaceIndex, device, PacketFilter.udp4(DHCP_CLIENT_PORT),
                false,
                FRAME_OCTETS), interfaceIndex, port, counters);
    }

    static AnycastPort openArp(String device, int interfaceIndex, int port, Counters counters) {
        return new AnycastPort(PacketSocket.open(interfaceIndex, device, PacketFilter.arpReplies(), false,
                FRAME_OCTETS),
                interfaceIndex, port, counters);
    }

    static AnycastPort openEcho(String device, int interfaceIndex, int port, Counters counters) {
        return new AnycastPort(PacketSocket.open(interfaceIndex, device, PacketFilter.echoReplies6(), false,
                FRAME_OCTETS),
                interfaceIndex, port, counters);
    }

    /**
     * Takes the DHCP port of the anycast address. It belongs to the address, not to the interface, and is
     * kept while the interface is made anew.
     *
     * @throws HostException with a hint when another program has the port
     */
    static UdpHolder hold(Ip4Address address) {
        try {
            return UdpHolder.open(address, DHCP_SERVER_PORT);
        } catch (HostException refused) {
            throw refused.errno() != Errno.EADDRINUSE ? refused : new HostException(
                    "UDP port 67 (DHCP) of " + address + " is in use by another program.\n"
                            + "  Which one: ss -lunp sport = :67     Usual: dnsmasq, kea, isc-dhcp-server. "
                            + "Bind it to another interface or stop it.");
        }
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
        int count = PacketSocket.BATCH_FRAMES;
        for (int batch = 0; batch < BATCHES_A_ROUND && count == PacketSocket.BATCH_FRAMES; batch++) {
            count = socket.receive();
            take(count, sink);
        }
        if (socket.isBroken()) {
            discovers.clear();
            return false;
        }
        for (int i = 0; i < DISCOVERS_A_ROUND && !discovers.isEmpty(); i++) {
            sink.onFrame(port, discovers.poll());
        }
        return count == PacketSocket.BATCH_FRAMES || !discovers.isEmpty();
    }

    private void take(int count, FrameSink sink) {
        PacketSocket batch = socket.batch();
        for (int i = 0; i < count; i++) {
            if (batch.tpid(i) != 0 || batch.isTruncated(i)) {
                foreign.increment();
                continue;
            }
            Frame frame = Frame.allocate(batch.lengthOctets(i));
            batch.copyTo(i, frame.array(), frame.offset());
            if (batch.isChecksumMissing(i) && Ipv4.is(frame)) {
                withoutChecksum(frame);
            }
            if (!DhcpMessage.looksLikeDiscover(frame)) {
                sink.onFrame(port, frame);
            } else if (discovers.size() < MAX_DISCOVERS) {
                discovers.add(frame);
            } else {
                busy.increment();
            }
        }
    }

    /**
     * A client on this machine (a container, a virtual machine) leaves the checksum to hardware that is not
     * on its way. The frame saw no wire; zero is IPv4's word for "not computed". IPv6 has none: there the
     * half sum stays, and nobody looks at it.
     */
    static void withoutChecksum(Frame frame) {
        int udp = IP_AT + (frame.u8(IP_AT) & 15) * 4;
        if (udp + UDP_CHECKSUM_AT + 2 <= frame.length()) {
            frame.put16(udp + UDP_CHECKSUM_AT, 0);
        }
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
