package org.limesh.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.base.Rng;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Udp;

/**
 * DHCP client of the uplink (RFC 2131, section 4.4).
 *
 * <pre>
 *               DISCOVER             OFFER / REQUEST             ACK
 *    INIT ───────────────→ SELECTING ───────────────→ REQUESTING ───→ BOUND
 *     ↑                                                   │ NAK,       │ T1: REQUEST to the server
 *     │  ←─────────────────────────────────────────────── ┘ 4 tries    ↓
 *     │  NAK, or the lease ends      REBINDING ←── T2 ────────────  RENEWING ── ACK ──→ BOUND
 *     │  ←────────────────────────────  │ ── ACK ──→ BOUND
 *     │  NAK, or no answer to 3
 *     └──────────────── REBOOTING ── ACK ──→ BOUND          the cable came back and the old lease lives:
 *                                                           REQUEST for the old address
 * </pre>
 *
 * <p>Without a cable nothing is sent and there is no address; the lease is remembered. Offers that somebody
 * (the {@link Refusal}) objects to are passed over, and no address out of them is ever used.
 *
 * <p>Does not look whether somebody else uses the address: the port hears DHCP only, so DECLINE is never sent.
 */
final class UplinkDhcp implements Engine {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MS_NS = 1_000_000L;
    private static final int CLIENT_ID_ETHERNET = 1;
    private static final int MAX_MESSAGE_OCTETS = 1472;
    private static final int CLASSLESS_ROUTES = 121;
    private static final long INFINITE_SECONDS = 0xffff_ffffL;
    /** Shorter leases would make the client the loudest station of the link. */
    private static final long MIN_LEASE_SECONDS = 30;
    private static final long LONGEST_WAIT_NS = 32 * SECOND_NS;
    private static final int REQUEST_TRIES = 4;
    private static final int REBOOT_TRIES = 3;
    private static final long MIN_RENEW_WAIT_NS = 60 * SECOND_NS;
    private static final int MAX_RESOLVERS = 4;
    /** Told once in so long: the offers go on for as long as the cable is in the wrong socket. */
    private static final long REFUSAL_QUIET_NS = 60 * SECOND_NS;
    private static final byte[] WANTED = {DhcpOptions.SUBNET_MASK, DhcpOptions.ROUTER, DhcpOptions.DNS_SERVER,
        DhcpOptions.DOMAIN, DhcpOptions.BROADCAST_ADDRESS, DhcpOptions.LEASE_SECONDS, DhcpOptions.RENEWAL_SECONDS,
        DhcpOptions.REBINDING_SECONDS, CLASSLESS_ROUTES};

    /**
     * What a server gave.
     *
     * @param gateway   null when the server names none that lies in the network
     * @param server    its identifier
     * @param serverMac whence its answer came
     * @param endNs     when it ends; {@link #NEVER} for an endless one
     */
    record Lease(Ip4Prefix address, Ip4Address gateway, List<Ip4Address> resolvers, Ip4Address server,
            MacAddress serverMac, long renewNs, long rebindNs, long endNs) {}

    /** Whom an offer must please. */
    interface Refusal {
        /** @return why an address from there is not taken, or null when it is */
        String of(Ip4Prefix address, MacAddress serverMac);
    }

    /** Effects. */
    interface Outbox {
        void transmit(Frame frame);

        /** The address of the uplink is another one, or the same with other neighbours; null when it is gone. */
        void changed(Lease lease, String reason);

        void refused(Ip4Address address, String reason);
    }

    private enum State { INIT, SELECTING, REQUESTING, BOUND, RENEWING, REBINDING, REBOOTING }

    private final MacAddress mac;
    private final String hostname;
    private final Counters counters;
    private final Rng rng;
    private final Refusal refusal;
    private final Outbox out;
    private State state = State.INIT;
    private boolean carrier = true;
    private Lease lease;
    /** Of the offer that is asked for, or of the lease that a reboot asks for. */
    private Ip4Address wanted;
    private Ip4Address wantedServer;
    private int xid;
    private long exchangeNs;
    private int tries;
    private int naksInRow;
    private long deadlineNs;
    private boolean everRefused;
    private long refusedNs;

    UplinkDhcp(MacAddress mac, String hostname, Counters counters, Rng rng, Refusal refusal, Outbox out, long nowNs) {
        this.mac = mac;
        this.hostname = hostname;
        this.counters = counters;
        this.rng = rng;
        this.refusal = refusal;
        this.out = out;
        // Half a second of spread: after a power cut all nodes of a town start together.
        this.deadlineNs = nowNs + rng.nextInt(500) * MS_NS;
    }

    /** What is held now, or null. */
    Lease lease() {
        return state == State.BOUND || state == State.RENEWING || state == State.REBINDING ? lease : null;
    }

    // ---- cable --------------------------------------------------------------------------------------

    void onCarrier(boolean present, long nowNs) {
        if (present == carrier) {
            return;
        }
        carrier = present;
        if (!present) {
            boolean held = lease() != null;
            state = State.INIT;
            deadlineNs = NEVER;
            if (held) {
                out.changed(null, "no carrier");
            }
        } else if (lease != null && (lease.endNs == NEVER || lease.endNs - nowNs > 0)) {
            wanted = lease.address.address();
            enter(State.REBOOTING, nowNs);
        } else {
            lease = null;
            enter(State.SELECTING, nowNs);
        }
    }

    // ---- time ---------------------------------------------------------------------------------------

    @Override
    public long nextDeadlineNs() {
        return carrier ? deadlineNs : NEVER;
    }

    @Override
    public void onTimer(long nowNs) {
        if (!carrier || !Engine.isDue(deadlineNs, nowNs)) {
            return;
        }
        switch (state) {
            case INIT -> enter(State.SELECTING, nowNs);
            case SELECTING -> send(nowNs);
            case REQUESTING -> sendOrGiveUp(REQUEST_TRIES, nowNs);
            case REBOOTING -> sendOrGiveUp(REBOOT_TRIES, nowNs);
            case BOUND -> enter(State.RENEWING, nowNs);
            case RENEWING, REBINDING -> renewFurther(nowNs);
        }
    }

    private void sendOrGiveUp(int most, long nowNs) {
        if (tries < most) {
            send(nowNs);
        } else {
            lease = null;
            enter(State.SELECTING, nowNs);
        }
    }

    private void renewFurther(long nowNs) {
        if (lease.endNs - nowNs <= 0) {
            lease = null;
            out.changed(null, "the lease ended and no server answered");
            enter(State.SELECTING, nowNs);
        } else if (state == State.RENEWING && lease.rebindNs - nowNs <= 0) {
            enter(State.REBINDING, nowNs);
        } else {
            send(nowNs);
        }
    }

    private void enter(State next, long nowNs) {
        state = next;
        tries = 0;
        xid = (int) rng.nextLong();
        exchangeNs = nowNs;
        send(nowNs);
    }

    // ---- sending ------------------------------------------------------------------------------------

    private void send(long nowNs) {
        tries++;
        deadlineNs = nowNs + waitNs(nowNs);
        counters.of(state == State.SELECTING ? "gateway.dhcp.discover" : "gateway.dhcp.request").increment();
        boolean renewing = state == State.RENEWING;
        boolean holding = renewing || state == State.REBINDING;
        DhcpOptions.Builder options = DhcpOptions.builder()
                .put8(DhcpOptions.MESSAGE_TYPE, state == State.SELECTING ? DhcpMessage.DISCOVER : DhcpMessage.REQUEST);
        if (state == State.REQUESTING) {
            options.put(DhcpOptions.SERVER_ID, wantedServer);
        }
        if (state == State.REQUESTING || state == State.REBOOTING) {
            options.put(DhcpOptions.REQUESTED_ADDRESS, wanted);
        }
        options.put(DhcpOptions.CLIENT_ID, clientId()).put16(DhcpOptions.MAX_MESSAGE_OCTETS, MAX_MESSAGE_OCTETS)
                .put(DhcpOptions.PARAMETER_LIST, WANTED);
        if (!hostname.isEmpty()) {
            options.put(DhcpOptions.HOSTNAME, hostname);
        }
        Ip4Address own = holding ? lease.address.address() : Ip4Address.ANY;
        DhcpMessage message = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, xid,
                (int) Math.min(0xffff, (nowNs - exchangeNs) / SECOND_NS), false, own, Ip4Address.ANY, Ip4Address.ANY,
                Ip4Address.ANY, mac, options.build());
        long toMac = renewing ? lease.serverMac.bits() : MacAddress.BROADCAST.bits();
        Ip4Address to = renewing ? lease.server : Ip4Address.BROADCAST;
        out.transmit(Udp.frame4(toMac, mac.bits(), own.bits(), Udp.PORT_DHCP_CLIENT, to.bits(), Udp.PORT_DHCP_SERVER,
                message.emit()));
    }

    private byte[] clientId() {
        byte[] id = new byte[1 + MacAddress.LENGTH_OCTETS];
        id[0] = CLIENT_ID_ETHERNET;
        for (int i = 0; i < MacAddress.LENGTH_OCTETS; i++) {
            id[1 + i] = (byte) (mac.bits() >>> 40 - 8 * i);
        }
        return id;
    }

    /** How long to wait for an answer to what is sent now. */
    private long waitNs(long nowNs) {
        return switch (state) {
            case RENEWING -> halfWay(lease.rebindNs, nowNs);
            case REBINDING -> halfWay(lease.endNs, nowNs);
            // 1, 2, 3 s: the cable has just come back and people wait.
            case REBOOTING -> tries * SECOND_NS + rng.nextInt(200) * MS_NS;
            default -> Math.min(LONGEST_WAIT_NS, 2 * SECOND_NS << Math.min(8, tries - 1))
                    + (rng.nextInt(1000) - 500) * MS_NS;
        };
    }

    /** Half of what is left, as the RFC says, at least a minute, and not past the end. */
    private static long halfWay(long endNs, long nowNs) {
        long leftNs = Math.max(0, endNs - nowNs);
        return Math.min(leftNs, Math.max(MIN_RENEW_WAIT_NS, leftNs / 2));
    }

    // ---- receiving ----------------------------------------------------------------------------------

    /** A frame with UDP destination port 68. */
    void onFrame(Frame frame, long nowNs) {
        switch (DhcpMessage.parse(frame)) {
            case Decoded.Malformed<DhcpMessage>(String fault, int unused) -> drop(fault);
            case Decoded.Valid<DhcpMessage>(DhcpMessage message) -> {
                if (message.op() != DhcpMessage.BOOT_REPLY || !message.chaddr().equals(mac)
                        || Udp.destinationPort(frame) != Udp.PORT_DHCP_CLIENT
                        || Udp.sourcePort(frame) != Udp.PORT_DHCP_SERVER) {
                    drop("not_for_us");
                } else if (!carrier || message.xid() != xid || state == State.INIT || state == State.BOUND) {
                    drop("not_asked");
                } else {
                    onAnswer(message, new MacAddress(Ethernet.source(frame)), new Ip4Address(Ipv4.source(frame)),
                            nowNs);
                }
            }
        }
    }

    private void drop(String reason) {
        counters.of("drop.gateway.dhcp_" + reason).increment();
    }

    private void onAnswer(DhcpMessage message, MacAddress from, Ip4Address source, long nowNs) {
        Ip4Address server = message.options().address(DhcpOptions.SERVER_ID);
        switch (message.type()) {
            case DhcpMessage.OFFER -> {
                if (state != State.SELECTING || server == null) {
                    drop("offer_not_usable");
                    return;
                }
                if (readable(message, server, from, nowNs) != null) {
                    wanted = message.yiaddr();
                    wantedServer = server;
                    state = State.REQUESTING;
                    tries = 0;
                    send(nowNs);
                }
            }
            case DhcpMessage.ACK -> {
                Ip4Address named = server == null ? source : server;
                if (state == State.SELECTING || state == State.REQUESTING && !named.equals(wantedServer)) {
                    drop("ack_not_asked");
                    return;
                }
                Lease given = readable(message, named, from, nowNs);
                if (given != null) {
                    bind(given);
                }
            }
            case DhcpMessage.NAK -> onNak(message, server, nowNs);
            default -> drop("type");
        }
    }

    private void onNak(DhcpMessage message, Ip4Address server, long nowNs) {
        if (state == State.SELECTING || state == State.REQUESTING && server != null && !server.equals(wantedServer)) {
            drop("nak_not_asked");
            return;
        }
        boolean held = lease() != null;
        lease = null;
        state = State.INIT;
        // A server that offers and refuses in turn must not be asked in a tight circle.
        naksInRow = Math.min(5, naksInRow + 1);
        deadlineNs = nowNs + (naksInRow == 1 ? 0 : (SECOND_NS << naksInRow) + rng.nextInt(1000) * MS_NS);
        if (held) {
            String words = message.options().text(DhcpOptions.MESSAGE);
            out.changed(null, "the server took the address back" + (words.isEmpty() ? "" : ": " + printable(words)));
        }
    }

    private static String printable(String words) {
        StringBuilder kept = new StringBuilder();
        words.codePoints().limit(80).forEach(c -> kept.appendCodePoint(c < ' ' || c == 127 ? '?' : c));
        return kept.toString();
    }

    private void bind(Lease given) {
        boolean same = lease() != null && lease.address.equals(given.address)
                && Objects.equals(lease.gateway, given.gateway) && lease.resolvers.equals(given.resolvers);
        lease = given;
        state = State.BOUND;
        naksInRow = 0;
        everRefused = false;
        deadlineNs = given.endNs == NEVER ? NEVER : given.renewNs;
        if (!same) {
            out.changed(given, "address of the DHCP server " + given.server);
        }
    }

    /** What an offer or acknowledgement gives, or null when it cannot be used; then it is counted. */
    private Lease readable(DhcpMessage message, Ip4Address server, MacAddress from, long nowNs) {
        DhcpOptions options = message.options();
        Ip4Address address = message.yiaddr();
        int lengthBits = maskLength(options.u32(DhcpOptions.SUBNET_MASK, 0xffff_ff00L));
        long seconds = options.u32(DhcpOptions.LEASE_SECONDS, 0);
        if (lengthBits < 0 || !isUnicast(address) || !isUnicast(server) || seconds < MIN_LEASE_SECONDS) {
            drop(seconds < MIN_LEASE_SECONDS ? "lease_time" : "address");
            return null;
        }
        Ip4Prefix prefix = new Ip4Prefix(address, lengthBits);
        boolean edge = lengthBits < 31 && (address.equals(prefix.network()) || address.equals(prefix.broadcast()));
        String objection = edge ? "it is the edge of " + prefix.masked() : refusal.of(prefix, from);
        if (objection != null) {
            drop("refused");
            if (!everRefused || nowNs - refusedNs >= REFUSAL_QUIET_NS) {
                everRefused = true;
                refusedNs = nowNs;
                out.refused(address, objection);
            }
            return null;
        }
        long leaseNs = seconds * SECOND_NS;
        long renew = options.u32(DhcpOptions.RENEWAL_SECONDS, seconds / 2);
        long rebind = options.u32(DhcpOptions.REBINDING_SECONDS, seconds * 7 / 8);
        boolean ordered = renew > 0 && renew <= rebind && rebind <= seconds;
        return new Lease(prefix, gateway(options, prefix), resolvers(options), server, from,
                nowNs + (ordered ? renew * SECOND_NS : leaseNs / 2),
                nowNs + (ordered ? rebind * SECOND_NS : leaseNs / 8 * 7),
                seconds == INFINITE_SECONDS ? NEVER : nowNs + leaseNs);
    }

    /** Length of a mask, or -1 where the ones are not together or none. */
    private static int maskLength(long mask) {
        int length = Long.bitCount(mask);
        return length > 0 && mask == (0xffff_ffffL << 32 - length & 0xffff_ffffL) ? length : -1;
    }

    static boolean isUnicast(Ip4Address address) {
        int top = address.bits() >>> 24;
        return top != 0 && top != 127 && top < 224;
    }

    /** Option 121 replaces option 3 (RFC 3442). A next hop outside the own network cannot be reached. */
    private static Ip4Address gateway(DhcpOptions options, Ip4Prefix prefix) {
        byte[] classless = options.value(CLASSLESS_ROUTES);
        Ip4Address gateway = classless == null ? options.address(DhcpOptions.ROUTER) : defaultOf(classless);
        boolean reachable = gateway != null && isUnicast(gateway) && prefix.contains(gateway)
                && !gateway.equals(prefix.address());
        return reachable ? gateway : null;
    }

    /** Next hop of 0.0.0.0/0 in the routes of option 121: length 1, the network's leading octets, next hop 4. */
    private static Ip4Address defaultOf(byte[] routes) {
        int at = 0;
        while (at < routes.length) {
            int length = routes[at] & 0xff;
            int next = at + 1 + (length + 7) / 8 + Ip4Address.LENGTH_OCTETS;
            if (length > 32 || next > routes.length) {
                return null;
            }
            if (length == 0) {
                return new Ip4Address(Octets.i32(routes, at + 1));
            }
            at = next;
        }
        return null;
    }

    private static List<Ip4Address> resolvers(DhcpOptions options) {
        byte[] octets = options.value(DhcpOptions.DNS_SERVER);
        List<Ip4Address> resolvers = new ArrayList<>();
        for (int at = 0; octets != null && at + 4 <= octets.length && resolvers.size() < MAX_RESOLVERS; at += 4) {
            Ip4Address resolver = new Ip4Address(Octets.i32(octets, at));
            if (isUnicast(resolver) && !resolvers.contains(resolver)) {
                resolvers.add(resolver);
            }
        }
        return List.copyOf(resolvers);
    }
}
