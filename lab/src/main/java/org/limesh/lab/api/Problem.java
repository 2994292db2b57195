package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** A request that cannot be answered: status and a sentence for people. */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String title;

    Problem(int status, String title, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
    }

    static Problem badRequest(String detail) {
        return new Problem(400, "wrong request", detail);
    }

    static Problem notFound(String detail) {
        return new Problem(404, "not found", detail);
    }

    /** "no node 'plasa' (did you mean 'plaza'?)". */
    static Problem unknown(String what, String name, Collection<String> known) {
        String near = nearest(name, known);
        return notFound("no " + what + " '" + name + "'"
                + (near == null ? "" : " (did you mean '" + near + "'?)"));
    }

    int status() {
        return status;
    }

    String title() {
        return title;
    }

    /** The known word at most two letters away, or null. */
    static String nearest(String word, Collection<String> known) {
        String best = null;
        int bestDistance = Math.min(3, Math.max(2, word.length() / 2 + 1));
        List<String> sorted = new ArrayList<>(known);
        for (String candidate : sorted) {
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** Levenshtein's distance. */
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int above = row[j];
                int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
                diagonal = above;
            }
        }
        return row[right.length()];
    }
}
