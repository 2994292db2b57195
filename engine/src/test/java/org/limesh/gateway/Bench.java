package org.limesh.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Udp;

/** A gateway engine, a provider with a DHCP server, and an Internet behind it whose parts can be switched off. */
final class Bench {
    static final long MS = 1_000_000L;
    static final long SECOND = 1000 * MS;
    static final MacAddress MAC = MacAddress.parse("02:ca:fe:12:34:56");
    static final MacAddress PROVIDER_MAC = MacAddress.parse("02:00:00:00:00:01");
    static final Ip4Address PROVIDER = ip("192.0.2.1");
    static final UplinkPlan BY_DHCP = new UplinkPlan("eth0", MAC, null, null);
    static final List<Ip4Prefix> OWN = List.of(Ip4Prefix.parse("10.13.0.0/16"));

    final Counters counters = new Counters();
    final List<Frame> sent = new ArrayList<>();
    final List<Probe> probes = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final List<GatewayEvent> raw = new ArrayList<>();
    final GatewayEngine engine;
    int changes;
    long now;
    boolean cable = true;

    // The provider's DHCP server.
    boolean serverAnswers = true;
    boolean serverRefuses;
    MacAddress serverMac = PROVIDER_MAC;
    Ip4Prefix gives = Ip4Prefix.parse("192.0.2.77/24");
    int leaseSeconds = 3600;
    List<Ip4Address> routers = List.of(PROVIDER);
    List<Ip4Address> resolvers = List.of(ip("192.0.2.53"));
    byte[] classless;
    /** Named by the server when positive. */
    int renewSeconds;
    int rebindSeconds;

    // The Internet.
    boolean icmp = true;
    boolean dns = true;
    boolean http = true;
    boolean portal;
    /** What a measurement brings; 0 makes it fail. */
    long lineBps = 38_000_000;
    /** Pages of these hosts are down. */
    final List<String> broken = new ArrayList<>();

    private record Pending(long atNs, int order, Runnable what) {}

    private final PriorityQueue<Pending> pending = new PriorityQueue<>((a, b) ->
            a.atNs != b.atNs ? Long.compare(a.atNs, b.atNs) : Integer.compare(a.order, b.order));
    private int order;

    Bench() {
        this(GatewayConfig.DEFAULT, BY_DHCP);
    }

    Bench(GatewayConfig config, UplinkPlan uplink) {
        engine = new GatewayEngine(config, "plaza", uplink, OWN, counters, new Rng(7), new Out(), 0);
        engine.start(0);
    }

    private final class Out implements GatewayEngine.Outbox {
        @Override
        public void probe(Probe probe) {
            probes.add(probe);
            answer(probe);
        }

        @Override
        public void transmit(Frame frame) {
            sent.add(frame);
            if (cable) {
                later(5, () -> serve(frame));
            }
        }

        @Override
        public void report(GatewayEvent event) {
            raw.add(event);
            events.add(event.toString());
        }

        @Override
        public void changed() {
            changes++;
        }
    }

    static Ip4Address ip(String text) {
        return Ip4Address.parse(text);
    }

    void later(long ms, Runnable what) {
        pending.add(new Pending(now + ms * MS, order++, what));
    }

    /** Time passes, and the engine is called whenever it asked for it. */
    Bench pass(double seconds) {
        long until = now + Math.round(seconds * SECOND);
        int calls = 0;
        while (true) {
            long timer = engine.nextDeadlineNs();
            long due = pending.isEmpty() ? Engine.NEVER : pending.peek().atNs;
            long next = Math.max(now, Math.min(timer, due));
            if (next > until || timer == Engine.NEVER && due == Engine.NEVER) {
                now = until;
                return this;
            }
            now = next;
            if (due <= now) {
                pending.poll().what.run();
            } else {
                engine.onTimer(now);
            }
            if (++calls > 1_000_000) {
                throw new AssertionError("the engine spins at " + now);
            }
        }
    }

    Bench cable(boolean plugged) {
        cable = plugged;
        engine.onCarrier(plugged, now);
        return this;
    }

    /** Nothing answers any more, but the cable to the provider's box is fine. */
    Bench silence() {
        icmp = false;
        dns = false;
        http = false;
        return this;
    }

    Bench life() {
        icmp = true;
        dns = true;
        http = true;
        portal = false;
        return this;
    }

    private void answer(Probe probe) {
        boolean lost = !cable;
        switch (probe) {
            case Probe.Ping ping -> result(ping, !lost && icmp, "");
            case Probe.Dns ask -> result(ask, !lost && dns, "");
            case Probe.Http get when get.measureOctets() > 0 -> later(1000, () -> engine.onProbe(new ProbeResult(get.id(),
                    lineBps > 0 ? ProbeResult.Outcome.OK : ProbeResult.Outcome.WRONG, 1000, "measured", lineBps), now));
            case Probe.Http get -> {
                if (!lost && portal) {
                    later(20, () -> engine.onProbe(new ProbeResult(get.id(), ProbeResult.Outcome.WRONG, 20,
                            "a portal answered: 302 to http://login.example/"), now));
                } else {
                    result(get, !lost && http && !broken.contains(get.host()), "");
                }
            }
        }
    }

    private void result(Probe probe, boolean good, String detail) {
        int after = good ? 20 : probe.timeoutMs();
        String words = good ? detail : "no answer in " + probe.timeoutMs() / 1000 + " s";
        later(after, () -> engine.onProbe(new ProbeResult(probe.id(), good, after, words), now));
    }

    // ---- the provider -------------------------------------------------------------------------------

    private void serve(Frame frame) {
        DhcpMessage ask = parse(frame);
        if (!serverAnswers) {
            return;
        }
        switch (ask.type()) {
            case DhcpMessage.DISCOVER -> reply(ask, DhcpMessage.OFFER);
            case DhcpMessage.REQUEST -> {
                Ip4Address wanted = ask.options().address(DhcpOptions.REQUESTED_ADDRESS);
                boolean right = gives.address().equals(wanted == null ? ask.ciaddr() : wanted);
                reply(ask, serverRefuses || !right ? DhcpMessage.NAK : DhcpMessage.ACK);
            }
            default -> throw new AssertionError("unexpected " + ask);
        }
    }

    void reply(DhcpMessage ask, int type) {
        engine.onUplinkFrame(answer(ask, type), now);
    }

    Frame answer(DhcpMessage ask, int type) {
        DhcpOptions.Builder options = DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, type)
                .put(DhcpOptions.SERVER_ID, PROVIDER);
        if (type != DhcpMessage.NAK) {
            options.put32(DhcpOptions.SUBNET_MASK, gives.mask()).put32(DhcpOptions.LEASE_SECONDS, leaseSeconds);
            if (!routers.isEmpty()) {
                options.put(DhcpOptions.ROUTER, routers);
            }
            if (!resolvers.isEmpty()) {
                options.put(DhcpOptions.DNS_SERVER, resolvers);
            }
            if (renewSeconds > 0) {
                options.put32(DhcpOptions.RENEWAL_SECONDS, renewSeconds)
                        .put32(DhcpOptions.REBINDING_SECONDS, rebindSeconds);
            }
            if (classless != null) {
                options.put(121, classless);
            }
        }
        DhcpMessage answer = new DhcpMessage(DhcpMessage.BOOT_REPLY, 0, ask.xid(), 0, false, Ip4Address.ANY,
                type == DhcpMessage.NAK ? Ip4Address.ANY : gives.address(), Ip4Address.ANY, Ip4Address.ANY, ask.chaddr(),
                options.build());
        return Udp.frame4(ask.chaddr().bits(), serverMac.bits(), PROVIDER.bits(), 67, -1, 68, answer.emit());
    }

    static DhcpMessage parse(Frame frame) {
        return switch (DhcpMessage.parse(frame)) {
            case Decoded.Valid<DhcpMessage>(var message) -> message;
            case Decoded.Malformed<DhcpMessage>(var fault, var at) -> throw new AssertionError(fault + " at " + at);
        };
    }

    DhcpMessage lastSent() {
        return parse(sent.getLast());
    }

    GatewaySnapshot.Uplink uplink() {
        return engine.snapshot(now).uplink();
    }

    /** Passes until it is so, in steps of 10 ms; gives the seconds it took. */
    double until(java.util.function.BooleanSupplier so, double atMostSeconds) {
        long from = now;
        while (!so.getAsBoolean()) {
            if (now - from > atMostSeconds * SECOND) {
                throw new AssertionError("not so after " + atMostSeconds + " s; " + uplink() + "\n"
                        + String.join("\n", events));
            }
            pass(0.01);
        }
        return (now - from) / (double) SECOND;
    }
}
