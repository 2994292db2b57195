package org.limesh.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The server with its sockets, on loopback: 127.0.0.1 and ::1 play the anycast addresses. */
class DnsServerTest {
    private static final DnsConfig CONFIG = new DnsConfig(0, Ip4Prefix.parse("127.0.0.1/8"), Ip6Prefix.parse("::1/128"),
            Ip4Address.parse("127.0.0.9"), Ip6Address.parse("::1"));
    private static final int PATIENCE_MS = 10_000;

    private final List<FakeUpstream> upstreams = new ArrayList<>();
    private DnsServer server;
    private int port;

    @BeforeEach
    void start() throws IOException {
        start(1);
    }

    private void start(int upstreamPort) throws IOException {
        if (server != null) {
            server.close();
        }
        server = DnsServer.open(CONFIG, upstreamPort, QueryHandlerTest.names("thisnode.info"));
        port = server.port();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        for (FakeUpstream upstream : upstreams) {
            upstream.close();
        }
    }

    /** Starts one on the port that all share, and restarts the server to use it. */
    private FakeUpstream upstream(String address, FakeUpstream.Script script) throws IOException {
        FakeUpstream upstream = new FakeUpstream(address, upstreams.isEmpty() ? 0 : upstreams.getFirst().port(), script);
        upstreams.add(upstream);
        if (upstreams.size() == 1) {
            start(upstream.port());
        }
        return upstream;
    }

    private static FakeUpstream.Script answering(String data) {
        return (question, tcp) -> List.of(answer(question, data));
    }

    private static Message answer(Message question, String data) throws IOException {
        String name = question.getQuestion().getName().toString(true);
        return KnownAnswerTest.answer(question.getHeader().getID(), name, Type.A, name + ". 100 IN A " + data);
    }

    private Message ask(Message question) throws IOException {
        return ask(question, "127.0.0.1");
    }

    private Message ask(Message question, String address) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MS);
            byte[] octets = question.toWire();
            socket.send(new DatagramPacket(octets, octets.length, new InetSocketAddress(InetAddress.getByName(address), port)));
            return receive(socket);
        }
    }

    private static Message receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        socket.receive(packet);
        return new Message(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
    }

    private Message ask(String name) throws IOException {
        return ask(QueryHandlerTest.question(name, Type.A));
    }

    private static String address(Message answer) {
        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getSection(Section.ANSWER)).hasSize(1);
        return answer.getSection(Section.ANSWER).getFirst().rdataToString();
    }

    private long counter(String name) {
        return server.counters().getOrDefault(name, 0L);
    }

    @Test
    void answersOverUdpAndTcp() throws IOException {
        assertThat(address(ask("thisnode.info"))).isEqualTo("10.13.0.1");
        try (Socket socket = connect()) {
            for (String name : List.of("thisnode.info", "phone1")) {
                send(socket, QueryHandlerTest.question(name, Type.A).toWire());
            }
            assertThat(address(read(socket))).isEqualTo("10.13.0.1");
            assertThat(address(read(socket))).isEqualTo("10.13.7.21");
        }
        assertThat(counter("dns.queries")).isEqualTo(3);
        assertThat(counter("dns.queries_tcp")).isEqualTo(2);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private static void send(Socket socket, byte[] octets) throws IOException {
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeShort(octets.length);
        out.write(octets);
    }

    private static Message read(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        return new Message(in.readNBytes(in.readUnsignedShort()));
    }

    @Test
    void asksUpstreamOnceForAllWhoWaitAndLaterNotAtAll() throws Exception {
        FakeUpstream upstream = upstream("127.0.0.2", (question, tcp) -> {
            awaitQuestions(2);
            return List.of(answer(question, "192.0.2.1"));
        });
        server.setUpstreams(List.of("127.0.0.2"));
        byte[] octets = QueryHandlerTest.question("www.example.org", Type.A).toWire();
        try (DatagramSocket a = new DatagramSocket(); DatagramSocket b = new DatagramSocket()) {
            for (DatagramSocket socket : List.of(a, b)) {
                socket.setSoTimeout(PATIENCE_MS);
                socket.send(new DatagramPacket(octets, octets.length, new InetSocketAddress("127.0.0.1", port)));
            }
            assertThat(address(receive(a))).isEqualTo("192.0.2.1");
            assertThat(address(receive(b))).isEqualTo("192.0.2.1");
        }
        assertThat(address(ask("WWW.example.org"))).isEqualTo("192.0.2.1");
        assertThat(upstream.asked).hasSize(1);
        assertThat(upstream.askers.getFirst().getHostAddress()).as("never from the anycast address").isEqualTo("127.0.0.9");
        assertThat(counter("dns.forwarded")).isEqualTo(1);
        assertThat(counter("dns.cached")).isEqualTo(1);
    }

    /** Until so many have asked; no longer than the server waits for one answer. */
    private void awaitQuestions(int count) {
        long endNs = System.nanoTime() + 700_000_000L;
        try {
            while (counter("dns.queries") < count && System.nanoTime() - endNs < 0) {
                Thread.sleep(5);
            }
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void idsAndPortsAreHardToGuess() throws IOException {
        FakeUpstream upstream = upstream("127.0.0.2", answering("192.0.2.1"));
        server.setUpstreams(List.of("127.0.0.2"));
        for (int i = 0; i < 20; i++) {
            ask("n" + i + ".example.org");
        }
        assertThat(upstream.asked.stream().map(question -> question.getHeader().getID()).distinct().count()).isGreaterThan(15);
        assertThat(upstream.ports.stream().distinct().count()).isGreaterThan(15);
    }

    @Test
    void believesOnlyTheAnswerToItsQuestion() throws IOException {
        upstream("127.0.0.2", (question, tcp) -> {
            Message otherId = answer(question, "6.6.6.6");
            otherId.getHeader().setID(question.getHeader().getID() ^ 1);
            Message otherName = KnownAnswerTest.answer(question.getHeader().getID(), "evil.example", Type.A,
                    "www.example.org. 100 IN A 6.6.6.6");
            return List.of(otherId, otherName, answer(question, "192.0.2.1"));
        });
        server.setUpstreams(List.of("127.0.0.2"));
        assertThat(address(ask("www.example.org"))).isEqualTo("192.0.2.1");
        assertThat(counter("drop.dns.answer_mismatch")).isEqualTo(2);
    }

    @Test
    void asksOverTcpWhatUdpCutOff() throws IOException {
        upstream("127.0.0.2", (question, tcp) -> {
            Message answer = answer(question, tcp ? "192.0.2.2" : "192.0.2.1");
            if (!tcp) {
                answer.getHeader().setFlag(Flags.TC);
            }
            return List.of(answer);
        });
        server.setUpstreams(List.of("127.0.0.2"));
        assertThat(address(ask("www.example.org"))).isEqualTo("192.0.2.2");
    }

    @Test
    void turnsToTheNextServerWhenOneIsSilentBrokenOrNotThere() throws IOException {
        FakeUpstream silent = upstream("127.0.0.2", (question, tcp) -> List.of());
        FakeUpstream broken = upstream("127.0.0.3", (question, tcp) -> {
            Message answer = answer(question, "6.6.6.6");
            answer.getHeader().setRcode(Rcode.SERVFAIL);
            return List.of(answer);
        });
        upstream("127.0.0.4", answering("192.0.2.4"));
        // Nothing listens at 127.0.0.5, and 127.0.0.1 would be the server itself.
        server.setUpstreams(List.of("127.0.0.1", "127.0.0.5", "127.0.0.2", "127.0.0.3", "127.0.0.4"));
        assertThat(address(ask("www.example.org"))).isEqualTo("192.0.2.4");
        assertThat(silent.asked).hasSize(1);
        assertThat(address(ask("ftp.example.org"))).isEqualTo("192.0.2.4");
        assertThat(silent.asked).as("the one that answered is asked first now").hasSize(1);
        assertThat(broken.asked).hasSize(1);
    }

    @Test
    void ownNamesDoNotWaitForOthers() throws IOException {
        FakeUpstream silent = upstream("127.0.0.2", (question, tcp) -> List.of());
        server.setUpstreams(List.of("127.0.0.2"));
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < 2 * Forwarder.MAX_WAITING; i++) {
                byte[] octets = QueryHandlerTest.question("n" + i + ".example.org", Type.A).toWire();
                socket.send(new DatagramPacket(octets, octets.length, new InetSocketAddress("127.0.0.1", port)));
            }
            long shortestNs = Long.MAX_VALUE;
            // One of five: the machine may be busy with something else. The others are given up after five seconds only.
            for (int i = 0; i < 5; i++) {
                long beginNs = System.nanoTime();
                assertThat(address(ask("thisnode.info"))).isEqualTo("10.13.0.1");
                shortestNs = Math.min(shortestNs, System.nanoTime() - beginNs);
            }
            assertThat(shortestNs).as("far below the time a silent server costs").isLessThan(700_000_000L);
            socket.setSoTimeout(PATIENCE_MS);
            assertThat(receive(socket).getRcode()).as("more questions than may wait").isEqualTo(Rcode.SERVFAIL);
        }
        assertThat(silent.asked.size()).isLessThanOrEqualTo(2 * Forwarder.MAX_WAITING);
        assertThat(counter("drop.dns.too_many_waiting")).isPositive();
    }

    @Test
    void saysSoWhenNobodyCanBeAsked() throws IOException {
        upstream("127.0.0.2", answering("192.0.2.1"));
        server.setUpstreams(List.of("127.0.0.5"));
        assertThat(ask("www.example.org").getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(counter("dns.failed")).isEqualTo(1);
    }

    @Test
    void foreignNamesDoNotLeadIntoThisNetworkButThoseOfOtherCloudsMay() throws IOException {
        upstream("127.0.0.2", answering("10.66.0.7"));
        server.setUpstreams(List.of("127.0.0.2"));
        assertThat(ask("www.example.org").getSection(Section.ANSWER)).isEmpty();
        assertThat(counter("drop.dns.rebinding")).isEqualTo(1);
        server.setNames(org.limesh.access.NameTable.of(new org.limesh.access.NameTable.Facts("thisnode.info", "LiMe-1",
                Ip4Prefix.parse("10.13.0.3/16"), Ip6Prefix.parse("fd0d::3/64"), Ip4Address.parse("10.13.0.1"),
                Ip6Address.parse("fd0d::1"), 3600, List.of(), java.util.Map.of(),
                java.util.Map.of("escuela.lan", List.of("127.0.0.2")))));
        assertThat(address(ask("pc1.escuela.lan"))).isEqualTo("10.66.0.7");
    }

    @Test
    void endsConnectionsOfWhoTalksNonsenseOrOpensMany() throws IOException {
        try (Socket socket = connect()) {
            send(socket, new byte[20]);
            assertThat(socket.getInputStream().read()).as("closed").isEqualTo(-1);
        }
        List<Socket> many = new ArrayList<>();
        try {
            for (int i = 0; i < TcpClients.MAX_CONNECTIONS_PER_CLIENT; i++) {
                many.add(connect());
                send(many.getLast(), QueryHandlerTest.question("phone1", Type.A).toWire());
                read(many.getLast());
            }
            try (Socket tooMuch = connect()) {
                assertThat(tooMuch.getInputStream().read()).as("closed").isEqualTo(-1);
            }
        } finally {
            for (Socket socket : many) {
                socket.close();
            }
        }
        assertThat(counter("drop.dns.tcp_limit")).isEqualTo(1);
    }

    @Test
    void answersAHundredQuestionsOfOneConnection() throws IOException {
        try (Socket socket = connect()) {
            for (int i = 0; i < 100; i++) {
                send(socket, QueryHandlerTest.question(i % 2 == 0 ? "phone1" : "thisnode.info", Type.A).toWire());
            }
            for (int i = 0; i < 100; i++) {
                assertThat(address(read(socket))).isEqualTo(i % 2 == 0 ? "10.13.7.21" : "10.13.0.1");
            }
        }
    }

    @Test
    void saysWhichAddressIsTakenByAnotherProgram() throws IOException {
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            DnsConfig taken = new DnsConfig(other.getLocalPort(), CONFIG.anycast4(), CONFIG.anycast6(), CONFIG.own4(),
                    CONFIG.own6());
            assertThatThrownBy(() -> DnsServer.open(taken, QueryHandlerTest.names("thisnode.info")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1 port " + other.getLocalPort());
        }
    }

    @Test
    void dnsjavaDoesNotTakeOverTheProgramsOwnLookUps() throws IOException {
        assertThat(java.util.ServiceLoader.load(java.net.spi.InetAddressResolverProvider.class).findFirst())
                .hasValueSatisfying(first -> assertThat(first).isInstanceOf(PlatformLookup.class));
    }
}
