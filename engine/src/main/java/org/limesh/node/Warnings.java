package org.limesh.node;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.limesh.base.Counters;

/** Sentences that a person can act upon, each kept for a while after it was last true. */
final class Warnings {
    private static final long KEPT_NS = 600_000_000_000L;
    private static final int MAX_KINDS = 64;

    private record Warning(String sentence, int times, long lastNs) {}

    private final Map<String, Warning> byKind = new LinkedHashMap<>();
    private final Counters counters;
    private final Consumer<String> out;

    /**
     * @param counters count how often warnings began, as {@code warning.} and the first word of their kind
     * @param out      is told a sentence when it begins to be true
     */
    Warnings(Counters counters, Consumer<String> out) {
        this.counters = counters;
        this.out = out;
    }

    /**
     * @param kind  what it is about: a later warning of the kind replaces the earlier one
     * @param after shown from so many times on, without a pause of ten minutes between them
     */
    void warn(String kind, String sentence, int after, long nowNs) {
        Warning before = byKind.get(kind);
        int times = before == null || nowNs - before.lastNs() > KEPT_NS ? 1 : before.times() + 1;
        if (before == null && byKind.size() >= MAX_KINDS) {
            byKind.values().removeIf(old -> nowNs - old.lastNs() > KEPT_NS);
            if (byKind.size() >= MAX_KINDS) {
                makeRoom();
            }
        }
        byKind.put(kind, new Warning(times >= after ? sentence : null, times, nowNs));
        if (times == after) {
            counters.of("warning." + family(kind)).increment();
            out.accept(sentence);
        }
    }

    private static String family(String kind) {
        return kind.split(" ")[0];
    }

    /** Takes the one out that was said longest ago of the largest family: who causes many hides no other. */
    private void makeRoom() {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        byKind.keySet().forEach(kind -> sizes.merge(family(kind), 1, Integer::sum));
        String largest = Collections.max(sizes.entrySet(), Map.Entry.comparingByValue()).getKey();
        byKind.entrySet().stream().filter(each -> family(each.getKey()).equals(largest))
                .min(Comparator.comparingLong(each -> each.getValue().lastNs()))
                .ifPresent(oldest -> byKind.remove(oldest.getKey()));
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
