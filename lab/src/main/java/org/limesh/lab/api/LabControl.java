package org.limesh.lab.api;

/**
 * Hands on a laboratory. Callable from any thread; each call is carried out by the thread that runs the
 * laboratory, at its next step, and recorded as an event.
 */
public interface LabControl {
    /** The request cannot be carried out; the message is a sentence for people. */
    final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        public Refused(String message) {
            super(message);
        }
    }

    /** Attaches a client to another node. */
    void roam(String client, String toNode) throws Refused;

    /**
     * Makes something stop working.
     *
     * @param what a node's name, or {@code link ID} with the id of {@link World.LinkView}
     */
    void fail(String what) throws Refused;

    /** Undoes {@link #fail}; {@code all} heals everything. */
    void heal(String what) throws Refused;

    /** Puts a node somewhere else, in metres; radio links follow. */
    void move(String node, double x, double y) throws Refused;

    /** Plugs the cable of a node's uplink in. */
    void plug(String node) throws Refused;

    /** Pulls it. */
    void unplug(String node) throws Refused;

    void pause();

    void resume();

    /** @param speed virtual seconds per second, above 0; 0 for as fast as possible */
    void speed(double speed) throws Refused;

    /** Runs exactly this much virtual time, then pauses. 0 runs one event of the simulation. */
    void step(long durationNs) throws Refused;
}
