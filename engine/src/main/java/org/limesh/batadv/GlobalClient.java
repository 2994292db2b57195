package org.limesh.batadv;

/** A client behind another node, and every originator that claims to have it. */
final class GlobalClient {
    /** One originator's claim. */
    static final class Claim {
        final Originator originator;
        /** Version of its table at which the client was learned. */
        int ttvn;
        /** Sync flags as that originator announced them. */
        int flags;
        Claim next;

        Claim(Originator originator, int ttvn, int flags) {
            this.originator = originator;
            this.ttvn = ttvn;
            this.flags = flags;
        }
    }

    final long key;
    /** See {@link TtFlags}. */
    int flags;
    int addedMs;
    int roamedMs;
    /** Newest first. */
    Claim claims;

    GlobalClient(long key, int flags, int nowMs) {
        this.key = key;
        this.flags = flags;
        this.addedMs = nowMs;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Roamed and temporary entries do not count in checksums. */
    boolean counts() {
        return (flags & (TtFlags.ROAM | TtFlags.TEMPORARY)) == 0;
    }

    Claim claimOf(Originator originator) {
        for (Claim claim = claims; claim != null; claim = claim.next) {
            if (claim.originator == originator) {
                return claim;
            }
        }
        return null;
    }
}
