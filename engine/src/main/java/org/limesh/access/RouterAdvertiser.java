package org.limesh.access;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Rng;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv6;
import org.limesh.packet.RouterAdvertisement;
import org.limesh.packet.RouterSolicitation;

/**
 * Router on the anycast identity (RFC 4861, section 6.2; DNS by RFC 8106).
 *
 * <pre>
 *   start ──0..1 s──→ to all ──≤ 16 s, twice──→ to all ──40..120 s──→ to all ...
 *
 *   solicitation from an address   ──→ to the asker, at once
 *   solicitation from ::           ──→ to all, after 0..0.5 s and 3 s after the one before
 * </pre>
 *
 * <p>All nodes of a cloud are one router to the clients: same link-local address, same MAC, same words. A
 * client that roams keeps its address and its default route, and need not even notice.
 *
 * <p>The asker is answered at once, not after a random delay: that delay keeps several routers of a link from
 * answering in chorus, and a client has one router here. Beyond {@value #ANSWERS_PER_SECOND} askers per
 * second (after a burst of {@value #ANSWERS_BURST}) all are answered together, as if they had asked from
 * {@code ::}.
 */
public final class RouterAdvertiser implements Engine {
    private static final long MS = 1_000_000L;
    private static final long SECOND_NS = 1000 * MS;
    static final long MIN_INTERVAL_NS = 40 * SECOND_NS;
    static final long MAX_INTERVAL_NS = 120 * SECOND_NS;
    private static final int INITIAL_ADVERTISEMENTS = 3;
    private static final long MAX_INITIAL_INTERVAL_NS = 16 * SECOND_NS;
    private static final int FIRST_WITHIN_MS = 1000;
    private static final int MAX_DELAY_MS = 500;
    static final long MIN_BETWEEN_NS = 3 * SECOND_NS;
    static final int ANSWERS_PER_SECOND = 50;
    static final int ANSWERS_BURST = 250;

    /** Three times the longest interval, so that two lost advertisements in a row do no harm. */
    public static final int ROUTER_LIFETIME_SECONDS = 360;
    /** One day, as in LibreMesh. */
    public static final long VALID_SECONDS = 86_400;
    private static final int HOP_LIMIT = 64;
    private static final Ip6Address ALL_HOSTS = new Ip6Address(0xff02L << 48, 1);

    private Ip6Config config;
    private final Ip6Address router;
    private RouterAdvertisement message;
    private final Counters counters;
    private final Rng rng;
    private final FrameSender out;
    private final RateLimit answers = new RateLimit(ANSWERS_PER_SECOND, ANSWERS_BURST);
    private int sentToAll;
    private long lastToAllNs;
    private long nextToAllNs;

    /**
     * @param rng   stream of this engine
     * @param nowNs the first advertisement follows within a second
     */
    public RouterAdvertiser(Ip6Config config, Counters counters, Rng rng, FrameSender out, long nowNs) {
        this.config = config;
        this.router = config.router();
        this.message = advertisement(config);
        this.counters = counters;
        this.rng = rng;
        this.out = out;
        this.nextToAllNs = nowNs + randomNs(FIRST_WITHIN_MS);
    }

    /** What is said to every client. */
    static RouterAdvertisement advertisement(Ip6Config config) {
        // DHCPv6 is worth asking only when it has an answer.
        boolean other = !config.dnsServers().isEmpty() || !config.searchList().isEmpty();
        return new RouterAdvertisement(HOP_LIMIT, false, other, 0, ROUTER_LIFETIME_SECONDS, 0, 0,
                List.of(new RouterAdvertisement.Prefix(
                        config.prefix(), true, true, VALID_SECONDS, VALID_SECONDS)),
                config.mtuOctets(), config.routerMac(),
                config.searchList().isEmpty() ? List.of()
                        : List.of(new RouterAdvertisement.SearchList(VALID_SECONDS, config.searchList())),
                config.dnsServers().isEmpty() ? List.of()
                        : List.of(new RouterAdvertisement.DnsServers(VALID_SECONDS, config.dnsServers())));
    }

    /** The DNS servers that clients are told, from the next advertisement on. */
    public void setDnsServers(List<Ip6Address> servers) {
        config = config.withDnsServers(servers);
        message = advertisement(config);
    }

    private long randomNs(int boundMs) {
        return rng.nextInt(boundMs) * MS;
    }

    /** A whole Ethernet frame with a router solicitation that the anycast device heard. */
    public void onFrame(Frame frame, long nowNs) {
        switch (RouterSolicitation.parse(frame)) {
            case Decoded.Malformed<RouterSolicitation>(var fault, var _) ->
                    counters.of("drop.rs." + fault).increment();
            case Decoded.Valid<RouterSolicitation>(var solicitation) -> {
                if (config.isFromClient(Ethernet.source(frame))) {
                    onSolicitation(frame, solicitation, nowNs);
                } else {
                    counters.of("drop.rs.ether_source").increment();
                }
            }
        }
    }

    private void onSolicitation(Frame frame, RouterSolicitation solicitation, long nowNs) {
        counters.of("ra.solicited").increment();
        if (!solicitation.source().equals(Ip6Address.ANY) && answers.take(nowNs)) {
            counters.of("ra.sent_to_asker").increment();
            // To where the frame came from, not to the MAC it names: only who asks is to be told.
            send(Ethernet.source(frame), solicitation.source());
            return;
        }
        long earliestNs = nowNs + randomNs(MAX_DELAY_MS);
        long allowedNs = sentToAll == 0 ? earliestNs : lastToAllNs + MIN_BETWEEN_NS;
        long wantedNs = allowedNs - earliestNs > 0 ? allowedNs : earliestNs;
        nextToAllNs = Engine.earlier(nextToAllNs, wantedNs);
    }

    /**
     * Tells all clients that this router is none any more (router lifetime 0, RFC 4861, 6.2.5), so that those with
     * another one take it at once. The rest of the advertisement, addresses above all, stays true.
     */
    public void sayGoodbye() {
        counters.of("ra.goodbye").increment();
        out.transmit(message.withoutRouter().frame(Ipv6.multicastMac(ALL_HOSTS), config.routerMac().bits(), router,
                ALL_HOSTS));
    }

    private void send(long destinationMac, Ip6Address destination) {
        out.transmit(message.frame(destinationMac, config.routerMac().bits(), router, destination));
    }

    @Override
    public void onTimer(long nowNs) {
        if (Engine.isDue(nextToAllNs, nowNs)) {
            counters.of("ra.sent_to_all").increment();
            send(Ipv6.multicastMac(ALL_HOSTS), ALL_HOSTS);
            sentToAll++;
            lastToAllNs = nowNs;
            long interval = MIN_INTERVAL_NS + randomNs((int) ((MAX_INTERVAL_NS - MIN_INTERVAL_NS) / MS));
            nextToAllNs = nowNs + (sentToAll < INITIAL_ADVERTISEMENTS
                    ? Math.min(interval, MAX_INITIAL_INTERVAL_NS) : interval);
        }
    }

    @Override
    public long nextDeadlineNs() {
        return nextToAllNs;
    }
}
