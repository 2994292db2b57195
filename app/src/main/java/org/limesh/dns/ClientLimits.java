package org.limesh.dns;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.access.RateLimit;

/**
 * How much one client may ask. Questions to others cost others something: they are limited always. Own names
 * cost microseconds: they are limited only while more questions come than can be answered, and then whoever
 * asks most goes short first.
 */
final class ClientLimits {
    static final int FORWARDED_PER_SECOND = 50;
    /** A page with many pictures, or a household behind one address. */
    static final int FORWARDED_BURST = 300;
    static final int UNDER_LOAD_PER_SECOND = 500;
    private static final int MAX_CLIENTS = 4096;

    private record Buckets(RateLimit forwarded, RateLimit underLoad) {}

    private final Map<InetAddress, Buckets> clients = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Buckets> eldest) {
            return size() > MAX_CLIENTS;
        }
    };

    private Buckets of(InetAddress client) {
        return clients.computeIfAbsent(client, unused -> new Buckets(new RateLimit(FORWARDED_PER_SECOND, FORWARDED_BURST),
                new RateLimit(UNDER_LOAD_PER_SECOND, UNDER_LOAD_PER_SECOND)));
    }

    boolean mayForward(InetAddress client, long nowNs) {
        return of(client).forwarded().take(nowNs);
    }

    boolean mayAskUnderLoad(InetAddress client, long nowNs) {
        return of(client).underLoad().take(nowNs);
    }

    int size() {
        return clients.size();
    }
}
