package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.access.FrameSender;
import org.limesh.access.Ip6Config;
import org.limesh.access.RouterAdvertiser;
import org.limesh.access.StatelessDhcpV6;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Invariant;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.packet.DhcpV6Message;
import org.limesh.packet.Ethernet;
import org.limesh.packet.Icmpv6;
import org.limesh.packet.RouterAdvertisement;
import org.limesh.packet.RouterSolicitation;
import org.limesh.packet.Udp;

/** Router discovery and DHCPv6: formats, and the router of the anycast identity. */
class RouterFuzzTest {
    private static final int ICMPV6_AT = 54;
    private static final Ip6Config CONFIG = new Ip6Config(MacAddress.parse("aa:aa:aa:0d:fe:aa"),
            Ip6Prefix.parse("fd0d:fe46:8ce8::/64"), 1350, List.of(Ip6Address.parse("2001:470:20::2")),
            List.of("thisnode.info"));

    private static List<Frame> frames() {
        return Captures.containing("captures/ra").stream().flatMap(List::stream).toList();
    }

    static Stream<byte[]> advertisements() {
        return frames().stream().filter(frame -> Icmpv6.type(frame) == Icmpv6.ROUTER_ADVERTISEMENT)
                .map(frame -> frame.copyOf(ICMPV6_AT, frame.length() - ICMPV6_AT).toBytes());
    }

    @MethodSource("advertisements")
    @FuzzTest(maxDuration = "20s")
    void routerAdvertisement(byte[] input) {
        Bounds.PER_FRAME.check(input, () -> {
            if (RouterAdvertisement.parse(input, 0, input.length)
                    instanceof Decoded.Valid<RouterAdvertisement>(var message)) {
                byte[] emitted = message.emit();
                Invariant.check(RouterAdvertisement.parse(emitted, 0, emitted.length)
                        .equals(new Decoded.Valid<>(message)), "what is emitted parses to the same message");
            }
            RouterSolicitation.parse(Frame.wrap(input));
        });
    }

    static Stream<byte[]> dhcp6Messages() {
        return frames().stream().filter(frame -> Udp.payloadOctets(frame) > 0)
                .map(frame -> frame.copyOf(Udp.payloadOffset(frame), Udp.payloadOctets(frame)).toBytes());
    }

    @MethodSource("dhcp6Messages")
    @FuzzTest(maxDuration = "20s")
    void dhcpV6Message(byte[] input) {
        Bounds.PER_FRAME.check(input, () -> {
            if (DhcpV6Message.parse(input, 0, input.length)
                    instanceof Decoded.Valid<DhcpV6Message>(var message)) {
                byte[] emitted = message.emit();
                Invariant.check(DhcpV6Message.parse(emitted, 0, emitted.length)
                        .equals(new Decoded.Valid<>(message)),
                        "what is emitted parses to the same message");
            }
        });
    }

    static Stream<byte[]> conversations() {
        return Stream.of(Script.seed(0, frames()));
    }

    @MethodSource("conversations")
    @FuzzTest(maxDuration = "20s")
    void router(byte[] input) {
        Script script = Script.of(input);
        Bounds.PER_FRAME.check(input.length, script.steps().size() + 1, () -> serve(script));
    }

    private static void serve(Script script) {
        FrameSender out = frame -> {
            Invariant.check(Ethernet.source(frame) == CONFIG.routerMac().bits(),
                    "it speaks with the anycast MAC");
            Invariant.check(RouterAdvertisement.parse(frame) instanceof Decoded.Valid
                    || DhcpV6Message.parse(frame) instanceof Decoded.Valid, "an answer is well formed");
        };
        long nowNs = 0;
        RouterAdvertiser router = new RouterAdvertiser(CONFIG, new Counters(), new Rng(1), out, nowNs);
        StatelessDhcpV6 dhcp6 = new StatelessDhcpV6(CONFIG, new Counters(), out);
        for (Script.Step step : script.steps()) {
            nowNs += step.waitNs();
            router.onTimer(nowNs);
            router.onFrame(step.frame(), nowNs);
            dhcp6.onFrame(step.frame(), nowNs);
        }
        Invariant.check(router.nextDeadlineNs() - nowNs <= 120_000_000_000L,
                "it speaks at least every two minutes");
    }
}
