package org.limesh.linux;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.Octets;
import org.limesh.host.HostState.Link;
import org.limesh.linux.ffi.RawSocket6;
import org.limesh.linux.ffi.TapDevice;
import org.limesh.linux.offload.Joiner;
import org.limesh.linux.offload.OffloadHeader;
import org.limesh.linux.offload.Segmenter;
import org.limesh.packet.Ethernet;

/**
 * The other end of one TUN: wraps what is routed into it, writes what was unwrapped.
 *
 * <p>The kernel decides which way a wrapped packet goes. When it leaves by a {@link VlanTap}, that tells with
 * which Ethernet header and through which wire; from then on packets go there at once, until a route or
 * device changes and at least every {@value #ASK_AGAIN_MS} ms, when the kernel is asked by the next packets
 * anew.
 */
final class TunnelEnd implements FramePort {
    /** As long as somebody else's change of a route or a neighbour's change of its MAC may go unnoticed. */
    private static final int ASK_AGAIN_MS = 1000;
    private static final int HOP_LIMIT = 64;
    private static final int ECN_ECT0 = 2;
    private static final int ECN_CE = 3;
    private static final int BATCH_READS = 64;
    /** Wrapped they wait in the queue of a device that may be ours too: it holds 500 packets. */
    private static final int BATCH_OCTETS = 256 * 1024;

    private final TapDevice tun;
    private final Tunnels tunnels;
    private final RawSocket6 out;
    private final Counter malformed;
    private final Counter failed;
    private final Counter tooLong;
    private final Counter shortcut;
    private final byte[] buffer = new byte[TapDevice.BUFFER_OCTETS + Ethernet.HEADER_OCTETS];
    /** Ethernet header of the known way, IPv6 header. */
    private final byte[] header = new byte[Ethernet.HEADER_OCTETS + Tunnels.HEADER_OCTETS];
    private final Joiner joiner = new Joiner(this::writePiece);
    private volatile Link.Tunnel tunnel;
    private Link.Tunnel headerFor;
    /** Null while the kernel is asked. */
    private VlanWire way;
    private int wayAtChange;
    private long wayUntilNs;
    private boolean broken;

    TunnelEnd(Link.Tunnel tunnel, TapDevice tun, Tunnels tunnels, RawSocket6 out, Counters counters) {
        this.tunnel = tunnel;
        this.tun = tun;
        this.tunnels = tunnels;
        this.out = out;
        this.malformed = counters.of("drop.linux.tunnel_malformed");
        this.failed = counters.of("drop.linux.tunnel_send_failed");
        this.tooLong = counters.of("drop.linux.too_long");
        this.shortcut = counters.of("linux.tunnel.given_to_wire");
    }

    Link.Tunnel tunnel() {
        return tunnel;
    }

    void change(Link.Tunnel wanted) {
        tunnel = wanted;
    }

    @Override
    public int fd() {
        return tun.fd();
    }

    // Wrapping

    @Override
    public boolean receive(FrameSink sink) {
        prepare();
        for (int i = 0, octets = 0; i < BATCH_READS && octets < BATCH_OCTETS; i++) {
            int length = tun.read();
            octets += length;
            if (length <= 0) {
                broken = length < 0;
                return false;
            }
            take(length);
        }
        return true;
    }

    private void prepare() {
        Link.Tunnel now = tunnel;
        if (now != headerFor) {
            int ip = Ethernet.HEADER_OCTETS;
            header[ip + 7] = HOP_LIMIT;
            Octets.put64(header, ip + 8, now.local().high());
            Octets.put64(header, ip + 16, now.local().low());
            Octets.put64(header, ip + 24, now.remote().high());
            Octets.put64(header, ip + 32, now.remote().low());
            headerFor = now;
            way = null;
        }
        if (way != null && (way.isClosed() || wayAtChange != tunnels.change()
                || wayUntilNs - System.nanoTime() < 0)) {
            way = null;
        }
    }

    /** Large pieces of TCP are cut into packets here; the cutter wants an Ethernet header in front. */
    private void take(int length) {
        int offload = TapDevice.OFFLOAD_HEADER_OCTETS;
        if (length <= offload) {
            malformed.increment();
            return;
        }
        int ip = offload + Ethernet.HEADER_OCTETS;
        tun.copyTo(0, buffer, 0, offload);
        tun.copyTo(offload, buffer, ip, length - offload);
        OffloadHeader.shift(buffer, 0, Ethernet.HEADER_OCTETS);
        Octets.put16(buffer, ip - 2, (buffer[ip] >> 4 & 15) == 4 ? Ethernet.TYPE_IPV4 : Ethernet.TYPE_IPV6);
        if (!Segmenter.segment(buffer, length + Ethernet.HEADER_OCTETS, this::wrap)) {
            malformed.increment();
        }
    }

    private void wrap(Frame frame) {
        byte[] octets = frame.array();
        int inner = frame.offset() + Ethernet.HEADER_OCTETS;
        int length = frame.length() - Ethernet.HEADER_OCTETS;
        int version = octets[inner] >> 4 & 15;
        if (isForTheLink(octets, inner, version)) {
            return;
        }
        int ecn = Tunnels.ecn(octets, inner);
        int ip = Ethernet.HEADER_OCTETS;
        header[ip] = 0x60;
        header[ip + 1] = (byte) ((ecn == ECN_CE ? ECN_ECT0 : ecn) << 4);
        Octets.put16(header, ip + 4, length);
        header[ip + 6] = (byte) (version == 4 ? Tunnels.NEXT_IPV4 : Tunnels.NEXT_IPV6);
        // What lies in front is the frame's headroom, and more than enough.
        frame.prepend(Tunnels.HEADER_OCTETS).putBytes(0, header);
        if (way != null) {
            shortcut.increment();
            way.send(octets, frame.offset(), frame.length());
        } else if (!out.queue(octets, frame.offset() + ip, frame.length() - ip)) {
            tooLong.increment();
        }
    }

    /** Groups that no router forwards: they are meant for a link, and a tunnel is none. */
    private static boolean isForTheLink(byte[] packet, int at, int version) {
        return version == 4 ? Octets.i32(packet, at + 16) >>> 8 == 0xe00000
                : version != 6 || Octets.u16(packet, at + 24) == 0xff02;
    }

    /** The kernel sends a packet of this end in a frame with such an Ethernet header. */
    void willLeaveLike(byte[] frame) {
        System.arraycopy(frame, 0, header, 0, Ethernet.HEADER_OCTETS);
    }

    /** And through this wire, where all packets are now that this end gave to the kernel. */
    void leavesThrough(VlanWire wire) {
        way = wire;
        wayAtChange = tunnels.change();
        wayUntilNs = System.nanoTime() + ASK_AGAIN_MS * 1_000_000L;
    }

    // Unwrapped

    /** A packet that was unwrapped, behind room for an Ethernet header; joined with others of its kind. */
    void write(Frame frame) {
        joiner.add(frame);
    }

    private void writePiece(byte[] offloadHeader, Frame first, List<Frame> more, int from) {
        OffloadHeader.shift(offloadHeader, 0, -Ethernet.HEADER_OCTETS);
        tun.put(0, offloadHeader, 0, offloadHeader.length);
        int at = offloadHeader.length;
        int length = first.length() - Ethernet.HEADER_OCTETS;
        tun.put(at, first.array(), first.offset() + Ethernet.HEADER_OCTETS, length);
        at += length;
        for (Frame frame : more) {
            tun.put(at, frame.array(), frame.offset() + from, frame.length() - from);
            at += frame.length() - from;
        }
        if (tun.write(at) < 0) {
            failed.increment();
        }
    }

    @Override
    public void flush() {
        failed.add(out.flush());
        joiner.flush();
    }

    @Override
    public boolean isBroken() {
        return broken;
    }

    @Override
    public void close() {
        tun.close();
    }
}
