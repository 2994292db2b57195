package org.limesh.dns;

import java.util.List;
import java.util.Map;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;

/** What the DNS server counts. All are made at the start, so that another thread may read them. */
public final class DnsCounters {
    private static final List<String> REASONS = List.of("truncated", "too_long", "not_a_query", "counts", "malformed",
            "foreign_client", "client_rate", "too_many_waiting", "tcp_limit", "tcp_length", "answer_truncated",
            "answer_mismatch", "answer_malformed", "answer_too_long", "rebinding", "internal");

    private final Counters all = new Counters();
    /** Questions that came. */
    final Counter queries = all.of("dns.queries");
    final Counter queriesTcp = all.of("dns.queries_tcp");
    /** Answered as an own name, that there is none included. */
    final Counter local = all.of("dns.local");
    final Counter cached = all.of("dns.cached");
    /** Questions put to another server, repetitions not counted. */
    final Counter forwarded = all.of("dns.forwarded");
    final Counter repeated = all.of("dns.repeated");
    /** Answers of other servers that were given on. */
    final Counter answered = all.of("dns.answered");
    final Counter refused = all.of("dns.refused");
    /** No server answered in time, or none can be reached. */
    final Counter failed = all.of("dns.failed");

    public DnsCounters() {
        REASONS.forEach(this::drop);
    }

    Counter drop(String reason) {
        return all.of("drop.dns." + reason);
    }

    Map<String, Long> snapshot() {
        return all.snapshot();
    }
}
