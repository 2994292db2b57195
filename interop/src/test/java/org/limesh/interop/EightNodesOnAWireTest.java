package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.limesh.base.Decoded;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.packet.Arp;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.Ethernet;

/**
 * Eight nodes whose client sides are cabled together, and one client on the wire.
 *
 * <pre>
 *   n1 lan1 ─┐
 *   n2 lan1 ─┤
 *     ...    ├─ switch ── client (udhcpc)
 *   n8 lan1 ─┘
 * </pre>
 *
 * <p>The mesh devices lead nowhere: the wire is the only way between the nodes, so that no port is cut off.
 */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EightNodesOnAWireTest {
    private static final Path FILES = Path.of("target", "eight-nodes").toAbsolutePath();
    private static final int NODES = 8;
    private static final String GATEWAY = "10.13.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int ARP_REPLY = 2;

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<Netns> machines = new ArrayList<>();
    private final List<NodeProcess> nodes = new ArrayList<>();
    private String whyNot;
    private Netns client;

    @BeforeAll
    void layCablesAndStartNodes() throws Exception {
        whyNot = Stream.concat(Stream.of(Netns.whyNot()),
                        Stream.of("udhcpc", "tcpdump", "busybox", "nft").map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        if (whyNot != null) {
            return;
        }
        Files.createDirectories(FILES);
        Netns wire = keep(Netns.create("wire"));
        wire.run("ip", "link", "add", "switch", "type", "bridge");
        wire.run("ip", "link", "set", "switch", "up");
        client = keep(Netns.create("wc"));
        plug(wire, client, "eth0", "client");
        client.run("ip", "link", "set", "eth0", "mtu", "1500");
        for (int i = 1; i <= NODES; i++) {
            Netns machine = keep(Netns.create("w" + i));
            machines.add(machine);
            plug(wire, machine, "lan1", "port" + i);
            Netns.cable(machine, "mesh0", wire, "unused" + i);
            Files.deleteIfExists(FILES.resolve("w" + i).resolve("state/leases.log"));
            nodes.add(keep(NodeProcess.startLean(machine, "w" + i, FILES.resolve("w" + i), List.of("mesh0"),
                    List.of("lan1"))));
        }
    }

    private static void plug(Netns wire, Netns machine, String device, String port) throws Exception {
        Netns.cable(machine, device, wire, port);
        wire.run("ip", "link", "set", port, "master", "switch");
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    @AfterAll
    void removeEverything() throws Exception {
        // All at once: each takes its time to undo what it did.
        for (NodeProcess node : nodes) {
            node.end();
        }
        for (AutoCloseable thing : toClose.reversed()) {
            thing.close();
        }
    }

    /** Nodes whose rules keep what is asked on the wire from them. */
    private long silentNodes() throws Exception {
        long silent = 0;
        for (Netns machine : machines) {
            silent += machine.ask("nft", "list", "table", "bridge", "limesh").text().lines()
                    .anyMatch(line -> line.contains("from_cloud.dhcp_request") && line.contains("lan1")) ? 1 : 0;
        }
        return silent;
    }

    @Test
    void aClientOnTheWireHasOneGateway() throws Exception {
        Assumptions.assumeTrue(whyNot == null, whyNot);
        for (NodeProcess node : nodes) {
            node.awaitReady();
        }
        long agreedMs = Wait.until("seven of eight nodes leave the wire to one", PATIENCE,
                () -> silentNodes() == NODES - 1, () -> logs());
        try (Capture capture = Capture.start(client, "eth0", FILES.resolve("wire.pcap"), "udp port 67 or arp")) {
            DhcpClient.UDHCPC.start(client, "eth0", FILES.resolve("client"));
            Wait.until("the client has an address", PATIENCE, () -> !client.address4("eth0").isEmpty(), this::logs);
            String said = client.ask("busybox", "arping", "-c", "3", "-w", "10", "-I", "eth0", GATEWAY).text();
            capture.settle();
            Map<String, Integer> questions = new LinkedHashMap<>();
            Map<String, Integer> answers = new LinkedHashMap<>();
            List<String> gateways = new ArrayList<>();
            for (Capture.Captured captured : capture.frames()) {
                count(Frame.wrap(captured.octets()), questions, answers, gateways);
            }
            System.out.printf("eight nodes on a wire: agreed %.1f s after the last was ready; asked %s, answered %s, %d ARP "
                    + "answers of one gateway%n", agreedMs / 1000.0, questions, answers, gateways.size());
            // What a node asked just before the capture began has an answer only.
            assertThat(answers).isNotEmpty().allSatisfy((what, times) ->
                    assertThat(times).as(what).isLessThanOrEqualTo(questions.getOrDefault(what, 1)));
            int asked = sum(questions, "REQUEST");
            assertThat(sum(answers, "REQUEST")).as("ACKs to %d requests", asked).isBetween(1, asked);
            assertThat(said).contains("Received 3 response");
            assertThat(gateways.stream().distinct().toList()).singleElement().asString().startsWith("aa:aa:aa:");
        }
        assertThat(nodes.stream().filter(node -> holdsALease(node)).count()).as("nodes that gave a lease").isEqualTo(1);
    }

    private static int sum(Map<String, Integer> messages, String kind) {
        return messages.entrySet().stream().filter(each -> each.getKey().startsWith(kind))
                .mapToInt(Map.Entry::getValue).sum();
    }

    private static boolean holdsALease(NodeProcess node) {
        try {
            return node.log().contains("access.lease");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** By the question that they answer: {@code DISCOVER 1a2b3c4d}. */
    private static void count(Frame frame, Map<String, Integer> questions, Map<String, Integer> answers,
            List<String> gateways) {
        if (Ethernet.type(frame) == Ethernet.TYPE_ARP) {
            if (Arp.operation(frame) == ARP_REPLY) {
                gateways.add(MacAddress.toString(Ethernet.source(frame)));
            }
        } else if (DhcpMessage.parse(frame) instanceof Decoded.Valid<DhcpMessage>(DhcpMessage message)) {
            String xid = " " + Integer.toHexString(message.xid());
            switch (message.type()) {
                case DhcpMessage.DISCOVER -> questions.merge("DISCOVER" + xid, 1, Integer::sum);
                case DhcpMessage.REQUEST -> questions.merge("REQUEST" + xid, 1, Integer::sum);
                case DhcpMessage.OFFER -> answers.merge("DISCOVER" + xid, 1, Integer::sum);
                case DhcpMessage.ACK, DhcpMessage.NAK -> answers.merge("REQUEST" + xid, 1, Integer::sum);
                default -> throw new AssertionError("unexpected " + message);
            }
        }
    }

    private String logs() throws Exception {
        StringBuilder all = new StringBuilder();
        for (NodeProcess node : nodes) {
            all.append("== ").append(node.runDirectory()).append('\n').append(node.log());
        }
        return all.toString();
    }
}
