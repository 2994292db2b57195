package org.limesh.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.packet.Ipv6;
import org.limesh.packet.RouterAdvertisement;
import org.limesh.packet.RouterSolicitation;

/**
 * How a client comes to an IPv6 address and a router: router solicitation and stateless autoconfiguration
 * (RFC 4861, 6.3; RFC 4862).
 *
 * <pre>
 *   link up ──0..1 s──→ solicit ──4 s──→ solicit ──4 s──→ solicit     until an advertisement comes
 * </pre>
 *
 * Address and router outlive a change of the link, as on Linux and phones. Simpler than the real thing: one
 * address at a time, of the prefix announced last, with the MAC in it, and no check for duplicates.
 */
final class Slaac implements EventTarget {
    private static final int MAX_DELAY_MS = 1000;
    private static final long RETRY_NS = 4 * SimTime.SECOND;
    private static final int TRIES = 3;
    private static final int LENGTH_BITS = 64;
    /** More routers on one link are an attack. */
    private static final int MAX_ROUTERS = 16;

    private final Simulation sim;
    private final SimClient client;
    private final Neighbours neighbours;
    private final Rng rng;
    private final Map<Ip6Address, Long> routersUntilNs = new LinkedHashMap<>();
    private Ip6Prefix address;
    private long addressUntilNs;
    private int link;
    private int tries;
    private boolean answered;

    Slaac(Simulation sim, SimClient client, Neighbours neighbours, Rng rng) {
        this.sim = sim;
        this.client = client;
        this.neighbours = neighbours;
        this.rng = rng;
    }

    /** The address it made for itself, with the prefix's length, or null. */
    Ip6Prefix address() {
        return address != null && addressUntilNs - sim.nowNs() > 0 ? address : null;
    }

    /** Default routers, the one heard of first in front. */
    List<Ip6Address> routers() {
        return routersUntilNs.entrySet().stream().filter(router -> router.getValue() - sim.nowNs() > 0)
                .map(Map.Entry::getKey).toList();
    }

    void linkUp() {
        link++;
        tries = 0;
        answered = false;
        sim.schedule(sim.nowNs() + rng.nextInt(MAX_DELAY_MS) * SimTime.MS, this, link, null, null);
    }

    @Override
    public void fire(int linkOfEvent, Object first, Object second, long nowNs) {
        if (linkOfEvent == link && !answered && tries < TRIES) {
            tries++;
            client.send(new RouterSolicitation(client.linkLocal(), client.mac()).frame(client.mac().bits()));
            sim.schedule(nowNs + RETRY_NS, this, link, null, null);
        }
    }

    /** A router advertisement reached the client. */
    void onAdvertisement(Frame frame) {
        if (RouterAdvertisement.parse(frame) instanceof Decoded.Valid<RouterAdvertisement>(var message)) {
            answered = true;
            Ip6Address router = Ipv6.source(frame);
            learnRouter(router, message);
            for (RouterAdvertisement.Prefix prefix : message.prefixes()) {
                if (prefix.autonomous() && prefix.prefix().lengthBits() == LENGTH_BITS) {
                    long low = client.linkLocal().low();
                    address = new Ip6Prefix(new Ip6Address(prefix.prefix().address().high(), low),
                            LENGTH_BITS);
                    addressUntilNs = sim.nowNs() + prefix.validSeconds() * SimTime.SECOND;
                }
            }
        }
    }

    private void learnRouter(Ip6Address router, RouterAdvertisement message) {
        if (message.routerLifetimeSeconds() == 0) {
            routersUntilNs.remove(router);
        } else if (routersUntilNs.size() < MAX_ROUTERS || routersUntilNs.containsKey(router)) {
            routersUntilNs.put(router, sim.nowNs() + message.routerLifetimeSeconds() * SimTime.SECOND);
        }
        MacAddress mac = message.sourceMac();
        if (mac != null) {
            neighbours.learn(router, mac.bits(), true);
        }
    }
}
