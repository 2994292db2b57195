package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong in one file, so that a person can repair everything at once. */
final class Problems {
    /** More would only repeat one mistake. */
    static final int LIMIT = 100;

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    Problems(String file) {
        this.file = file;
    }

    void add(Position position, String message) {
        if (found.size() < LIMIT) {
            found.add(new Problem(file, position, message));
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** By position. */
    List<Problem> list() {
        return found.stream()
                .sorted(Comparator.<Problem>comparingInt(problem -> problem.position().line())
                        .thenComparingInt(problem -> problem.position().column()))
                .toList();
    }
}
