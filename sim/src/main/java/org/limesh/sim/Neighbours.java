package org.limesh.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.packet.Ethernet;

/**
 * ARP and neighbour cache of one IP stack; keys are {@code Ip4Address} and {@code Ip6Address}.
 *
 * <pre>
 *   send ─→ unknown ──ask 3 times, 1 s apart──→ given up, waiting packets dropped
 *              │ answer                             ask anew at the next packet
 *              ↓
 *           known ──60 s without news──→ in use, but asked again ──3 times no answer──→ unknown
 * </pre>
 */
final class Neighbours implements EventTarget {
    /** How the stack asks and sends. */
    interface Wire {
        /** Asks everybody on the link who has this address. */
        void ask(Object address);

        /** Sends a frame whose destination MAC is set. {@code trace} may be null. */
        void emit(Frame frame, Trace trace);
    }

    /** Packets that wait for an answer; the oldest gives way, as in Linux. */
    static final int WAITING_LIMIT = 64;
    /**
     * Entries; more neighbours than this in one stack is an attack or a mistake, and the oldest is
     * forgotten.
     */
    static final int ENTRIES_LIMIT = 4096;
    private static final int TRIES = 3;
    private static final long RETRY_NS = SimTime.SECOND;
    private static final long TRUSTED_NS = 60 * SimTime.SECOND;

    private static final class Entry {
        long mac;
        boolean known;
        long confirmedNs;
        int asked;
        boolean asking;
        final List<Waiting> waiting = new ArrayList<>();
    }

    private record Waiting(Frame frame, Trace trace) {}

    private final Simulation sim;
    private final Wire wire;
    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    Neighbours(Simulation sim, Wire wire) {
        this.sim = sim;
        this.wire = wire;
    }

    /** Sends a frame of our own to a neighbour, now or when its MAC is known. */
    void send(Object address, Frame frame) {
        send(address, frame, null);
    }

    void send(Object address, Frame frame, Trace trace) {
        Entry entry = entries.get(address);
        if (entry == null) {
            entry = make(address);
        }
        if (!entry.known) {
            if (entry.waiting.size() == WAITING_LIMIT) {
                entry.waiting.removeFirst();
            }
            entry.waiting.add(new Waiting(frame, trace));
            startAsking(address, entry);
            return;
        }
        if (sim.nowNs() - entry.confirmedNs > TRUSTED_NS) {
            startAsking(address, entry);
        }
        emit(frame, trace, entry);
    }

    private Entry make(Object address) {
        if (entries.size() == ENTRIES_LIMIT) {
            entries.remove(entries.keySet().iterator().next());
        }
        Entry entry = new Entry();
        entries.put(address, entry);
        return entry;
    }

    private void emit(Frame frame, Trace trace, Entry entry) {
        frame.putMac(Ethernet.DESTINATION, entry.mac);
        wire.emit(frame, trace);
    }

    private void startAsking(Object address, Entry entry) {
        if (!entry.asking) {
            entry.asking = true;
            entry.asked = 1;
            sim.schedule(sim.nowNs() + RETRY_NS, this, 0, address, entry);
            wire.ask(address);
        }
    }

    @Override
    public void fire(int what, Object address, Object of, long nowNs) {
        Entry entry = (Entry) of;
        if (!entry.asking || entries.get(address) != entry) {
            return;
        }
        if (entry.asked == TRIES) {
            entry.asking = false;
            entry.known = false;
            entry.waiting.clear();
            return;
        }
        entry.asked++;
        sim.schedule(nowNs + RETRY_NS, this, 0, address, entry);
        wire.ask(address);
    }

    /**
     * Somebody told its MAC.
     *
     * @param answer true for an answer to us: then an unknown neighbour becomes known
     */
    void learn(Object address, long mac, boolean answer) {
        Entry entry = entries.get(address);
        if (entry == null && answer) {
            entry = make(address);
        }
        if (entry == null || !answer && !entry.known && !entry.asking) {
            return;
        }
        entry.mac = mac;
        entry.known = true;
        entry.confirmedNs = sim.nowNs();
        entry.asking = false;
        List<Waiting> waiting = List.copyOf(entry.waiting);
        entry.waiting.clear();
        for (Waiting each : waiting) {
            emit(each.frame, each.trace, entry);
        }
    }

    /** The MAC that is known for an address, or null. */
    MacAddress known(Object address) {
        Entry entry = entries.get(address);
        return entry == null || !entry.known ? null : new MacAddress(entry.mac);
    }

    void flush() {
        entries.clear();
    }
}
