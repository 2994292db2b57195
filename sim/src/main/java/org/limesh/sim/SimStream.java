package org.limesh.sim;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Tcp;

/**
 * A TCP-like stream between two clients, and how well it goes.
 *
 * <p>Real TCP segments: handshake, cumulative acknowledgements, slow start, halving on three duplicate
 * acknowledgements (fast retransmit), a retransmission timer of 200 ms at least that doubles. What is left
 * out: options, delayed acknowledgements, closing. The addresses are those of the start; when one of the
 * clients gets another address the stream breaks, as a socket does.
 */
public final class SimStream implements EventTarget {
    private static final int LARGEST_SEGMENT_OCTETS = 1310;
    private static final int SMALLEST_SEGMENT_OCTETS = 100;
    /** A slow application writes this often, so that a gap is seen as sharply as that. */
    private static final long WRITE_INTERVAL_NS = 20 * SimTime.MS;
    private static final int WINDOW_OCTETS = 65_535;
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

    private final Simulation sim;
    private final SimClient from;
    private final SimClient to;
    private final Ip4Address fromAddress;
    private final Ip4Address toAddress;
    private final int senderPort;
    private final long rateBps;
    private final long startedNs;

    private boolean connected;
    private boolean stopped;
    private boolean broken;
    private long unacknowledged;
    private long next;
    private long highest;
    private final int segmentOctets;
    private double windowOctets;
    private double threshold = WINDOW_OCTETS;
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

    private SimStream(Simulation sim, SimClient from, SimClient to, int senderPort, long rateBps) {
        this.sim = sim;
        this.from = from;
        this.to = to;
        this.fromAddress = from.address4();
        this.toAddress = to.address4();
        this.senderPort = senderPort;
        this.rateBps = rateBps;
        this.startedNs = sim.nowNs();
        long perWrite = rateBps / 8 * WRITE_INTERVAL_NS / SimTime.SECOND;
        this.segmentOctets = rateBps == 0 ? LARGEST_SEGMENT_OCTETS
                : Math.clamp(perWrite, SMALLEST_SEGMENT_OCTETS, LARGEST_SEGMENT_OCTETS);
        this.windowOctets = FIRST_WINDOW_SEGMENTS * segmentOctets;
    }

    static SimStream open(Simulation sim, SimClient from, SimClient to, long rateBps) {
        SimStream stream = new SimStream(sim, from, to, SENDER_PORTS + (int) (sim.nextTraceId() % 20_000),
                rateBps);
        from.stack().addStream(stream);
        to.stack().addStream(stream);
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

    /** True after the handshake. */
    public boolean isConnected() {
        return connected;
    }

    public SimClient from() {
        return from;
    }

    public SimClient to() {
        return to;
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
        emit(from, 0, 0, Tcp.SYN, 0);
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
        long limit = unacknowledged + (long) Math.min(windowOctets, WINDOW_OCTETS);
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

    private void emit(SimClient sender, long offset, long acknowledged, int flags, int octets) {
        boolean forward = sender == from;
        int sequence = (flags & Tcp.SYN) != 0 ? START_SEQUENCE - 1 : START_SEQUENCE + (int) offset;
        int ack = (flags & Tcp.ACK) != 0 ? START_SEQUENCE + (int) acknowledged : 0;
        Ip4Address target = forward ? toAddress : fromAddress;
        Frame frame = Tcp.frame4(0, sender.mac().bits(), (forward ? fromAddress : toAddress).bits(),
                forward ? senderPort : RECEIVER_PORT, target.bits(), forward ? RECEIVER_PORT : senderPort,
                        sequence,
                ack, flags, WINDOW_OCTETS, octets);
        sender.stack().send4(target, frame);
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
            sendSyn();
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

    /** A segment reached one of the clients; true when it belongs to this stream. */
    boolean takes(SimClient receiver, Frame frame, int at) {
        boolean forward = Tcp.sourcePort(frame, at) == senderPort
                && Tcp.destinationPort(frame, at) == RECEIVER_PORT
                && receiver == to && Ipv4.source(frame) == fromAddress.bits()
                && Ipv4.destination(frame) == toAddress.bits();
        boolean backward = Tcp.sourcePort(frame, at) == RECEIVER_PORT
                && Tcp.destinationPort(frame, at) == senderPort
                && receiver == from && Ipv4.source(frame) == toAddress.bits()
                && Ipv4.destination(frame) == fromAddress.bits();
        if (forward) {
            onSegment(frame, at);
        } else if (backward) {
            onAcknowledgement(frame, at);
        }
        return forward || backward;
    }

    private void onSegment(Frame frame, int at) {
        if ((Tcp.flags(frame, at) & Tcp.SYN) != 0) {
            emit(to, 0, received, Tcp.SYN | Tcp.ACK, 0);
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

    private void onAcknowledgement(Frame frame, int at) {
        if ((Tcp.flags(frame, at) & Tcp.SYN) != 0) {
            if (!connected) {
                connected = true;
                repetitions = 0;
                rtoNs = FIRST_RTO_NS;
            }
            emit(from, next, 0, Tcp.ACK, 0);
            pump();
            return;
        }
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

    private void onProgress(long acknowledged) {
        if (timedOctet >= 0 && acknowledged >= timedOctet) {
            measured(sim.nowNs() - timedNs);
            timedOctet = -1;
        }
        windowOctets += windowOctets < threshold ? segmentOctets
                : (double) segmentOctets * segmentOctets / windowOctets;
        windowOctets = Math.min(windowOctets, WINDOW_OCTETS);
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
