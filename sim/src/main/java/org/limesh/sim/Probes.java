package org.limesh.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.gateway.Probe;
import org.limesh.gateway.ProbeResult;
import org.limesh.packet.Icmpv4;
import org.limesh.packet.Ipv4;
import org.limesh.packet.Tcp;
import org.limesh.packet.Udp;

/**
 * Questions of a host to the Internet: real packets, bound to one device, that a mesh, a portal or a dead
 * line treats like any other.
 */
final class Probes implements EventTarget {
    /** Questions under way; a node asks a handful at a time. */
    static final int LIMIT = 64;
    private static final int FIRST_NUMBER = 0xc000;
    private static final int NUMBERS = 0x3000;
    private static final int PING_DATA_OCTETS = 56;
    private static final int DNS_PORT = 53;
    private static final int TIMEOUT = 0;
    private static final int AGAIN = 1;
    private static final long AGAIN_NS = SimTime.SECOND;

    private static final class Question {
        final Probe probe;
        /** Echo number or source port. */
        final int number;
        final long askedNs;
        /** Of an HTTP question, when it is known. */
        Ip4Address server;
        boolean connected;

        Question(Probe probe, int number, long askedNs) {
            this.probe = probe;
            this.number = number;
            this.askedNs = askedNs;
        }
    }

    private final Simulation sim;
    private final SimHost host;
    private final Map<Integer, Question> open = new LinkedHashMap<>();
    private int asked;

    Probes(Simulation sim, SimHost host) {
        this.sim = sim;
        this.host = host;
    }

    void ask(Probe probe) {
        if (open.size() >= LIMIT) {
            open.remove(open.keySet().iterator().next());
        }
        Question question = new Question(probe, FIRST_NUMBER + asked++ % NUMBERS, sim.nowNs());
        if (probe instanceof Probe.Http http) {
            question.server = http.server();
        }
        open.put(question.number, question);
        sim.schedule(sim.nowNs() + probe.timeoutMs() * SimTime.MS, this, TIMEOUT, question, null);
        send(question);
    }

    private void send(Question question) {
        switch (question.probe) {
            case Probe.Ping ping -> emit(ping.device(), ping.target(), source -> Icmpv4.echoRequest(0, 0,
                    source,
                    ping.target().bits(), question.number, 1, PING_DATA_OCTETS));
            case Probe.Dns dns -> askName(question, dns.server(), dns.name());
            case Probe.Http http -> {
                if (question.server == null) {
                    askName(question, http.resolver(), http.host());
                } else {
                    segment(question, http, 0, 0, Tcp.SYN, "");
                }
            }
        }
        if (!(question.probe instanceof Probe.Ping)) {
            sim.schedule(sim.nowNs() + AGAIN_NS, this, AGAIN, question, null);
        }
    }

    private void askName(Question question, Ip4Address server, String name) {
        emit(question.probe.device(), server, source -> Udp.frame4(0, 0, source, question.number,
                server.bits(),
                DNS_PORT, SmallDns.question(question.number, name)));
    }

    private void segment(Question question, Probe.Http http, int sequence, int acknowledged, int flags,
            String text) {
        emit(http.device(), question.server, source -> SmallHttp.segment(source, question.number,
                question.server.bits(), http.port(), sequence, acknowledged, flags, text));
    }

    private interface Packet {
        Frame from(int source);
    }

    /** Sends a packet through this device and no other. */
    private void emit(String device, Ip4Address to, Packet packet) {
        HostInterface out = host.stack().interfaces().get(device);
        int source = out == null ? 0 : out.source4For(to);
        Forwarding.Hop hop = source == 0 ? null : host.stack().forwarding().find4Through(out, to.bits());
        if (hop != null) {
            host.stack().router().output4(hop, packet.from(source), null);
        }
    }

    @Override
    public void fire(int what, Object first, Object second, long nowNs) {
        Question question = (Question) first;
        if (open.get(question.number) != question) {
            return;
        }
        if (what == TIMEOUT) {
            finish(question, ProbeResult.Outcome.SILENT, "no answer in " + question.probe.timeoutMs() / 1000
                    + " s");
        } else if (!question.connected) {
            send(question);
        }
    }

    private void finish(Question question, ProbeResult.Outcome outcome, String detail) {
        open.remove(question.number);
        long afterMs = (sim.nowNs() - question.askedNs) / SimTime.MS;
        host.onProbe(new ProbeResult(question.probe.id(), outcome, afterMs, detail));
    }

    /** A packet for this host came in; it may be an answer. */
    void receive(String device, Frame packet) {
        int number = Ipv4.isTcp(packet) && Tcp.offset(packet) >= 0
                ? Tcp.destinationPort(packet, Tcp.offset(packet))
                : Ipv4.isUdp(packet) ? Udp.destinationPort(packet)
                : Icmpv4.type(packet) == Icmpv4.ECHO_REPLY ? Icmpv4.echoId(packet) : -1;
        Question question = open.get(number);
        if (question == null || !question.probe.device().equals(device)) {
            return;
        }
        switch (question.probe) {
            case Probe.Ping ping -> {
                if (Icmpv4.type(packet) == Icmpv4.ECHO_REPLY) {
                    finish(question, ProbeResult.Outcome.OK, "answered");
                }
            }
            case Probe.Dns dns -> named(question, packet);
            case Probe.Http http -> {
                if (Ipv4.isUdp(packet)) {
                    named(question, packet);
                } else if (Ipv4.isTcp(packet)) {
                    page(question, http, packet, Tcp.offset(packet));
                }
            }
        }
    }

    private void named(Question question, Frame packet) {
        if (Udp.payloadOctets(packet) < 0) {
            return;
        }
        Ip4Address address = SmallDns.addressIn(
                packet.copyOf(Udp.payloadOffset(packet), Udp.payloadOctets(packet)).toBytes(),
                question.number);
        if (address == null) {
            return;
        }
        if (question.probe instanceof Probe.Dns) {
            boolean sound = SimUplink.isPublic(address.bits());
            finish(question, sound ? ProbeResult.Outcome.OK : ProbeResult.Outcome.WRONG,
                    sound ? "is " + address : "a portal says it is " + address);
        } else if (question.server == null) {
            question.server = address;
            send(question);
        }
    }

    private void page(Question question, Probe.Http http, Frame packet, int at) {
        int flags = Tcp.flags(packet, at);
        if ((flags & Tcp.RST) != 0) {
            finish(question, ProbeResult.Outcome.WRONG, "refused");
        } else if ((flags & Tcp.SYN) != 0) {
            segment(question, http, 1, Tcp.sequence(packet, at) + 1, Tcp.ACK | Tcp.PSH,
                    SmallHttp.request(http.host(), http.path(), http.body()));
        } else if (Tcp.payloadOctets(packet, at) > 0) {
            question.connected = true;
            String page = SmallHttp.text(packet, at);
            int body = page.indexOf("\r\n\r\n");
            boolean good = page.startsWith("HTTP/1.1 200") && page.substring(body
                    + 4).strip().equals(http.body().strip());
            finish(question, good ? ProbeResult.Outcome.OK : ProbeResult.Outcome.WRONG,
                    good ? "as it should be" : "a portal answered: " + page.substring(0,
                    page.indexOf("\r\n")));
        }
    }
}
