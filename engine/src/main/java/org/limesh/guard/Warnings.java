package org.limesh.guard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Conditions a person can do something about. A condition is told when it begins and when it is over, and
 * shown all the while. At most {@value #MAX_WARNINGS} at a time; further ones have to wait.
 */
public final class Warnings {
    static final int MAX_WARNINGS = 64;

    private final Map<String, String> standing = new LinkedHashMap<>();
    private final Consumer<GuardEvent> out;

    public Warnings(Consumer<GuardEvent> out) {
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
            out.accept(new GuardEvent.Warned(sentence));
        }
    }

    /** Conditions that hold, in the order in which they began. */
    public List<String> sentences() {
        return List.copyOf(standing.values());
    }
}
