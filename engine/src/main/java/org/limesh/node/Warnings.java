package org.limesh.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sentences that a person can act upon, each kept for a while after it was last true. */
final class Warnings {
    private static final long KEPT_NS = 600_000_000_000L;
    private static final int MAX_KINDS = 64;

    private record Warning(String sentence, int times, long lastNs) {}

    private final Map<String, Warning> byKind = new LinkedHashMap<>();

    /**
     * @param kind  what it is about: a later warning of the kind replaces the earlier one
     * @param after shown from so many times on, without a pause of ten minutes between them
     */
    void warn(String kind, String sentence, int after, long nowNs) {
        Warning before = byKind.get(kind);
        int times = before == null || nowNs - before.lastNs() > KEPT_NS ? 1 : before.times() + 1;
        if (before != null || byKind.size() < MAX_KINDS) {
            byKind.put(kind, new Warning(times >= after ? sentence : null, times, nowNs));
        }
    }

    /** What is true at the moment, oldest kind first. */
    List<String> at(long nowNs) {
        List<String> sentences = new ArrayList<>();
        for (Warning warning : byKind.values()) {
            if (warning.sentence() != null && nowNs - warning.lastNs() <= KEPT_NS) {
                sentences.add(warning.sentence());
            }
        }
        return sentences;
    }
}
