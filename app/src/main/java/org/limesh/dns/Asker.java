package org.limesh.dns;

import java.net.InetAddress;

/** Who waits for an answer. */
interface Asker {
    InetAddress address();

    /** Its question came over TCP. */
    boolean isTcp();

    /** Sends the answer; a client that went away is none of our worries. */
    void reply(byte[] octets);

    /** No answer will come. */
    default void drop() {}
}
