package org.limesh.access;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;
import org.limesh.packet.Udp;

/** A server with everything it did, and a hand-moved clock. */
final class Bench {
    static final MacAddress SERVER_MAC = MacAddress.parse("aa:aa:aa:0d:fe:aa");
    static final Ip4Address SERVER = ip("10.13.0.1");
    static final long SECOND = 1_000_000_000L;

    final Counters counters = new Counters();
    final List<Frame> sent = new ArrayList<>();
    final List<AccessEvent> events = new ArrayList<>();
    final DhcpServer server;
    long now;

    Bench() {
        this(config("10.13.0.2", "10.13.255.254"));
    }

    /** Where clients were heard. */
    final Map<MacAddress, Integer> ports = new LinkedHashMap<>();
    final List<byte[]> stored = new ArrayList<>();
    final List<Ip4Address> probed = new ArrayList<>();
    /** Whether questions by ARP can be asked. */
    boolean probes;
    /** What is stored is durable at once. */
    boolean durable;

    Bench(DhcpConfig config) {
        this(config, MacAddress.ZERO);
    }

    Bench(DhcpConfig config, MacAddress self) {
        server = new DhcpServer(config, self, counters, new DhcpServer.Outbox() {
            @Override
            public void transmit(Frame frame) {
                sent.add(frame);
            }

            @Override
            public void report(AccessEvent event) {
                events.add(event);
            }

            @Override
            public void store(byte[] record) {
                stored.add(record);
            }

            @Override
            public int portOf(MacAddress client) {
                return ports.getOrDefault(client, 0);
            }

            @Override
            public boolean probe(Ip4Address address) {
                probed.add(address);
                return probes;
            }
        });
    }

    static DhcpConfig config(String first, String last, String... reserved) {
        List<Ip4Address> kept = new ArrayList<>(List.of(SERVER));
        for (String address : reserved) {
            kept.add(ip(address));
        }
        return new DhcpConfig(SERVER_MAC, new Ip4Prefix(SERVER, 16), ip(first), ip(last), kept, 3600, 10, 1350,
                "thisnode.info", List.of(SERVER));
    }

    static Ip4Address ip(String text) {
        return Ip4Address.parse(text);
    }

    static MacAddress mac(int number) {
        return new MacAddress(0x02aa_0000_0000L + number);
    }

    /** Time passes, and the server is called whenever it asked for it. */
    void pass(long seconds) {
        long until = now + seconds * SECOND;
        while (server.nextDeadlineNs() != DhcpServer.NEVER && server.nextDeadlineNs() <= until) {
            now = Math.max(now, server.nextDeadlineNs());
            server.onTimer(now);
        }
        now = until;
    }

    /** Hands a broadcast from the client to the server and gives back its only answer, or null. */
    DhcpMessage ask(MacAddress client, int type, UnaryOperator<DhcpOptions.Builder> options) {
        return ask(client, Ip4Address.ANY, Ip4Address.BROADCAST, type, options);
    }

    DhcpMessage ask(MacAddress client, Ip4Address ciaddr, Ip4Address to, int type,
            UnaryOperator<DhcpOptions.Builder> options) {
        DhcpOptions all = options.apply(DhcpOptions.builder().put8(DhcpOptions.MESSAGE_TYPE, type)).build();
        return ask(new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, 7, 0, false, ciaddr, Ip4Address.ANY, Ip4Address.ANY,
                Ip4Address.ANY, client, all), to);
    }

    DhcpMessage ask(DhcpMessage message, Ip4Address to) {
        MacAddress toMac = to.equals(Ip4Address.BROADCAST) ? MacAddress.BROADCAST : SERVER_MAC;
        return onFrame(Udp.frame4(toMac.bits(), message.chaddr().bits(), message.ciaddr().bits(), 68, to.bits(), 67,
                message.emit()));
    }

    DhcpMessage onFrame(Frame frame) {
        int before = sent.size();
        server.onFrame(frame, now);
        if (durable) {
            server.onStored(stored.size(), now);
        }
        return sent.size() == before ? null : parse(sent.getLast());
    }

    static DhcpMessage parse(Frame frame) {
        return switch (DhcpMessage.parse(frame)) {
            case Decoded.Valid<DhcpMessage>(var message) -> message;
            case Decoded.Malformed<DhcpMessage>(var fault, var at) -> throw new AssertionError(fault + " at " + at);
        };
    }

    DhcpMessage discover(MacAddress client) {
        return ask(client, DhcpMessage.DISCOVER, options -> options);
    }

    DhcpMessage select(MacAddress client, Ip4Address offered) {
        return ask(client, DhcpMessage.REQUEST, options -> options.put(DhcpOptions.SERVER_ID, SERVER)
                .put(DhcpOptions.REQUESTED_ADDRESS, offered));
    }

    DhcpMessage reboot(MacAddress client, Ip4Address address) {
        return ask(client, DhcpMessage.REQUEST, options -> options.put(DhcpOptions.REQUESTED_ADDRESS, address));
    }

    DhcpMessage renew(MacAddress client, Ip4Address address) {
        return ask(client, address, SERVER, DhcpMessage.REQUEST, options -> options);
    }

    DhcpMessage rebind(MacAddress client, Ip4Address address) {
        return ask(client, address, Ip4Address.BROADCAST, DhcpMessage.REQUEST, options -> options);
    }

    DhcpMessage decline(MacAddress client, Ip4Address address) {
        return ask(client, DhcpMessage.DECLINE, options -> options.put(DhcpOptions.SERVER_ID, SERVER)
                .put(DhcpOptions.REQUESTED_ADDRESS, address));
    }

    DhcpMessage release(MacAddress client, Ip4Address address) {
        return ask(client, address, SERVER, DhcpMessage.RELEASE, options -> options.put(DhcpOptions.SERVER_ID, SERVER));
    }

    /** Time passes; gives back the last answer that was sent meanwhile, or null. */
    DhcpMessage passMs(long ms) {
        int before = sent.size();
        long until = now + ms * (SECOND / 1000);
        while (server.nextDeadlineNs() != DhcpServer.NEVER && server.nextDeadlineNs() <= until) {
            now = Math.max(now, server.nextDeadlineNs());
            server.onTimer(now);
        }
        now = until;
        return sent.size() == before ? null : parse(sent.getLast());
    }

    /** The whole exchange of a new client. */
    Ip4Address lease(MacAddress client) {
        DhcpMessage offer = discover(client);
        DhcpMessage ack = select(client, offer.yiaddr());
        if (ack.type() != DhcpMessage.ACK) {
            throw new AssertionError("no ACK but " + ack);
        }
        return ack.yiaddr();
    }
}
