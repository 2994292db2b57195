package org.limesh.access;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;

/**
 * Asks by ARP whether somebody uses an address already, before a client gets it for the first time (RFC 2131,
 * section 2.2), while the server goes on with other clients.
 *
 * <pre>
 *   DISCOVER ─→ address chosen ─→ ARP request, again after 0.1 s ── 0.3 s of silence ─→ OFFER
 *                                                                └─ an answer ────────→ set aside, next address
 *   REQUEST for an address nobody here knows ─→ the same ─→ ACK, or NAK
 * </pre>
 *
 * <p>An address is asked for only where nothing is known of it: not at renewals, not for a client that held it
 * before, not again within ten minutes of silence. At most {@value #MAX_ASKED} at a time and
 * {@value #ASKED_PER_SECOND} per second after a burst of {@value #ASKED_BURST}, since every question crosses the
 * whole cloud; beyond that, clients get their answer unasked: they are to probe for themselves (RFC 5227).
 */
final class ConflictProbe {
    static final int MAX_ASKED = 64;
    static final int ASKED_PER_SECOND = 20;
    static final int ASKED_BURST = 100;
    /** Known to be free; the oldest are forgotten first. */
    static final int MAX_SILENT = 1024;
    private static final long MS_NS = 1_000_000;
    private static final long AGAIN_NS = 100 * MS_NS;
    /** A question and its answer cross ten hops of a busy mesh in less. */
    private static final long SILENCE_NS = 300 * MS_NS;
    private static final long KNOWN_NS = 600_000 * MS_NS;

    /** A client whose answer depends on what comes. */
    static final class Asked {
        final Ip4Address address;
        /** Its last message; it may ask again meanwhile. */
        DhcpMessage message;
        boolean unicast;
        /** Who uses the address, or null. */
        MacAddress user;
        private final long againNs;
        private final long untilNs;
        private boolean askedAgain;

        Asked(Ip4Address address, DhcpMessage message, boolean unicast, long nowNs) {
            this.address = address;
            this.message = message;
            this.unicast = unicast;
            this.againNs = nowNs + AGAIN_NS;
            this.untilNs = nowNs + SILENCE_NS;
        }
    }

    private final Counters counters;
    private final DhcpServer.Outbox out;
    private final RateLimit limit = new RateLimit(ASKED_PER_SECOND, ASKED_BURST);
    private final Map<Ip4Address, Asked> asked = new LinkedHashMap<>();
    /** Until when an address counts as free. */
    private final Map<Ip4Address, Long> silent = new LinkedHashMap<>();

    ConflictProbe(Counters counters, DhcpServer.Outbox out) {
        this.counters = counters;
        this.out = out;
    }

    /** True when the answer to this message has to wait. It comes back by {@link #takeDone}. */
    boolean mustWait(Ip4Address address, DhcpMessage message, boolean unicast, long nowNs) {
        Long freeUntilNs = silent.get(address);
        if (freeUntilNs != null && freeUntilNs - nowNs > 0) {
            return false;
        }
        if (asked.size() >= MAX_ASKED || !limit.take(nowNs)) {
            counters.of("dhcp.unprobed").increment();
            return false;
        }
        if (!out.probe(address)) {
            return false;
        }
        counters.of("dhcp.probed").increment();
        asked.put(address, new Asked(address, message, unicast, nowNs));
        return true;
    }

    /** True when the message is from a client whose address is being asked for: then it is the one to answer. */
    boolean isWaiting(DhcpMessage message, boolean unicast) {
        for (Asked each : asked.values()) {
            if (each.message.chaddr().equals(message.chaddr()) && each.message.type() == message.type()) {
                each.message = message;
                each.unicast = unicast;
                return true;
            }
        }
        return false;
    }

    /** Somebody says by ARP that he has an address. */
    void heard(Ip4Address address, MacAddress user) {
        Asked waiting = asked.get(address);
        // A client that has the address already says so itself; that is no conflict.
        if (waiting != null && !waiting.message.chaddr().equals(user)) {
            waiting.user = user;
        }
    }

    long nextDeadlineNs() {
        long nextNs = Engine.NEVER;
        for (Asked each : asked.values()) {
            nextNs = Engine.earlier(nextNs, each.askedAgain ? each.untilNs : each.againNs);
        }
        return nextNs;
    }

    /** Those about which it is decided now. */
    List<Asked> takeDone(long nowNs) {
        List<Asked> done = new ArrayList<>();
        for (Iterator<Asked> each = asked.values().iterator(); each.hasNext(); ) {
            Asked next = each.next();
            if (next.user != null || next.untilNs - nowNs <= 0) {
                each.remove();
                done.add(next);
                if (next.user == null) {
                    remember(next.address, nowNs);
                }
            } else if (!next.askedAgain && next.againNs - nowNs <= 0) {
                next.askedAgain = true;
                out.probe(next.address);
            }
        }
        return done;
    }

    private void remember(Ip4Address address, long nowNs) {
        silent.remove(address);
        silent.put(address, nowNs + KNOWN_NS);
        if (silent.size() > MAX_SILENT) {
            silent.remove(silent.keySet().iterator().next());
        }
    }
}
