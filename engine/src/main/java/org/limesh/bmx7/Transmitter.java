package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.limesh.bmx7.wire.Bmx7Frame;
import org.limesh.bmx7.wire.Bmx7Packet;
import org.limesh.bmx7.wire.Bytes;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.LinkSignature;

/**
 * Makes packets of what waits: descriptions and contents unsigned, everything else behind a signature, types
 * in ascending order, nothing behind the last frame.
 */
final class Transmitter {
    private static final int WINDOW_OCTETS = Bmx7Frame.HEADER_OCTETS + 4;

    private final Core core;
    private final OgmExchange exchange;
    private final Neighbours neighbours;
    private final Authenticator authenticator;
    private int burstSqn;

    Transmitter(Core core, OgmExchange exchange, Neighbours neighbours, Authenticator authenticator) {
        this.core = core;
        this.exchange = exchange;
        this.neighbours = neighbours;
        this.authenticator = authenticator;
    }

    boolean hasWork() {
        for (Device device : core.devices) {
            if (device != null && !device.outgoing.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Sends what waits. What does not fit into the round's budget is counted and lost; whoever misses it asks
     * again.
     */
    void flush(long nowNs) {
        Authenticator.Signer signer = null;
        for (Device device : core.devices) {
            if (device == null || device.outgoing.isEmpty()) {
                continue;
            }
            int budget = Bmx7Limits.PACKETS_PER_ROUND - sendUnsigned(device, nowNs);
            List<Bmx7Frame> frames = signedFrames(device, nowNs);
            if (!frames.isEmpty()) {
                signer = signer == null ? authenticator.signer(nowNs) : signer;
                sendSigned(device, signer, frames, Math.max(budget, 1));
            }
        }
        burstSqn++;
    }

    private int sendUnsigned(Device device, long nowNs) {
        List<Bmx7Frame> packet = new ArrayList<>();
        int octets = Bmx7Packet.HEADER_OCTETS;
        int packets = 0;
        for (int type : new int[] {Bmx7Frame.DESC_ADV, Bmx7Frame.CONTENT_ADV}) {
            for (Map.Entry<Hash, Bmx7Frame> entry : List.copyOf(device.outgoing.unsigned.entrySet())) {
                Bmx7Frame frame = entry.getValue();
                if (frame.type() != type) {
                    continue;
                }
                int length = Bmx7Frame.HEADER_OCTETS + frame.body().length;
                if (octets + length > Bmx7Packet.MAX_OCTETS) {
                    send(device, Bmx7Packet.emit(core.ownId, packet));
                    packet = new ArrayList<>();
                    octets = Bmx7Packet.HEADER_OCTETS;
                    if (++packets >= Bmx7Limits.PACKETS_PER_ROUND) {
                        return packets;
                    }
                }
                packet.add(frame);
                octets += length;
                device.outgoing.unsigned.remove(entry.getKey());
                device.outgoing.onSent(entry.getKey(), nowNs);
            }
        }
        if (!packet.isEmpty()) {
            send(device, Bmx7Packet.emit(core.ownId, packet));
            packets++;
        }
        return packets;
    }

    private List<Bmx7Frame> signedFrames(Device device, long nowNs) {
        List<Bmx7Frame> frames = new ArrayList<>();
        Outgoing waiting = device.outgoing;
        if (waiting.hello || waiting.greeting) {
            device.helloSqn = device.helloSqn + 1 & 0xffff;
            frames.add(new Bmx7Frame.HelloAdv(device.helloSqn));
            for (var part : parts(neighbours.replies(device, !waiting.hello, nowNs),
                    Bmx7Limits.REPLIES_PER_FRAME)) {
                frames.add(new Bmx7Frame.HelloReply(part));
            }
            waiting.hello = false;
            waiting.greeting = false;
        }
        List<Bmx7Frame.IidAdv.Entry> explained = waiting.iids.stream().map(exchange::explain)
                .filter(entry -> entry != null).toList();
        for (var part : parts(explained, Bmx7Limits.IIDS_PER_FRAME)) {
            frames.add(new Bmx7Frame.IidAdv(part));
        }
        waiting.iids.clear();
        waiting.aggregations.forEach(number -> frames.add(exchange.frame(number)));
        waiting.aggregations.clear();
        numbers(frames, Bmx7Frame.OGM_REQ, waiting.ogmRequests);
        numbers(frames, Bmx7Frame.IID_REQ, waiting.iidRequests);
        hashes(frames, Bmx7Frame.DESC_REQ, waiting.descRequests);
        hashes(frames, Bmx7Frame.CONTENT_REQ, waiting.contentRequests);
        return frames;
    }

    private static void numbers(List<Bmx7Frame> frames, int type, Map<Hash, Set<Integer>> requests) {
        requests.forEach((destination, numbers) -> {
            for (List<Integer> part : parts(new ArrayList<>(numbers), Bmx7Limits.NUMBERS_PER_REQUEST)) {
                frames.add(new Bmx7Frame.NumberReq(type, destination, part));
            }
        });
        requests.clear();
    }

    private static void hashes(List<Bmx7Frame> frames, int type, Map<Hash, Set<Hash>> requests) {
        requests.forEach((destination, hashes) -> {
            for (List<Hash> part : parts(new ArrayList<>(hashes), Bmx7Limits.HASHES_PER_REQUEST)) {
                frames.add(new Bmx7Frame.HashReq(type, destination, part));
            }
        });
        requests.clear();
    }

    private static <T> List<List<T>> parts(List<T> all, int most) {
        List<List<T>> parts = new ArrayList<>();
        for (int at = 0; at < all.size(); at += most) {
            parts.add(all.subList(at, Math.min(all.size(), at + most)));
        }
        return parts;
    }

    /** Frames come in ascending order of type; a packet takes as many as fit behind its signature. */
    private void sendSigned(Device device, Authenticator.Signer signer, List<Bmx7Frame> frames, int budget) {
        int fixed = Bmx7Packet.HEADER_OCTETS + Bmx7Frame.HEADER_OCTETS + Bmx7Frame.SignatureAdv.FIXED_OCTETS
                + signer.lengthOctets() + WINDOW_OCTETS;
        byte[] window = exchange.window().emit();
        byte[] behind = window;
        int packets = 0;
        for (Bmx7Frame frame : frames) {
            byte[] octets = frame.emit();
            if (fixed + behind.length - window.length + octets.length > Bmx7Packet.MAX_OCTETS) {
                sendSigned(device, signer, behind);
                behind = window;
                if (++packets >= budget) {
                    core.counters.of("bmx7.sent.over_budget").increment();
                    return;
                }
            }
            behind = Bytes.join(behind, octets);
        }
        sendSigned(device, signer, behind);
    }

    private void sendSigned(Device device, Authenticator.Signer signer, byte[] behind) {
        Bmx7Frame.SignatureAdv bare = new Bmx7Frame.SignatureAdv(core.identity.facts().descSqn(), burstSqn,
                device.wireIndex(), new byte[0]);
        byte[] signatures = signer.sign(LinkSignature.digest(device.linkLocal, bare, behind));
        Bmx7Frame.SignatureAdv signed = new Bmx7Frame.SignatureAdv(bare.descSqn(), bare.burstSqn(),
                bare.devIdx(), signatures);
        send(device, Bytes.join(Bmx7Packet.emit(core.ownId, List.of(signed)), behind));
    }

    private void send(Device device, byte[] payload) {
        core.sent.increment();
        core.sentOctets.add(payload.length);
        device.sentPackets++;
        device.sentOctets += payload.length;
        core.out.send(device.number, payload);
    }
}
