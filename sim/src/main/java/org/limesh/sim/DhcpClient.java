package org.limesh.sim;

import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Udp;

/**
 * DHCP client of RFC 2131 as a phone has it.
 *
 * <pre>
 *   INIT ─DISCOVER→ SELECTING ─OFFER/REQUEST→ REQUESTING ─ACK→ BOUND ─T1→ RENEWING ─T2→ REBINDING
 *     ↑                                            │NAK          │ new link       │ACK → BOUND
 *     └────────────────────────────────────────────┴── NAK ── REBOOTING           └expired → INIT
 * </pre>
 *
 * It takes the first offer. In REBOOTING it goes on using its address; when nobody answers it stays bound
 * for the rest of the lease, as RFC 2131 section 3.2 allows.
 */
final class DhcpClient implements EventTarget {
    private enum State { OFF, SELECTING, REQUESTING, BOUND, RENEWING, REBINDING, REBOOTING }

    private static final int DEFAULT_MTU_OCTETS = 1500;
    private static final int DEFAULT_LEASE_SECONDS = 3600;
    private static final long FIRST_RETRY_NS = SimTime.SECOND;
    private static final long LONGEST_RETRY_NS = 16 * SimTime.SECOND;
    private static final int REBOOT_TRIES = 3;
    private static final int REQUEST_TRIES = 4;
    private static final long LEAST_RENEW_RETRY_NS = 60 * SimTime.SECOND;

    private final Simulation sim;
    private final SimClient client;
    private final Rng rng;
    private State state = State.OFF;
    private boolean confirms = true;
    private ClientLease lease;
    private long releasedNs = Long.MIN_VALUE;
    private DhcpMessage offer;
    private int xid;
    private boolean answered;
    private int tries;
    private int timer;
    private long startedNs;
    private long renewNs;
    private long rebindNs;
    private int acknowledgements;
    private int surplusAnswers;

    DhcpClient(Simulation sim, SimClient client, Rng rng) {
        this.sim = sim;
        this.client = client;
        this.rng = rng;
    }

    ClientLease lease() {
        return lease != null && lease.expiresNs() - sim.nowNs() > 0 ? lease : null;
    }

    /** When a lease was last given back; the message may have waited for the gateway's MAC since. */
    long releasedNs() {
        return releasedNs;
    }

    int acknowledgements() {
        return acknowledgements;
    }

    int surplusAnswers() {
        return surplusAnswers;
    }

    void setConfirms(boolean nowConfirms) {
        confirms = nowConfirms;
    }

    void linkUp() {
        if (lease() == null) {
            discover();
        } else if (confirms) {
            enter(State.REBOOTING);
            resend();
        } else {
            enter(State.BOUND);
            bound();
        }
    }

    void linkDown() {
        state = State.OFF;
        timer++;
    }

    void release() {
        if (lease() != null) {
            releasedNs = sim.nowNs();
            send(DhcpMessage.RELEASE, lease.address(), lease.server(), DhcpOptions.builder()
                    .put(DhcpOptions.SERVER_ID, lease.server()));
        }
        lease = null;
        if (state != State.OFF) {
            discover();
        }
    }

    private void discover() {
        lease = null;
        enter(State.SELECTING);
        resend();
    }

    private void enter(State next) {
        state = next;
        tries = 0;
        xid = (int) rng.nextLong();
        answered = false;
        startedNs = sim.nowNs();
    }

    /** Sends what the state asks for, and sets the time for the next try. */
    private void resend() {
        tries++;
        switch (state) {
            case SELECTING -> send(DhcpMessage.DISCOVER, Ip4Address.ANY, null, DhcpOptions.builder());
            case REQUESTING -> send(DhcpMessage.REQUEST, Ip4Address.ANY, null, DhcpOptions.builder()
                    .put(DhcpOptions.REQUESTED_ADDRESS, offer.yiaddr())
                    .put(DhcpOptions.SERVER_ID, offer.options().address(DhcpOptions.SERVER_ID)));
            case REBOOTING -> send(DhcpMessage.REQUEST, Ip4Address.ANY, null, DhcpOptions.builder()
                    .put(DhcpOptions.REQUESTED_ADDRESS, lease.address()));
            case RENEWING -> send(DhcpMessage.REQUEST, lease.address(), lease.server(),
                    DhcpOptions.builder());
            case REBINDING -> send(DhcpMessage.REQUEST, lease.address(), null, DhcpOptions.builder());
            case OFF, BOUND -> { }
        }
        long waitNs = Math.min(FIRST_RETRY_NS << Math.min(tries - 1, 6), LONGEST_RETRY_NS);
        if (state == State.RENEWING || state == State.REBINDING) {
            long untilNs = (state == State.RENEWING ? rebindNs : lease.expiresNs()) - sim.nowNs();
            waitNs = Math.max(untilNs / 2, Math.min(untilNs, LEAST_RENEW_RETRY_NS));
        }
        // A tenth of jitter keeps phones that lost power together from asking together.
        wakeAfter(Math.max(waitNs - waitNs / 20 + rng.nextInt(1000) * (waitNs / 10_000), SimTime.MS));
    }

    private void wakeAfter(long waitNs) {
        timer++;
        sim.schedule(sim.nowNs() + waitNs, this, timer, null, null);
    }

    @Override
    public void fire(int timerOfEvent, Object first, Object second, long nowNs) {
        if (timerOfEvent != timer) {
            return;
        }
        switch (state) {
            case SELECTING -> resend();
            case REQUESTING -> {
                if (tries < REQUEST_TRIES) {
                    resend();
                } else {
                    discover();
                }
            }
            case REBOOTING -> {
                if (lease() == null) {
                    discover();
                } else if (tries < REBOOT_TRIES) {
                    resend();
                } else {
                    enter(State.BOUND);
                    bound();
                }
            }
            case BOUND -> renew(nowNs);
            case RENEWING, REBINDING -> {
                if (lease() == null) {
                    discover();
                } else if (state == State.RENEWING && nowNs - rebindNs >= 0) {
                    enter(State.REBINDING);
                    resend();
                } else {
                    resend();
                }
            }
            case OFF -> { }
        }
    }

    private void renew(long nowNs) {
        if (lease() == null) {
            discover();
        } else {
            enter(nowNs - rebindNs >= 0 ? State.REBINDING : State.RENEWING);
            resend();
        }
    }

    private void bound() {
        wakeAfter(Math.max(renewNs - sim.nowNs(), SimTime.MS));
    }

    void onMessage(DhcpMessage message) {
        if (message.op() != DhcpMessage.BOOT_REPLY || message.xid() != xid
                || message.chaddr().bits() != client.mac().bits() || state == State.OFF) {
            return;
        }
        if (answered) {
            surplusAnswers++;
            return;
        }
        int type = message.type();
        if (state == State.SELECTING && type == DhcpMessage.OFFER
                && message.options().address(DhcpOptions.SERVER_ID) != null) {
            answered = true;
            offer = message;
            int sameXid = xid;
            enter(State.REQUESTING);
            xid = sameXid;
            resend();
        } else if (type == DhcpMessage.ACK && state != State.SELECTING && state != State.BOUND) {
            acknowledged(message);
        } else if (type == DhcpMessage.NAK && state != State.SELECTING && state != State.BOUND) {
            discover();
        }
    }

    private void acknowledged(DhcpMessage message) {
        DhcpOptions options = message.options();
        boolean first = lease == null || !lease.address().equals(message.yiaddr());
        Ip4Address server = options.address(DhcpOptions.SERVER_ID);
        Ip4Address router = options.address(DhcpOptions.ROUTER);
        long nowNs = sim.nowNs();
        long leaseNs = options.u32(DhcpOptions.LEASE_SECONDS, DEFAULT_LEASE_SECONDS) * SimTime.SECOND;
        int maskBits = Long.bitCount(options.u32(DhcpOptions.SUBNET_MASK, 0xffff_0000L));
        lease = new ClientLease(message.yiaddr(), maskBits, router == null ? server : router, server,
                options.u16(DhcpOptions.INTERFACE_MTU, DEFAULT_MTU_OCTETS), nowNs, nowNs + leaseNs);
        renewNs = nowNs + options.u32(DhcpOptions.RENEWAL_SECONDS, leaseNs / SimTime.SECOND / 2)
                * SimTime.SECOND;
        rebindNs = nowNs
                + options.u32(DhcpOptions.REBINDING_SECONDS, leaseNs / SimTime.SECOND * 7 / 8)
                        * SimTime.SECOND;
        acknowledgements++;
        state = State.BOUND;
        answered = true;
        bound();
        if (first) {
            client.stack().announce();
        }
        sim.log("client " + client.name() + " has " + lease.address());
    }

    /** @param to server to send to, or null for a broadcast */
    private void send(int type, Ip4Address ciaddr, Ip4Address to, DhcpOptions.Builder more) {
        DhcpOptions options = more.put8(DhcpOptions.MESSAGE_TYPE, type)
                .put(DhcpOptions.HOSTNAME, client.name())
                .put(DhcpOptions.PARAMETER_LIST, new byte[] {DhcpOptions.SUBNET_MASK, DhcpOptions.ROUTER,
                        DhcpOptions.DNS_SERVER, DhcpOptions.DOMAIN, DhcpOptions.INTERFACE_MTU})
                .build();
        DhcpMessage message = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, xid,
                (int) Math.min((sim.nowNs() - startedNs) / SimTime.SECOND, 0xffff), false, ciaddr,
                        Ip4Address.ANY,
                Ip4Address.ANY, Ip4Address.ANY, client.mac(), options);
        Ip4Address destination = to == null ? Ip4Address.BROADCAST : to;
        Frame frame = Udp.frame4(MacAddress.BROADCAST.bits(), client.mac().bits(), ciaddr.bits(),
                Udp.PORT_DHCP_CLIENT, destination.bits(), Udp.PORT_DHCP_SERVER, message.emit());
        if (to == null) {
            client.send(frame);
        } else {
            client.stack().send4(to, frame);
        }
    }
}
