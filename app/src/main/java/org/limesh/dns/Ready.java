package org.limesh.dns;

import java.io.IOException;

/** What the selector's thread calls when a channel can go on. */
interface Ready {
    /** @throws IOException when the channel is of no use any more; it is closed then */
    void onReady(long nowNs) throws IOException;

    /** The channel was closed after an error. */
    void onBroken(long nowNs);
}
