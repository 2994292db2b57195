package org.limesh.batadv;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.Octets;
import org.limesh.batadv.wire.BatadvHeader;
import org.limesh.batadv.wire.FragmentPacket;
import org.limesh.packet.Ethernet;

/**
 * Puts parts together again: eight chains for each originator, chosen by the sequence number; a new packet in a chain
 * throws away what was there, so lost parts cost little memory and no search.
 */
final class Reassembler {
    private static final class Chain {
        int sequence;
        int totalOctets;
        int heldOctets;
        long lastNs;
        final Frame[] parts = new Frame[BatadvLimits.FRAGMENTS];

        void clear() {
            Arrays.fill(parts, null);
            heldOctets = 0;
        }
    }

    private final Counter reassembled;
    private final Counter duplicate;
    private final Counter inconsistent;
    private final Counter full;
    private final Map<Long, Chain[]> chains = new LinkedHashMap<>();
    private long heldOctets;

    Reassembler(Mesh mesh) {
        this.reassembled = mesh.counter("batadv.fragment.reassembled");
        this.duplicate = mesh.counter("frag.dropped.duplicate");
        this.inconsistent = mesh.counter("frag.dropped.inconsistent");
        this.full = mesh.counter("frag.dropped.full");
    }

    /**
     * Takes a part.
     *
     * @return the whole packet under the part's Ethernet header when this was the last missing part, else null
     */
    Frame add(Frame frame, long nowNs) {
        byte[] octets = frame.array();
        int at = frame.offset() + Ethernet.HEADER_OCTETS;
        int total = Octets.u16(octets, at + FragmentPacket.TOTAL_SIZE);
        int sequence = Octets.u16(octets, at + FragmentPacket.SEQUENCE);
        int number = FragmentPacket.number(octets, at);
        int partOctets = frame.length() - Ethernet.HEADER_OCTETS - FragmentPacket.HEADER_OCTETS;
        if (partOctets < 1 || total > BatadvLimits.REASSEMBLED_OCTETS || partOctets > total) {
            inconsistent.increment();
            return null;
        }
        Chain chain = chain(Octets.mac(octets, at + FragmentPacket.ORIGINATOR), sequence);
        if (chain == null || heldOctets + partOctets > BatadvLimits.REASSEMBLY_OCTETS) {
            full.increment();
            return null;
        }
        if (chain.heldOctets > 0 && chain.sequence != sequence) {
            drop(chain);
        }
        if (chain.heldOctets == 0) {
            chain.sequence = sequence;
            chain.totalOctets = total;
        }
        chain.lastNs = nowNs;
        if (chain.parts[number] != null) {
            duplicate.increment();
            return null;
        }
        chain.parts[number] = frame.copyOf(Ethernet.HEADER_OCTETS + FragmentPacket.HEADER_OCTETS, partOctets);
        chain.heldOctets += partOctets;
        heldOctets += partOctets;
        if (chain.totalOctets != total || chain.heldOctets > total) {
            inconsistent.increment();
            drop(chain);
            return null;
        }
        return chain.heldOctets < total ? null : join(chain, frame);
    }

    private Chain chain(long originator, int sequence) {
        Chain[] own = chains.get(originator);
        if (own == null) {
            if (chains.size() >= BatadvLimits.ORIGINATORS) {
                return null;
            }
            own = new Chain[BatadvLimits.FRAGMENT_CHAINS];
            chains.put(originator, own);
        }
        int index = sequence % BatadvLimits.FRAGMENT_CHAINS;
        if (own[index] == null) {
            own[index] = new Chain();
        }
        return own[index];
    }

    private Frame join(Chain chain, Frame lastPart) {
        Frame whole = Frame.allocate(Ethernet.HEADER_OCTETS + chain.totalOctets);
        Ethernet.put(whole, Ethernet.destination(lastPart), Ethernet.source(lastPart), Ethernet.TYPE_BATADV);
        int at = whole.offset() + Ethernet.HEADER_OCTETS;
        for (int number = BatadvLimits.FRAGMENTS - 1; number >= 0; number--) {
            Frame part = chain.parts[number];
            if (part != null) {
                System.arraycopy(part.array(), part.offset(), whole.array(), at, part.length());
                at += part.length();
            }
        }
        drop(chain);
        // A part inside a part would let a sender make us work without end.
        if (whole.length() < Ethernet.HEADER_OCTETS + BatadvHeader.MIN_OCTETS
                || whole.u8(Ethernet.HEADER_OCTETS) == BatadvHeader.UNICAST_FRAGMENT) {
            inconsistent.increment();
            return null;
        }
        reassembled.increment();
        return whole;
    }

    private void drop(Chain chain) {
        heldOctets -= chain.heldOctets;
        chain.clear();
    }

    /** Forgets chains that wait for too long, and originators without any. */
    void purge(long nowNs) {
        for (Iterator<Chain[]> each = chains.values().iterator(); each.hasNext(); ) {
            boolean waiting = false;
            for (Chain chain : each.next()) {
                if (chain != null && chain.heldOctets > 0) {
                    if (nowNs - chain.lastNs > BatadvLimits.FRAGMENT_TIMEOUT_NS) {
                        drop(chain);
                    } else {
                        waiting = true;
                    }
                }
            }
            if (!waiting) {
                each.remove();
            }
        }
    }
}
