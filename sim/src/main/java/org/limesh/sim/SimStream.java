package org.limesh.sim;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.packet.Checksum;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Tcp;

/**
 * A TCP-like stream between two clients, or a client and the Internet, and how well it goes.
 *
 * <p>Real TCP segments: handshake, cumulative acknowledgements, slow start, halving on three duplicate
 * acknowledgements (fast retransmit), a retransmission timer of 200 ms at least that doubles. The only
 * option is the largest segment. What is left out: delayed acknowledgements, closing. The addresses are those
 * of the start; when one of the clients gets another address the stream breaks, as a socket does. Who did not
 * open it knows the other end as its packets say, so translated addresses are no trouble.
 */
public final class SimStream implements EventTarget {
    private static final int HEADERS_OCTETS = 40;
    private static final int MSS_OPTION = 2;
    private static final int MSS_OPTION_OCTETS = 4;
    private static final int DEFAULT_MSS_OCTETS = 536;
    private static final int SMALLEST_SEGMENT_OCTETS = 100;
    /** A slow application writes this often, so that a gap is seen as sharply as that. */
    private static final long WRITE_INTERVAL_NS = 20 * SimTime.MS;
    private static final int WINDOW_OCTETS = 65_535;
    /** As a scaled window; over a line of 40 ms it carries 50 Mbit/s. */
    private static final int INTERNET_WINDOW_OCTETS = 262_140;
    private static final int FIRST_WINDOW_SEGMENTS = 10;
    private static final int DUPLICATES_FOR_RETRANSMIT = 3;
    private static final long LEAST_RTO_NS = 200 * SimTime.MS;
    private static final long FIRST_RTO_NS = SimTime.SECOND;
    private static final long LONGEST_RTO_NS = 60 * SimTime.SECOND;
    /** Linux gives up after fifteen repetitions. */
    private static final int RETRANSMISSIONS_LIMIT = 15;
    private static final int TRIED_SYNS_LIMIT = 6;
    private static final int START_SEQUENCE = 1;
    private static final int RECEIVER_PORT = 5201;
    private static final int SENDER_PORTS = 40_000;
    private static final int TIMEOUT = 1;
    private static final int WRITE = 2;

    /** The other end, as one end's packets call it. */
    private record Peer(Ip4Address address, int port) {}

    private final Simulation sim;
    private final StreamEnd from;
    private final StreamEnd to;
    private final boolean receiverOpens;
    private final int windowLimitOctets;
    private final Ip4Address fromAddress;
    private final Ip4Address toAddress;
    private final int senderPort;
    private final int receiverPort;
    /** What {@code from} calls {@code to}, and the other way round; null until the first packet says it. */
    private Peer fromsPeer;
    private Peer tosPeer;
    private final long rateBps;
    private final long startedNs;

    private boolean opened;
    private boolean connected;
    private boolean stopped;
    private boolean broken;
    private boolean reset;
    private long unacknowledged;
    private long next;
    private long highest;
    private int segmentOctets;
    private double windowOctets;
    private double threshold;
    private int duplicates;
    private long recoverUntil = -1;
    private long smoothedNs;
    private long deviationNs;
    private long rtoNs = FIRST_RTO_NS;
    private int repetitions;
    private long timedOctet = -1;
    private long timedNs;
    private int timer;
    private boolean writeArmed;
    private long retransmissions;

    private long received;
    private final TreeMap<Long, Long> outOfOrder = new TreeMap<>();
    private long[] deliveredNs = new long[256];
    private long[] deliveredOctets = new long[256];
    private int deliveries;

    private SimStream(Simulation sim, StreamEnd from, StreamEnd to, boolean receiverOpens, int number,
            long rateBps) {
        this.sim = sim;
        this.from = from;
        this.to = to;
        this.receiverOpens = receiverOpens;
        this.fromAddress = from.address4();
        this.toAddress = to.address4();
        this.senderPort = receiverOpens ? RECEIVER_PORT : SENDER_PORTS + number;
        this.receiverPort = receiverOpens ? SENDER_PORTS + number : RECEIVER_PORT;
        boolean internet = !(from instanceof SimClient && to instanceof SimClient);
        // Nobody translates between clients; and the first packet of another session must not be taken for its own.
        this.fromsPeer = receiverOpens && internet ? null : new Peer(toAddress, receiverPort);
        this.tosPeer = receiverOpens || !internet ? new Peer(fromAddress, senderPort) : null;
        this.rateBps = rateBps;
        this.startedNs = sim.nowNs();
        this.windowLimitOctets = internet ? INTERNET_WINDOW_OCTETS : WINDOW_OCTETS;
        // Without selective acknowledgements each loss of a burst costs a round trip, so no burst is tried
        // beyond this.
        this.threshold = WINDOW_OCTETS;
        long perWrite = rateBps / 8 * WRITE_INTERVAL_NS / SimTime.SECOND;
        int largest = from.mtuOctets() - HEADERS_OCTETS;
        this.segmentOctets = rateBps == 0 ? largest : Math.clamp(perWrite, SMALLEST_SEGMENT_OCTETS, largest);
        this.windowOctets = FIRST_WINDOW_SEGMENTS * segmentOctets;
    }

    /** @param receiverOpens true when who gets the data calls, as for a download */
    static SimStream open(Simulation sim, StreamEnd from, StreamEnd to, boolean receiverOpens, long rateBps) {
        SimStream stream = new SimStream(sim, from, to, receiverOpens, (int) (sim.nextTraceId() % 20_000),
                rateBps);
        from.joined(stream);
        to.joined(stream);
        for (SimObserver observer : sim.observers()) {
            observer.streamOpened(stream, sim.nowNs());
        }
        stream.sendSyn();
        return stream;
    }

    /** Ends it; no more data is written. */
    public void stop() {
        stopped = true;
    }

    /** True while neither end has given up and both keep their address. */
    public boolean isAlive() {
        return !broken && fromAddress.equals(from.address4()) && toAddress.equals(to.address4());
    }

    /** True after {@link #stop}. */
    boolean isStopped() {
        return stopped;
    }

    /** True when one end was told that there is no such session. */
    boolean wasReset() {
        return reset;
    }

    /** The other end of a session of two clients, or null when this one has no part in it. */
    SimClient otherClient(SimClient client) {
        StreamEnd other = client == from ? to : client == to ? from : null;
        return other instanceof SimClient peer ? peer : null;
    }

    /** True after the handshake. */
    public boolean isConnected() {
        return connected;
    }

    /** Name of who sends the data; an address in the Internet. */
    public String from() {
        return from.name();
    }

    /** Name of who gets the data. */
    public String to() {
        return to.name();
    }

    /** Octets delivered in order to the receiver's application. */
    public long deliveredOctets() {
        return received;
    }

    /** Segments sent again. */
    public long retransmissions() {
        return retransmissions;
    }

    /** Longest time without an in-order delivery in [from, to], its ends included. */
    public long longestGapNs(long fromNs, long toNs) {
        long longest = 0;
        long lastNs = fromNs;
        for (int i = 0; i < deliveries; i++) {
            if (deliveredNs[i] >= fromNs && deliveredNs[i] <= toNs) {
                longest = Math.max(longest, deliveredNs[i] - lastNs);
                lastNs = deliveredNs[i];
            }
        }
        return Math.max(longest, toNs - lastNs);
    }

    /** Bits per second delivered in [from, to]. */
    public long goodputBps(long fromNs, long toNs) {
        long octets = 0;
        long before = 0;
        for (int i = 0; i < deliveries; i++) {
            if (deliveredNs[i] >= fromNs && deliveredNs[i] <= toNs) {
                octets += deliveredOctets[i] - before;
            }
            before = deliveredOctets[i];
        }
        return toNs <= fromNs ? 0 : Math.round(octets * 8e9 / (toNs - fromNs));
    }

    private void sendSyn() {
        emit(receiverOpens ? to : from, 0, 0, Tcp.SYN, 0);
        armTimer();
    }

    /** What the application has written so far. */
    private long written() {
        if (rateBps == 0) {
            return Long.MAX_VALUE;
        }
        long elapsedNs = sim.nowNs() - startedNs;
        return elapsedNs / SimTime.SECOND * rateBps / 8 + elapsedNs % SimTime.SECOND
                * rateBps / 8 / SimTime.SECOND;
    }

    private void pump() {
        if (!connected || stopped || broken) {
            return;
        }
        long limit = unacknowledged + (long) Math.min(windowOctets, windowLimitOctets);
        while (next + segmentOctets <= limit) {
            if (next + segmentOctets > written()) {
                armWrite();
                break;
            }
            sendData(next);
            next += segmentOctets;
            highest = Math.max(highest, next);
        }
    }

    private void armWrite() {
        if (!writeArmed) {
            writeArmed = true;
            long missing = next + segmentOctets - written();
            long waitNs = missing * 8 * SimTime.SECOND / rateBps + 1;
            sim.schedule(sim.nowNs() + waitNs, this, WRITE, null, null);
        }
    }

    private void sendData(long at) {
        if (at < highest) {
            retransmissions++;
            timedOctet = -1;
        } else if (timedOctet < 0) {
            timedOctet = at + segmentOctets;
            timedNs = sim.nowNs();
        }
        emit(from, at, 0, Tcp.ACK | Tcp.PSH, segmentOctets);
        if (at == unacknowledged) {
            armTimer();
        }
    }

    private void emit(StreamEnd sender, long offset, long acknowledged, int flags, int octets) {
        boolean forward = sender == from;
        Peer peer = forward ? fromsPeer : tosPeer;
        if (peer == null) {
            return;
        }
        boolean syn = (flags & Tcp.SYN) != 0;
        int sequence = syn ? START_SEQUENCE - 1 : START_SEQUENCE + (int) offset;
        int ack = (flags & Tcp.ACK) != 0 ? START_SEQUENCE + (int) acknowledged : 0;
        int source = (forward ? fromAddress : toAddress).bits();
        Frame frame = Tcp.frame4(0, sender.macBits(), source, forward ? senderPort : receiverPort,
                peer.address.bits(), peer.port, sequence, ack, flags, WINDOW_OCTETS,
                syn ? MSS_OPTION_OCTETS : octets);
        if (syn) {
            putMss(frame, source, peer.address.bits(), sender.mtuOctets() - HEADERS_OCTETS);
        }
        sender.send4(peer.address, frame);
    }

    /** Makes the first four octets of the data an option of the header. */
    private static void putMss(Frame frame, int source, int destination, int mssOctets) {
        int at = Tcp.offset(frame);
        frame.put8(at + 12, (Tcp.HEADER_OCTETS + MSS_OPTION_OCTETS) / 4 << 4);
        frame.put8(at + Tcp.HEADER_OCTETS, MSS_OPTION);
        frame.put8(at + Tcp.HEADER_OCTETS + 1, MSS_OPTION_OCTETS);
        frame.put16(at + Tcp.HEADER_OCTETS + 2, mssOctets);
        frame.put16(at + 16, 0);
        int length = Tcp.HEADER_OCTETS + MSS_OPTION_OCTETS;
        frame.put16(at + 16, Checksum.finish(Checksum.pseudo4(source, destination, Ipv4.PROTOCOL_TCP, length)
                + Checksum.sum(frame, at, length)));
    }

    private static int mss(Frame frame, int at) {
        boolean told = Tcp.flags(frame, at) >= 0 && (frame.u8(at + 12) >>> 4) * 4 > Tcp.HEADER_OCTETS
                && frame.u8(at + Tcp.HEADER_OCTETS) == MSS_OPTION;
        return told ? frame.u16(at + Tcp.HEADER_OCTETS + 2) : DEFAULT_MSS_OCTETS;
    }

    private void armTimer() {
        timer++;
        sim.schedule(sim.nowNs() + rtoNs, this, TIMEOUT | timer << 2, null, null);
    }

    @Override
    public void fire(int what, Object first, Object second, long nowNs) {
        if (what == WRITE) {
            writeArmed = false;
            pump();
        } else if (what >>> 2 == (timer & 0x3fff_ffff) && !broken) {
            timeout();
        }
    }

    private void timeout() {
        boolean waits = !connected || unacknowledged < next;
        if (!waits || stopped) {
            return;
        }
        if (!isAlive() || ++repetitions > (connected ? RETRANSMISSIONS_LIMIT : TRIED_SYNS_LIMIT)) {
            broken = true;
            return;
        }
        rtoNs = Math.min(rtoNs * 2, LONGEST_RTO_NS);
        if (!connected) {
            if (receiverOpens && opened) {
                // Its acknowledgement was lost on the way.
                emit(to, 0, received, Tcp.ACK, 0);
                armTimer();
            } else {
                sendSyn();
            }
            return;
        }
        threshold = Math.max((next - unacknowledged) / 2.0, 2.0 * segmentOctets);
        windowOctets = segmentOctets;
        duplicates = 0;
        recoverUntil = -1;
        // Everything after the hole is sent again as the window opens, as after a timeout without SACK.
        next = unacknowledged;
        pump();
    }

    /** True for the port that this end has. */
    boolean listensOn(StreamEnd end, int port) {
        return port == (end == from ? senderPort : receiverPort);
    }

    /** A segment reached one of the ends; true when it belongs to this stream. */
    boolean takes(StreamEnd end, Frame frame, int at) {
        boolean atSender = end == from;
        Ip4Address own = atSender ? fromAddress : toAddress;
        if (end != from && end != to || !listensOn(end, Tcp.destinationPort(frame, at))
                || Ipv4.destination(frame) != own.bits()) {
            return false;
        }
        Peer speaker = new Peer(new Ip4Address(Ipv4.source(frame)), Tcp.sourcePort(frame, at));
        Peer known = atSender ? fromsPeer : tosPeer;
        boolean opening = (Tcp.flags(frame, at) & (Tcp.SYN | Tcp.ACK)) == Tcp.SYN;
        if (known == null && opening) {
            if (atSender) {
                fromsPeer = speaker;
            } else {
                tosPeer = speaker;
            }
        } else if (!speaker.equals(known)) {
            return false;
        }
        if ((Tcp.flags(frame, at) & Tcp.RST) != 0) {
            broken = true;
            reset = true;
        } else if (atSender) {
            onSender(frame, at);
        } else {
            onReceiver(frame, at);
        }
        return true;
    }

    private void onReceiver(Frame frame, int at) {
        if ((Tcp.flags(frame, at) & Tcp.SYN) != 0) {
            opened = true;
            emit(to, 0, received, receiverOpens ? Tcp.ACK : Tcp.SYN | Tcp.ACK, 0);
            return;
        }
        int octets = Tcp.payloadOctets(frame, at);
        if (octets > 0) {
            long offset = received + (Tcp.sequence(frame, at) - START_SEQUENCE - (int) received);
            take(offset, offset + octets);
            emit(to, 0, received, Tcp.ACK, 0);
        }
    }

    private void take(long start, long end) {
        if (start > received) {
            outOfOrder.merge(start, end, Math::max);
            return;
        }
        long before = received;
        received = Math.max(received, end);
        Map.Entry<Long, Long> following = outOfOrder.firstEntry();
        while (following != null && following.getKey() <= received) {
            received = Math.max(received, following.getValue());
            outOfOrder.pollFirstEntry();
            following = outOfOrder.firstEntry();
        }
        if (received > before) {
            if (deliveries == deliveredNs.length) {
                deliveredNs = Arrays.copyOf(deliveredNs, deliveries * 2);
                deliveredOctets = Arrays.copyOf(deliveredOctets, deliveries * 2);
            }
            deliveredNs[deliveries] = sim.nowNs();
            deliveredOctets[deliveries++] = received;
        }
    }

    private void onSender(Frame frame, int at) {
        if ((Tcp.flags(frame, at) & Tcp.SYN) != 0) {
            segmentOctets = Math.min(segmentOctets, mss(frame, at));
            if (receiverOpens) {
                emit(from, 0, 0, Tcp.SYN | Tcp.ACK, 0);
            } else {
                connect();
                emit(from, next, 0, Tcp.ACK, 0);
                pump();
            }
            return;
        }
        connect();
        long acknowledged = unacknowledged
                + (Tcp.acknowledged(frame, at) - START_SEQUENCE - (int) unacknowledged);
        if (acknowledged > unacknowledged) {
            onProgress(acknowledged);
        } else if (acknowledged == unacknowledged && next > unacknowledged
                && ++duplicates == DUPLICATES_FOR_RETRANSMIT && recoverUntil < 0) {
            threshold = Math.max((next - unacknowledged) / 2.0, 2.0 * segmentOctets);
            windowOctets = threshold;
            recoverUntil = next;
            sendData(unacknowledged);
        }
        pump();
    }

    private void connect() {
        if (!connected) {
            connected = true;
            repetitions = 0;
            rtoNs = FIRST_RTO_NS;
        }
    }

    private void onProgress(long acknowledged) {
        if (timedOctet >= 0 && acknowledged >= timedOctet) {
            measured(sim.nowNs() - timedNs);
            timedOctet = -1;
        }
        windowOctets += windowOctets < threshold ? segmentOctets
                : (double) segmentOctets * segmentOctets / windowOctets;
        windowOctets = Math.min(windowOctets, windowLimitOctets);
        unacknowledged = acknowledged;
        next = Math.max(next, unacknowledged);
        highest = Math.max(highest, next);
        duplicates = 0;
        repetitions = 0;
        rtoNs = smoothedNs == 0 ? FIRST_RTO_NS : Math.max(LEAST_RTO_NS, smoothedNs + 4 * deviationNs);
        if (recoverUntil >= 0 && unacknowledged < recoverUntil) {
            sendData(unacknowledged);
        } else {
            recoverUntil = -1;
        }
        if (unacknowledged < next) {
            armTimer();
        } else {
            timer++;
        }
    }

    private void measured(long roundTripNs) {
        if (smoothedNs == 0) {
            smoothedNs = roundTripNs;
            deviationNs = roundTripNs / 2;
        } else {
            deviationNs += (Math.abs(roundTripNs - smoothedNs) - deviationNs) / 4;
            smoothedNs += (roundTripNs - smoothedNs) / 8;
        }
    }
}
