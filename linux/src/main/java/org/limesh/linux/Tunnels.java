package org.limesh.linux;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.Octets;
import org.limesh.host.HostState.Link;
import org.limesh.linux.ffi.RawSocket6;
import org.limesh.linux.ffi.TapDevice;
import org.limesh.linux.offload.Joiner;
import org.limesh.linux.offload.OffloadHeader;
import org.limesh.linux.offload.Segmenter;
import org.limesh.packet.Ethernet;

/**
 * Tunnels where the kernel has no ip6tnl: TUN devices, and sockets that send and hear IPv6 packets with IPv4
 * or IPv6 in them. The octets on the wire are those of ip6tnl without encapsulation limit.
 *
 * <pre>
 *  outer header (40)  version 6, traffic class (its ECN bits as inside), flow label 0
 *                     payload length  next header 4 or 41  hop limit 64  source = local  destination = remote
 * </pre>
 *
 * <p>What comes from an outer pair of addresses that is no tunnel's is dropped and counted: a node is no open
 * decapsulator. Groups of the link (router solicitations and such) are not wrapped.
 */
final class Tunnels {
    private static final int HEADER_OCTETS = 40;
    private static final int NEXT_IPV4 = 4;
    private static final int NEXT_IPV6 = 41;
    private static final int HOP_LIMIT = 64;
    private static final int ECN_MASK = 3;
    private static final int ECN_ECT0 = 2;
    private static final int ECN_CE = 3;
    private static final int BATCH_READS = 64;
    /** Wrapped they wait in the queue of a device that may be ours too: it holds 500 packets. */
    private static final int BATCH_OCTETS = 256 * 1024;

    /** Outer addresses as packets arrive: from the remote to the local end. */
    private record Pair(Ip6Address source, Ip6Address destination) {}

    private final RawSocket6 out = RawSocket6.sending();
    private final Counter foreign;
    private final Counter malformed;
    private final Counter failed;
    private final Counter tooLong;
    private final Counter congested;
    private long countedFailures;
    private volatile Map<Pair, End> ends = Map.of();

    Tunnels(Counters counters) {
        this.foreign = counters.of("drop.linux.tunnel_foreign");
        this.malformed = counters.of("drop.linux.tunnel_malformed");
        this.failed = counters.of("drop.linux.tunnel_send_failed");
        this.tooLong = counters.of("drop.linux.too_long");
        this.congested = counters.of("drop.linux.tunnel_congested");
    }

    /** Makes the other end of a TUN that was just made. */
    End end(Link.Tunnel tunnel, TapDevice tun) {
        return new End(tunnel, tun);
    }

    /** From now on these are all tunnels. */
    void serve(Iterable<End> all) {
        Map<Pair, End> next = new LinkedHashMap<>();
        all.forEach(end -> next.put(new Pair(end.tunnel.remote(), end.tunnel.local()), end));
        ends = next;
    }

    Ear ear(int nextHeader) {
        return new Ear(nextHeader);
    }

    void close() {
        out.close();
    }

    private void flushOut() {
        out.flush();
        if (out.sendFailures() != countedFailures) {
            failed.add(out.sendFailures() - countedFailures);
            countedFailures = out.sendFailures();
        }
    }

    /** The other end of one TUN: wraps what is routed into it. */
    final class End implements FramePort {
        private final TapDevice tun;
        private final byte[] buffer = new byte[TapDevice.BUFFER_OCTETS + Ethernet.HEADER_OCTETS];
        private final byte[] header = new byte[HEADER_OCTETS];
        private volatile Link.Tunnel tunnel;
        private Link.Tunnel headerFor;
        private final Joiner joiner = new Joiner(this::writePiece);
        private boolean broken;

        private End(Link.Tunnel tunnel, TapDevice tun) {
            this.tunnel = tunnel;
            this.tun = tun;
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

        @Override
        public int interfaceIndex() {
            return 0;
        }

        @Override
        public boolean receive(FrameSink sink) {
            Link.Tunnel now = tunnel;
            if (now != headerFor) {
                prepare(now);
            }
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
            Octets.put16(buffer, ip - 2, (buffer[ip] >> 4 & 15) == 4 ? Ethernet.TYPE_IPV4
                    : Ethernet.TYPE_IPV6);
            if (!Segmenter.segment(buffer, length + Ethernet.HEADER_OCTETS, this::wrap)) {
                malformed.increment();
            }
        }

        private void prepare(Link.Tunnel now) {
            header[7] = HOP_LIMIT;
            Octets.put64(header, 8, now.local().high());
            Octets.put64(header, 16, now.local().low());
            Octets.put64(header, 24, now.remote().high());
            Octets.put64(header, 32, now.remote().low());
            headerFor = now;
        }

        private void wrap(Frame frame) {
            byte[] octets = frame.array();
            int at = frame.offset() + Ethernet.HEADER_OCTETS;
            int length = frame.length() - Ethernet.HEADER_OCTETS;
            int version = octets[at] >> 4 & 15;
            if (isForTheLink(octets, at, version)) {
                return;
            }
            int ecn = ecn(octets, at, version);
            header[0] = 0x60;
            header[1] = (byte) ((ecn == ECN_CE ? ECN_ECT0 : ecn) << 4);
            Octets.put16(header, 4, length);
            header[6] = (byte) (version == 4 ? NEXT_IPV4 : NEXT_IPV6);
            if (!out.queue(header, octets, at, length)) {
                tooLong.increment();
            }
        }

        /**
         * A packet that was unwrapped, behind room for an Ethernet header; joined with others of its kind.
         */
        private void write(Frame frame) {
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
        public void transmit(int port, Frame frame) {
            Invariant.check(false, "the node has no port on a tunnel");
        }

        @Override
        public void flush() {
            flushOut();
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

    private static int ecn(byte[] packet, int at, int version) {
        return (version == 4 ? packet[at + 1] : Octets.u16(packet, at) >> 4) & ECN_MASK;
    }

    /** Groups that no router forwards: they are meant for a link, and a tunnel is none. */
    private static boolean isForTheLink(byte[] packet, int at, int version) {
        return version == 4 ? Octets.i32(packet, at + 16) >>> 8 == 0xe00000
                : version != 6 || Octets.u16(packet, at + 24) == 0xff02;
    }

    /** Hears what is wrapped, of all tunnels, and unwraps it. */
    final class Ear implements FramePort {
        private final RawSocket6 in;
        private final int version;
        private boolean broken;

        private Ear(int nextHeader) {
            this.in = RawSocket6.hearing(nextHeader);
            this.version = nextHeader == NEXT_IPV4 ? 4 : 6;
        }

        @Override
        public int fd() {
            return in.fd();
        }

        @Override
        public int interfaceIndex() {
            return 0;
        }

        @Override
        public boolean receive(FrameSink sink) {
            int count = in.receive();
            if (count < 0) {
                broken = true;
                return false;
            }
            Map<Pair, End> known = ends;
            for (int i = 0; i < count; i++) {
                End end = known.get(new Pair(in.source(i), in.destination(i)));
                if (end == null) {
                    foreign.increment();
                } else if (in.isTruncated(i) || in.lengthOctets(i) == 0) {
                    malformed.increment();
                } else {
                    unwrap(i, end);
                }
            }
            return count == RawSocket6.BATCH_PACKETS;
        }

        private void unwrap(int index, End end) {
            int length = in.lengthOctets(index);
            Frame frame = Frame.allocate(Ethernet.HEADER_OCTETS + length);
            byte[] octets = frame.array();
            int at = frame.offset() + Ethernet.HEADER_OCTETS;
            in.copyTo(index, octets, at);
            if ((octets[at] >> 4 & 15) != version || length < (version == 4 ? 20 : HEADER_OCTETS)) {
                malformed.increment();
                return;
            }
            // RFC 6040: congestion met on the way is told inside, or the packet dropped where it cannot be.
            if ((in.trafficClass(index) & ECN_MASK) == ECN_CE && ecn(octets, at, version) != ECN_CE) {
                if (ecn(octets, at, version) == 0) {
                    congested.increment();
                    return;
                }
                markCongested(octets, at);
            }
            Octets.put16(octets, at - 2, version == 4 ? Ethernet.TYPE_IPV4 : Ethernet.TYPE_IPV6);
            end.write(frame);
        }

        private void markCongested(byte[] packet, int at) {
            if (version == 6) {
                packet[at + 1] |= (byte) (ECN_CE << 4);
                return;
            }
            int before = Octets.u16(packet, at);
            packet[at + 1] |= ECN_CE;
            // RFC 1624: the checksum follows the one word that changed.
            int sum = (~Octets.u16(packet, at + 10) & 0xffff) + (~before & 0xffff) + Octets.u16(packet, at);
            sum = (sum & 0xffff) + (sum >>> 16);
            Octets.put16(packet, at + 10, ~(sum + (sum >>> 16)) & 0xffff);
        }

        @Override
        public void transmit(int port, Frame frame) {
            Invariant.check(false, "the node has no port on a tunnel");
        }

        @Override
        public void flush() {}

        @Override
        public boolean isBroken() {
            return broken;
        }

        @Override
        public void close() {
            in.close();
        }
    }
}
