package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.IcmpPacket;
import org.limesh.packet.Ethernet;

/** Answers pings between originators, says where a traceroute has come to, and records routes. */
final class IcmpResponder {
    private static final int PACKET = Ethernet.HEADER_OCTETS;

    private final Mesh mesh;
    private final UnicastSender sender;
    private final Counter answered;
    private final Counter forwarded;
    private final Counter exceeded;
    private final Counter recordFull;
    private final Counter notSupported;

    IcmpResponder(Mesh mesh, UnicastSender sender) {
        this.mesh = mesh;
        this.sender = sender;
        this.answered = mesh.counter("batadv.icmp.answered");
        this.forwarded = mesh.counter("batadv.icmp.forwarded");
        this.exceeded = mesh.counter("batadv.icmp.ttl_exceeded");
        this.recordFull = mesh.counter("drop.batadv.icmp_record_full");
        this.notSupported = mesh.counter("drop.batadv.icmp_not_supported");
    }

    void onFrame(Hardif in, Frame received) {
        Frame frame = received.copy();
        int type = frame.u8(PACKET + IcmpPacket.MESSAGE_TYPE);
        boolean echo = type == IcmpPacket.ECHO_REQUEST || type == IcmpPacket.ECHO_REPLY;
        if (echo && frame.length() - PACKET >= IcmpPacket.RECORD_ROUTE_OCTETS && !record(in, frame)) {
            recordFull.increment();
            return;
        }
        long destination = frame.mac(PACKET + IcmpPacket.DESTINATION);
        if (mesh.isOwn(destination)) {
            if (type == IcmpPacket.ECHO_REQUEST) {
                giveBack(frame, IcmpPacket.ECHO_REPLY, answered);
            } else {
                // Replies belong to a local socket, which there is none of; the throughput meter comes later.
                notSupported.increment();
            }
            return;
        }
        int ttl = frame.u8(PACKET + BatadvHeader.TTL);
        if (ttl >= 2) {
            frame.put8(PACKET + BatadvHeader.TTL, ttl - 1);
            if (sender.send(mesh.originators.get(destination), in.plane, frame)) {
                forwarded.increment();
            }
        } else if (type == IcmpPacket.ECHO_REQUEST) {
            giveBack(frame, IcmpPacket.TTL_EXCEEDED, exceeded);
        } else {
            exceeded.increment();
        }
    }

    /** Enters the interface that the packet came in on; false when the record is full. */
    private static boolean record(Hardif in, Frame frame) {
        int count = frame.u8(PACKET + IcmpPacket.RECORD_COUNT);
        if (count >= IcmpPacket.RECORD_LIMIT) {
            return false;
        }
        frame.putMac(PACKET + IcmpPacket.RECORDS + count * 6, in.mac);
        frame.put8(PACKET + IcmpPacket.RECORD_COUNT, count + 1);
        return true;
    }

    private void giveBack(Frame frame, int messageType, Counter counter) {
        long asker = frame.mac(PACKET + IcmpPacket.ORIGINATOR);
        frame.put8(PACKET + IcmpPacket.MESSAGE_TYPE, messageType);
        frame.put8(PACKET + BatadvHeader.TTL, BatadvLimits.TTL);
        frame.putMac(PACKET + IcmpPacket.DESTINATION, asker);
        frame.putMac(PACKET + IcmpPacket.ORIGINATOR, mesh.primaryMac());
        if (sender.send(mesh.originators.get(asker), 0, frame)) {
            counter.increment();
        }
    }
}
