package org.limesh.guard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.limesh.base.Counters;

/**
 * Conditions a person can do something about. A condition is told when it begins and when it is over, and
 * shown all the while. At most {@value #MAX_WARNINGS} at a time; further ones have to wait.
 */
public final class Warnings {
    static final int MAX_WARNINGS = 64;

    private final Map<String, String> standing = new LinkedHashMap<>();
    private final Counters counters;
    private final Consumer<GuardEvent> out;

    /** @param counters count how often conditions began, as {@code warning.} and the first word of their key */
    public Warnings(Counters counters, Consumer<GuardEvent> out) {
        this.counters = counters;
        this.out = out;
    }

    /**
     * @param key      names the condition, e.g. {@code mtu eth0}
     * @param sentence what is wrong and what to do; null when the condition does not hold (any more)
     */
    public void set(String key, String sentence) {
        String before = standing.get(key);
        if (sentence == null) {
            if (before != null) {
                standing.remove(key);
                out.accept(new GuardEvent.WarningEnded(before));
            }
        } else if (!sentence.equals(before) && (before != null || standing.size() < MAX_WARNINGS)) {
            standing.put(key, sentence);
            if (before == null) {
                counters.of("warning." + key.split(" ")[0]).increment();
            }
            out.accept(new GuardEvent.Warned(sentence));
        }
    }

    /** Conditions that hold, in the order in which they began. */
    public List<String> sentences() {
        return List.copyOf(standing.values());
    }
}
