package org.limesh.interop;

import java.util.function.Consumer;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.packet.Ethernet;

/** A client with one address that answers ARP and echo requests, and nothing else. */
final class TinyHost {
    private static final int ARP_OCTETS = 28;
    private static final int ARP_REQUEST = 1;
    private static final int ARP_REPLY = 2;
    private static final int PROTOCOL_ICMP = 1;
    private static final int ECHO_REQUEST = 8;

    private final MacAddress mac;
    private final int address;
    private final Consumer<Frame> wire;
    private volatile int answeredEchoes;
    private volatile int arpReplies;

    TinyHost(MacAddress mac, String address, Consumer<Frame> wire) {
        this.mac = mac;
        this.address = Ip4Address.parse(address).bits();
        this.wire = wire;
    }

    MacAddress mac() {
        return mac;
    }

    int answeredEchoes() {
        return answeredEchoes;
    }

    int arpReplies() {
        return arpReplies;
    }

    /** Asks the whole network who has an address; with the own one it announces itself. */
    void whoHas(String target) {
        wire.accept(arp(MacAddress.BROADCAST.bits(), ARP_REQUEST, 0, Ip4Address.parse(target).bits()));
    }

    void onFrame(Frame frame) {
        boolean ours = Ethernet.destination(frame) == mac.bits();
        if (!ours && !MacAddress.isMulticast(Ethernet.destination(frame))) {
            return;
        }
        int at = Ethernet.HEADER_OCTETS;
        if (Ethernet.type(frame) == Ethernet.TYPE_ARP && frame.length() >= at + ARP_OCTETS) {
            int operation = frame.u16(at + 6);
            if (operation == ARP_REQUEST && frame.i32(at + 24) == address) {
                wire.accept(arp(frame.mac(at + 8), ARP_REPLY, frame.mac(at + 8), frame.i32(at + 14)));
            } else if (operation == ARP_REPLY && ours) {
                arpReplies++;
            }
        } else if (Ethernet.type(frame) == Ethernet.TYPE_IPV4 && ours && frame.length() >= at + 28
                && frame.u8(at + 9) == PROTOCOL_ICMP && frame.i32(at + 16) == address) {
            int icmp = at + 4 * (frame.u8(at) & 15);
            if (frame.u8(icmp) == ECHO_REQUEST) {
                wire.accept(echoReply(frame, icmp));
            }
        }
    }

    private Frame echoReply(Frame request, int icmp) {
        int at = Ethernet.HEADER_OCTETS;
        Frame reply = request.copy();
        Ethernet.put(reply, Ethernet.source(request), mac.bits(), Ethernet.TYPE_IPV4);
        // Swapping source and destination leaves the IP header's checksum as it is.
        reply.put32(at + 12, address);
        reply.put32(at + 16, request.i32(at + 12));
        reply.put8(icmp, 0);
        // One's complement sum: the type went from 8 to 0 in the high octet.
        int sum = request.u16(icmp + 2) + (ECHO_REQUEST << 8);
        reply.put16(icmp + 2, (sum & 0xffff) + (sum >>> 16));
        answeredEchoes++;
        return reply;
    }

    private Frame arp(long destination, int operation, long targetMac, int targetAddress) {
        Frame frame = Frame.allocate(Ethernet.HEADER_OCTETS + ARP_OCTETS);
        Ethernet.put(frame, destination, mac.bits(), Ethernet.TYPE_ARP);
        byte[] octets = new byte[ARP_OCTETS];
        Octets.put16(octets, 0, 1);
        Octets.put16(octets, 2, Ethernet.TYPE_IPV4);
        octets[4] = MacAddress.LENGTH_OCTETS;
        octets[5] = 4;
        Octets.put16(octets, 6, operation);
        Octets.putMac(octets, 8, mac.bits());
        Octets.put32(octets, 14, address);
        Octets.putMac(octets, 18, targetMac);
        Octets.put32(octets, 24, targetAddress);
        frame.putBytes(Ethernet.HEADER_OCTETS, octets);
        return frame;
    }
}
