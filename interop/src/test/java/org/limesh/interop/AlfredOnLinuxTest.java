package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Our node with two genuine A.L.F.R.E.D. daemons on one link, each of us in both roles; and, from the start, a link where
 * nobody is a primary.
 *
 * <pre>
 *   g1 (alfred, primary)   ── lan1 ─┐
 *                                   n1 (limesh node, br-lan)
 *   g2 (alfred, secondary) ── lan2 ─┘
 *
 *   g3 (alfred, secondary) ── lan3 n2
 * </pre>
 */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AlfredOnLinuxTest {
    private static final Path FILES = Path.of("target", "alfred-on-linux").toAbsolutePath();
    private static final Duration SEEN = Duration.ofSeconds(90);

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private String whyNot;
    private Netns n1;
    private Netns g1;
    private Netns g2;
    private NodeProcess node;
    private NodeProcess alone;

    @BeforeAll
    void start() throws Exception {
        whyNot = Stream.concat(Stream.of(Netns.whyNot()), Stream.of("alfred", "nft", "sh").map(Shell::whyNot))
                .filter(reason -> reason != null).findFirst().orElse(null);
        if (whyNot != null) {
            return;
        }
        Files.createDirectories(FILES);
        for (String name : List.of("n1", "n2")) {
            Files.deleteIfExists(FILES.resolve(name + "/state/leases.log"));
        }
        n1 = keep(Netns.create("n1"));
        g1 = keep(Netns.create("g1"));
        g2 = keep(Netns.create("g2"));
        Netns.cable(n1, "mesh1", g1, "unused");
        Netns.cable(g1, "eth0", n1, "lan1");
        Netns.cable(g2, "eth0", n1, "lan2");
        Netns n2 = keep(Netns.create("n2"));
        Netns g3 = keep(Netns.create("g3"));
        Netns.cable(n2, "mesh1", g3, "unused");
        Netns.cable(g3, "eth0", n2, "lan3");
        node = ours(n1, "n1", "lan1", "lan2");
        alone = ours(n2, "n2", "lan3");
        node.awaitReady();
        alone.awaitReady();
        genuine(g1, "g1", "-m");
        genuine(g2, "g2");
        genuine(g3, "g3");
    }

    private NodeProcess ours(Netns netns, String name, String... lan) throws Exception {
        return keep(NodeProcess.startLean(netns, name, FILES.resolve(name), List.of("mesh1"), List.of(lan),
                "--set", "lime.network.limesh_alfred_on_lan=1"));
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    private void genuine(Netns netns, String name, String... more) throws Exception {
        Files.deleteIfExists(socket(name));
        // The genuine daemon cannot start while its address is being checked for duplicates.
        Wait.until("the address of " + name + " is checked", SEEN,
                () -> netns.run("ip", "-6", "addr", "show", "dev", "eth0").contains("fe80")
                        && !netns.run("ip", "-6", "addr", "show", "dev", "eth0").contains("tentative"),
                () -> netns.run("ip", "addr"));
        List<String> command = new ArrayList<>(List.of("alfred", "-i", "eth0", "-b", "none", "-p", "1", "-u",
                socket(name).toString()));
        command.addAll(List.of(more));
        Process daemon = netns.start(FILES.resolve(name + ".log"), command);
        keep(() -> daemon.destroy());
        Wait.until("the daemon of " + name + " listens", SEEN, () -> Files.exists(socket(name)),
                () -> Files.readString(FILES.resolve(name + ".log")));
    }

    private static Path socket(String name) {
        return FILES.resolve(name + ".sock");
    }

    private Path ours() {
        return node.runDirectory().resolve("alfred.sock");
    }

    private static String ask(Path socket, int type) throws Exception {
        return Shell.ask(List.of("alfred", "-u", socket.toString(), "-r", Integer.toString(type))).text();
    }

    private static void set(Path socket, int type, String data) throws Exception {
        Shell.run("sh", "-c", "printf '%s' \"$1\" | alfred -u \"$2\" -s " + type, "sh", data, socket.toString());
    }

    private static String role(Path socket) throws Exception {
        return Shell.run("alfred", "-u", socket.toString(), "-S");
    }

    private void awaitAtAll(int type, String data) throws Exception {
        for (Path socket : List.of(ours(), socket("g1"), socket("g2"))) {
            Wait.until(data + " is seen at " + socket.getFileName() + " of " + socket.getParent(), SEEN,
                    () -> ask(socket, type).contains(data), () -> ask(socket, type) + node.log());
        }
    }

    @BeforeEach
    void sayWhyNot() {
        Assumptions.assumeTrue(whyNot == null, whyNot);
    }

    @AfterAll
    void removeEverything() throws Exception {
        for (AutoCloseable thing : toClose.reversed()) {
            thing.close();
        }
    }

    @Test
    @Order(1)
    void theGenuineClientSpeaksWithOurNode() throws Exception {
        assertThat(role(ours())).contains("br-lan");
        set(ours(), 90, "from our socket");
        assertThat(ask(ours(), 90)).contains("\"from our socket\"");
        assertThat(node.look("alfred", "-r", "90")).isEqualTo(ask(ours(), 90));
        assertThat(node.look("alfred", "-S")).contains("br-lan");
    }

    @Test
    @Order(2)
    void asPrimaryWeExchangeRecordsWithAGenuinePrimaryAndASecondary() throws Exception {
        Shell.run("alfred", "-u", ours().toString(), "-M", "primary");
        assertThat(role(ours())).contains("primary");
        set(ours(), 80, "ours");
        set(socket("g1"), 81, "of g1");
        set(socket("g2"), 82, "of g2");
        awaitAtAll(80, "ours");
        awaitAtAll(81, "of g1");
        awaitAtAll(82, "of g2");
    }

    @Test
    @Order(3)
    void batadvVisReadsOurMapAndWePrintWhatItPrints() throws Exception {
        // The genuine client refuses to read types below 64; its sister does it.
        Wait.until("our node tells its part of the map", SEEN, () -> Shell.run("batadv-vis", "-u", ours().toString(), "-f",
                "json").contains("primary"), node::log);
        assertThat(node.look("alfred", "-r", "1")).contains(n1.macOf("br-lan"));
        for (String format : List.of("json", "jsondoc", "dot")) {
            // The map may change between two looks.
            Wait.until("both programs print the same map as " + format, SEEN,
                    () -> ownMap(format).equals(theirMap(format)), () -> ownMap(format) + theirMap(format));
            assertThat(ownMap(format)).contains(n1.macOf("mesh1").substring(9));
        }
    }

    private String ownMap(String format) throws Exception {
        return node.look("vis", "-f", format).replaceFirst("limesh-[^\"]+", "X");
    }

    private String theirMap(String format) throws Exception {
        return Shell.run("batadv-vis", "-u", ours().toString(), "-f", format).replaceFirst("debian-[^\"]+", "X");
    }

    @Test
    @Order(3)
    void genuineNodesReadOurLeasesAndWeTheirs() throws Exception {
        String mac = n1.macOf("br-lan");
        awaitAtAll(66, mac + ",id:" + mac + ",10.13.");
        set(socket("g1"), 66, "52:54:00:aa:bb:01,id:01:52:54:00:aa:bb:01,10.13.7.21,phone1\n");
        String row = "10.13.7.21";
        Wait.until("the genuine lease is known", SEEN, () -> ask(ours(), 66).contains(row), node::log);
    }

    @Test
    @Order(4)
    void asSecondaryWeTellAndAskTheGenuinePrimary() throws Exception {
        Shell.run("alfred", "-u", socket("g2").toString(), "-M", "primary");
        Shell.run("alfred", "-u", ours().toString(), "-M", "secondary");
        assertThat(role(ours())).contains("secondary");
        set(ours(), 83, "told by a secondary");
        awaitAtAll(83, "told by a secondary");
        set(socket("g1"), 84, "asked for");
        awaitAtAll(84, "asked for");
        // Two others are primaries, so we stay what we were told to be.
        assertThat(role(ours())).contains("secondary");
    }

    @Test
    @Order(5)
    void largeRecordsTravelAsFragmentsBothWays() throws Exception {
        String large = "x".repeat(40_000);
        Path file = FILES.resolve("large");
        Files.writeString(file, large);
        for (Path socket : List.of(ours(), socket("g1"))) {
            int type = socket.equals(ours()) ? 85 : 86;
            Shell.run("sh", "-c", "alfred -u '" + socket + "' -s " + type + " < '" + file + "'");
            awaitAtAll(type, large);
        }
    }

    @Test
    @Order(6)
    void weStepUpByOurselvesWhereNobodyIsAPrimary() throws Exception {
        Path socket = alone.runDirectory().resolve("alfred.sock");
        Wait.until("our node is a primary", SEEN, () -> role(socket).contains("primary"), alone::log);
        set(socket("g3"), 87, "to the new primary");
        Wait.until("the record is here", SEEN, () -> ask(socket, 87).contains("to the new primary"), alone::log);
    }
}
