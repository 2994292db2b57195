package org.limesh.lime;

/** Small help for messages about words. */
final class Words {
    private static final int MAX_SHOWN_CHARS = 60;
    /** Longer words are not worth comparing; keeps the cost of a hostile file linear. */
    private static final int MAX_COMPARED_CHARS = 40;

    private Words() {}

    /** The candidate that a person most likely meant: at most two letters apart. */
    static String closest(String word, Iterable<String> candidates) {
        String best = null;
        int bestDistance = Math.min(3, word.length() / 2 + 1);
        for (String candidate : candidates) {
            int distance = distance(word, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    private static int distance(String a, String b) {
        if (a.length() > MAX_COMPARED_CHARS || Math.abs(a.length() - b.length()) > 2) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    /** A word for a message: one line, not endless. */
    static String shorten(String word) {
        String clean = Diagnostic.printable(word);
        return clean.length() <= MAX_SHOWN_CHARS ? clean : clean.substring(0, MAX_SHOWN_CHARS - 3) + "...";
    }
}
