package org.limesh.lab;

/** Watches one assertion from the instant it is asked until its verdict is known. */
interface Judge {
    /**
     * A verdict.
     *
     * @param expected for a person
     * @param got      for a person; empty when it passed
     */
    record Verdict(boolean passed, String expected, String got) {
        static Verdict pass(String expected) {
            return new Verdict(true, expected, "");
        }

        static Verdict fail(String expected, String got) {
            return new Verdict(false, expected, got);
        }
    }

    /** Looks now; null when it is too early to say. */
    Verdict look(long nowNs);

    /** The run ends now: what is known so far. */
    Verdict end(long nowNs);

    /** When to look next; after {@code nowNs}. */
    long nextLookNs(long nowNs);
}
