package org.limesh.sim;

/**
 * Whoever waits for an event. {@code what}, {@code first} and {@code second} are what it asked to get back.
 */
interface EventTarget {
    void fire(int what, Object first, Object second, long nowNs);
}
