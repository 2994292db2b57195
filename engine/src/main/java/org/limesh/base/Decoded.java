package org.limesh.base;

/**
 * What a parser found: a message that can be trusted to be well formed, or why there is none.
 *
 * <p>Hostile traffic chooses how often a parser fails, so a failure is a value and costs nanoseconds.
 *
 * @param <T> the message
 */
public sealed interface Decoded<T> {
    /** The message, complete and sensible. */
    record Valid<T>(T message) implements Decoded<T> {}

    /**
     * No message.
     *
     * @param fault        what is wrong, a constant text of a few words, also the name of the drop counter
     * @param offsetOctets where in the input
     */
    record Malformed<T>(String fault, int offsetOctets) implements Decoded<T> {}
}
