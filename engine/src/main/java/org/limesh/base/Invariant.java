package org.limesh.base;

/** Checks that are always on. A broken one is our bug, never the network's doing. */
public final class Invariant {
    private Invariant() {}

    /**
     * @throws Broken when {@code holds} is false
     */
    public static void check(boolean holds, String what) {
        if (!holds) {
            throw new Broken(what);
        }
    }

    /** A bug of ours: the simulator stops and prints its seed, a node restarts the engine. */
    public static final class Broken extends IllegalStateException {
        public Broken(String what) {
            super("broken invariant: " + what);
        }
    }
}
