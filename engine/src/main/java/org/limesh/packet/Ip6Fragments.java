package org.limesh.packet;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;

/**
 * IPv6 fragmentation (RFC 8200 section 4.5, 5722): cuts packets of our own, joins those of others.
 *
 * <pre>
 *  octet of the fragment header
 *   0            1         2..3                    4..7
 *   next header  reserved  offset 13, 0 2, more 1  identification
 * </pre>
 *
 * <p>Joining is for hosts in the laboratory; a kernel does it itself. Fragments that overlap make the whole
 * packet void, as RFC 5722 asks. At most {@value #MAX_PACKETS} packets are open at a time, each for 60 s;
 * beyond that the oldest is given up.
 */
public final class Ip6Fragments {
    public static final int HEADER_OCTETS = 8;
    static final int MAX_PACKETS = 64;
    private static final long OPEN_NS = 60_000_000_000L;
    private static final int BODY = Ipv6.BASE + Ipv6.HEADER_OCTETS;

    private record Key(Ip6Address source, Ip6Address destination, int identification) {}

    private static final class Packet {
        final Map<Integer, byte[]> pieces = new java.util.TreeMap<>();
        long openedNs;
        int nextHeader;
        int totalOctets = -1;
        int haveOctets;
    }

    private final Map<Key, Packet> open = new LinkedHashMap<>();

    /**
     * Cuts an Ethernet frame whose IPv6 packet has no extension headers.
     *
     * @param mtuOctets longest IPv6 packet on the link
     * @return the frame itself when it fits
     */
    public static List<Frame> split(Frame frame, int mtuOctets, int identification) {
        int payload = frame.length() - BODY;
        if (frame.length() - Ipv6.BASE <= mtuOctets) {
            return List.of(frame);
        }
        int room = mtuOctets - Ipv6.HEADER_OCTETS - HEADER_OCTETS & ~7;
        List<Frame> fragments = new ArrayList<>();
        for (int from = 0; from < payload; from += room) {
            int octets = Math.min(room, payload - from);
            Frame fragment = Frame.allocate(BODY + HEADER_OCTETS + octets);
            System.arraycopy(frame.array(), frame.offset(), fragment.array(), fragment.offset(), BODY);
            fragment.put16(Ipv6.PAYLOAD_OCTETS, HEADER_OCTETS + octets);
            fragment.put8(Ipv6.NEXT_HEADER, Ipv6.NEXT_FRAGMENT);
            fragment.put8(BODY, frame.u8(Ipv6.NEXT_HEADER));
            fragment.put16(BODY + 2, from | (from + octets < payload ? 1 : 0));
            fragment.put32(BODY + 4, identification);
            System.arraycopy(frame.array(), frame.offset() + BODY + from, fragment.array(),
                    fragment.offset() + BODY + HEADER_OCTETS, octets);
            fragments.add(fragment);
        }
        return fragments;
    }

    public static boolean isFragment(Frame frame) {
        return Ipv6.nextHeader(frame) == Ipv6.NEXT_FRAGMENT && Ipv6.end(frame) >= BODY + HEADER_OCTETS;
    }

    /** Takes a fragment; gives the whole packet back when it was the last one missing, else null. */
    public Frame join(Frame fragment, long nowNs) {
        if (!isFragment(fragment)) {
            return null;
        }
        Key key = new Key(Ipv6.source(fragment), Ipv6.destination(fragment), fragment.i32(BODY + 4));
        int offset = fragment.u16(BODY + 2) & ~7;
        boolean more = (fragment.u16(BODY + 2) & 1) != 0;
        int octets = Ipv6.end(fragment) - BODY - HEADER_OCTETS;
        if (octets == 0 || more && octets % 8 != 0 || offset + octets > 0xffff) {
            return null;
        }
        Packet packet = packet(key, nowNs);
        byte[] piece = fragment.copyOf(BODY + HEADER_OCTETS, octets).toBytes();
        if (overlaps(packet, offset, octets)) {
            open.remove(key);
            return null;
        }
        packet.pieces.put(offset, piece);
        packet.haveOctets += octets;
        if (offset == 0) {
            packet.nextHeader = fragment.u8(BODY);
        }
        if (!more) {
            packet.totalOctets = offset + octets;
        }
        if (packet.haveOctets != packet.totalOctets) {
            return null;
        }
        open.remove(key);
        return whole(fragment, packet);
    }

    private Packet packet(Key key, long nowNs) {
        for (Iterator<Packet> each = open.values().iterator(); each.hasNext(); ) {
            boolean old = nowNs - each.next().openedNs > OPEN_NS;
            if (old) {
                each.remove();
            }
        }
        if (!open.containsKey(key) && open.size() >= MAX_PACKETS) {
            open.remove(open.keySet().iterator().next());
        }
        return open.computeIfAbsent(key, unused -> {
            Packet packet = new Packet();
            packet.openedNs = nowNs;
            return packet;
        });
    }

    private static boolean overlaps(Packet packet, int offset, int octets) {
        for (Map.Entry<Integer, byte[]> piece : packet.pieces.entrySet()) {
            if (offset < piece.getKey() + piece.getValue().length && piece.getKey() < offset + octets) {
                return true;
            }
        }
        return packet.totalOctets >= 0 && offset + octets > packet.totalOctets;
    }

    private static Frame whole(Frame fragment, Packet packet) {
        Frame frame = Frame.allocate(BODY + packet.totalOctets);
        System.arraycopy(fragment.array(), fragment.offset(), frame.array(), frame.offset(), BODY);
        frame.put16(Ipv6.PAYLOAD_OCTETS, packet.totalOctets);
        frame.put8(Ipv6.NEXT_HEADER, packet.nextHeader);
        packet.pieces.forEach((offset, piece) -> frame.putBytes(BODY + offset, piece));
        return frame;
    }
}
