package org.limesh.batadv;

/** A client behind this node's mesh interface. */
final class LocalClient {
    final long key;
    /** See {@link TtFlags}. */
    int flags;
    int lastSeenMs;

    LocalClient(long key, int flags, int nowMs) {
        this.key = key;
        this.flags = flags;
        this.lastSeenMs = nowMs;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
