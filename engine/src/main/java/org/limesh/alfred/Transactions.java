package org.limesh.alfred;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.alfred.wire.AlfredMessage;
import org.limesh.alfred.wire.DataBlock;
import org.limesh.base.Counters;
import org.limesh.base.MacAddress;

/**
 * Transactions whose packets have not all come, bounded in number and memory. Honest ones take a moment, so where
 * there is no room the oldest goes that this node did not ask for.
 */
final class Transactions {
    static final int MAX_OPEN = 64;
    /** Packets of one transaction: all records of a full store. */
    static final int MAX_PACKETS = 320;
    /** Memory of all packets: a full store and what its records weigh. */
    static final long MAX_PENDING_OCTETS = DataStore.MAX_OCTETS + (1L << 20);
    /** Memory of a block besides its octets; a packet may hold thousands of empty ones. */
    private static final int BLOCK_OVERHEAD_OCTETS = 96;

    static final class Transaction {
        final MacAddress peer;
        final int id;
        final Map<Integer, AlfredMessage.PushData> packets = new LinkedHashMap<>();
        int announcedCount = -1;
        long lastNs;
        /** Local session that waits for it, or -1. */
        int session = -1;
        int requestedType;
        /** This node opened it. */
        boolean requested;
        /** Only what the peer says about itself is wanted: the rest is at second hand, and of any age. */
        boolean ownOnly;
        private long octets;

        Transaction(MacAddress peer, int id) {
            this.peer = peer;
            this.id = id;
        }
    }

    private final Counters counters;
    private final Map<Long, Transaction> open = new LinkedHashMap<>();
    private long pendingOctets;

    Transactions(Counters counters) {
        this.counters = counters;
    }

    private static long key(MacAddress peer, int id) {
        return peer.bits() << 16 | id;
    }

    long pendingOctets() {
        return pendingOctets;
    }

    /** Null when there is none. */
    Transaction find(MacAddress peer, int id) {
        return open.get(key(peer, id));
    }

    /** A new one, in place of one of the same name; null when too many are open. */
    Transaction begin(MacAddress peer, int id) {
        Transaction same = find(peer, id);
        if (same != null) {
            forget(same);
        }
        if (open.size() >= MAX_OPEN && !giveUpOldest(null)) {
            return null;
        }
        Transaction begun = new Transaction(peer, id);
        open.put(key(peer, id), begun);
        return begun;
    }

    /** Keeps a packet until its transaction is complete. @return false when it does not fit */
    boolean keep(Transaction transaction, AlfredMessage.PushData push) {
        if (transaction.packets.containsKey(push.seqno())) {
            return true;
        }
        if (transaction.packets.size() >= MAX_PACKETS) {
            counters.of("drop.alfred.transaction_too_long").increment();
            return false;
        }
        long octets = 0;
        for (DataBlock block : push.blocks()) {
            octets += block.lengthOctets() + BLOCK_OVERHEAD_OCTETS;
        }
        while (pendingOctets + octets > MAX_PENDING_OCTETS) {
            if (!giveUpOldest(transaction)) {
                return false;
            }
        }
        transaction.packets.put(push.seqno(), push);
        transaction.octets += octets;
        pendingOctets += octets;
        return true;
    }

    /** Room for another one, or for more of {@code kept}. */
    private boolean giveUpOldest(Transaction kept) {
        counters.of("drop.alfred.transactions_full").increment();
        for (Transaction oldest : open.values()) {
            if (!oldest.requested && oldest != kept) {
                forget(oldest);
                return true;
            }
        }
        return false;
    }

    void forget(Transaction transaction) {
        open.remove(key(transaction.peer, transaction.id));
        pendingOctets -= transaction.octets;
    }

    void onSessionClosed(int session) {
        for (Transaction transaction : open.values()) {
            if (transaction.session == session) {
                transaction.session = -1;
            }
        }
    }

    /** Takes out those of which nothing came since {@code sinceNs}. */
    List<Transaction> takeSilent(long sinceNs) {
        List<Transaction> silent = new ArrayList<>();
        for (Iterator<Transaction> each = open.values().iterator(); each.hasNext(); ) {
            Transaction transaction = each.next();
            if (transaction.lastNs - sinceNs < 0) {
                each.remove();
                pendingOctets -= transaction.octets;
                silent.add(transaction);
            }
        }
        return silent;
    }
}
