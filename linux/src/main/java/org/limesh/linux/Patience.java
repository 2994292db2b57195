package org.limesh.linux;

/** How long a question may take as a whole, however many steps it has. */
record Patience(long startNs, int timeoutMs) {
    /** What is left, 0 when nothing is. */
    int leftMs() {
        return (int) Math.max(0, timeoutMs - (System.nanoTime() - startNs) / 1_000_000);
    }

    /** E.g. {@code 2 s}. */
    String text() {
        return timeoutMs % 1000 == 0 ? timeoutMs / 1000 + " s" : timeoutMs + " ms";
    }
}
