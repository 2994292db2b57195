package org.limesh.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.limesh.lab.LabSession;
import org.limesh.lab.Laboratory;
import org.limesh.lab.scenario.ScenarioReader;
import org.limesh.node.NodeSnapshot;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the looking commands say of a network with two clouds and two exits, while it stands still. */
class RoutedLookTest {
    private static final String TOWN = """
            name: town
            clouds: { centro: { ssid: LibreMesh.org }, puerto: { ssid: Puerto } }
            radio: { range: 120m }
            topology:
              nodes:
                plaza:  { cloud: centro, at: [0, 0] }
                norte:  { cloud: centro, at: [100, 0], internet: { down: 40mbit, up: 8mbit } }
                muelle: { cloud: puerto, at: [0, 100] }
                sur:    { cloud: puerto, at: [0, 200], internet: { down: 10mbit, up: 2mbit } }
            clients:
              ana: { at: plaza }
              eva: { at: sur }
            """;
    private static final long SETTLED_NS = 45_000_000_000L;

    private static LabSession session;

    @TempDir
    private Path directory;

    @BeforeAll
    static void runTheTown() throws Laboratory.Unbuildable, InterruptedException {
        ScenarioReader.Result read = ScenarioReader.read("town.lab.yaml", Path.of("."), TOWN, Map.of());
        assertThat(read.problems()).isEmpty();
        session = LabSession.start(read.scenario(), "test", new LabSession.Start(SETTLED_NS, false, true));
        while (session.world().timeNs() < SETTLED_NS) {
            Thread.sleep(20);
        }
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    private static NodeSnapshot node(String name) {
        return session.node(name).orElseThrow();
    }

    private static String get(String target) {
        ApiResponse answer = new ApiHandler(session, () -> false).handle(
                ApiRequest.of("GET", target, Map.of("accept", "text/plain"), new byte[0], true));
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Test
    void aPathToTheInternetNamesTunnelExitAndReasons() {
        PathFinder.Result path = PathFinder.find(session, "eva", "internet");
        assertThat(path.reachable()).isTrue();
        assertThat(path.namesGoing()).containsExactly("eva", "sur", "internet");
        PathFinder.Result other = PathFinder.find(session, "muelle", "internet");
        assertThat(other.namesGoing()).containsExactly("muelle", "sur", "internet");
        assertThat(PathFinder.text(other)).contains("layer 3 (bmx7), one-way tunnel muelle -> sur, outer fd71:",
                "> internet", "leaves as 100.64.", "why     sur");
        assertThat(other.why()).anyMatch(why -> why.startsWith("not norte: "));
        PathFinder.Leg tunnel = other.going().getFirst();
        assertThat(tunnel.layer()).isEqualTo("layer3");
        assertThat(tunnel.steps().getFirst().headers()).hasSize(3)
                .element(1).asString().startsWith("IPv6 fd71:").contains(" → fd70:").endsWith(", hop limit 64");
    }

    /** With layer 3 only the nodes of a cloud have a network each. */
    @Test
    void aPathWithoutLayer2IsRoutedWithinTheCloudToo() throws Exception {
        String line = """
                name: line
                clouds: { centro: { ssid: LibreMesh.org, uci: { network.limesh_profile: layer3 } } }
                radio: { range: 120m }
                topology:
                  nodes: { plaza: { at: [0, 0] }, medio: { at: [100, 0] }, norte: { at: [200, 0] } }
                clients: { ana: { at: plaza }, eva: { at: norte }, ivo: { at: norte } }
                """;
        ScenarioReader.Result read = ScenarioReader.read("line.lab.yaml", Path.of("."), line, Map.of());
        assertThat(read.problems()).isEmpty();
        long settledNs = 30_000_000_000L;
        try (LabSession layer3 = LabSession.start(read.scenario(), "test",
                new LabSession.Start(settledNs, false, true))) {
            for (int wait = 0; wait < 3000 && layer3.world().timeNs() < settledNs; wait++) {
                Thread.sleep(20);
            }
            PathFinder.Result path = PathFinder.find(layer3, "ana", "eva");
            assertThat(path.reachable()).as(PathFinder.text(path)).isTrue();
            assertThat(path.namesGoing()).containsExactly("ana", "plaza", "medio", "norte", "eva");
            assertThat(path.namesBack()).containsExactly("eva", "norte", "medio", "plaza", "ana");
            assertThat(PathFinder.find(layer3, "ivo", "eva").namesGoing()).containsExactly("ivo", "norte", "eva");
        }
    }

    @Test
    void aPathBetweenCloudsGoesByTheNearestMemberAndThenByLayer2() {
        PathFinder.Result path = PathFinder.find(session, "ana", "eva");
        assertThat(path.reachable()).isTrue();
        assertThat(path.namesGoing()).containsExactly("ana", "plaza", "muelle", "sur", "eva");
        assertThat(path.going()).extracting(PathFinder.Leg::layer)
                .containsExactly("anycast", "layer3", "layer2", "access");
        assertThat(path.namesBack()).containsExactly("eva", "sur", "muelle", "plaza", "ana");
    }

    /** What a node outside of a laboratory sees: its own tables and nobody else's. */
    private record OneNode(NodeSnapshot snapshot) implements WorldView {
        @Override
        public World world() {
            return new NodeObserver(snapshot.plan().hostname(), "test", 0, new EventLog(10)).observe(snapshot);
        }

        @Override
        public Optional<NodeSnapshot> node(String name) {
            return name.equals(snapshot.plan().hostname()) ? Optional.of(snapshot) : Optional.empty();
        }

        @Override
        public EventLog events() {
            return new EventLog(10);
        }

        @Override
        public CaptureSubscription capture(CaptureFilter filter, CaptureListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<LabControl> control() {
            return Optional.empty();
        }
    }

    @Test
    void aNodeByItselfSaysWhereItsViewEnds() {
        WorldView plaza = new OneNode(node("plaza"));
        PathFinder.Result path = PathFinder.find(plaza, addressOf("ana"), addressOf("eva"));
        assertThat(PathFinder.text(path)).containsSubsequence("going   ana > plaza", "> muelle ",
                "layer 3 (bmx7), one-way tunnel plaza -> muelle", "> " + addressOf("eva") + "  ? beyond this node's view",
                "back    " + addressOf("eva") + "  ? beyond this node's view", "> plaza > ana  client of plaza");
        assertThat(PathFinder.text(PathFinder.find(plaza, addressOf("ana"), "internet"))).containsSubsequence(
                "one-way tunnel plaza -> norte", "> internet   ? beyond this node's view", "why     norte ");
        // The tunnel itself goes further than this node's neighbours.
        assertThat(PathFinder.text(PathFinder.find(new OneNode(node("norte")), "norte", addressOf("eva"))))
                .containsSubsequence("norte > plaza", "? beyond this node's view: 2 hops in all, metric ");
    }

    private static String addressOf(String client) {
        return session.world().clients().stream().filter(each -> each.name().equals(client)).findFirst()
                .orElseThrow().address().toString();
    }

    @Test
    void exitsAreToldForTheTownAndAsANodeRatesThem() {
        assertThat(get("/api/v1/exits?format=table")).startsWith("EXIT   CABLE  ADDRESS")
                .contains("norte  in     100.64.", "40 Mbit/s").contains("sur    in");
        assertThat(get("/api/v1/nodes/plaza/exits?format=table")).startsWith("   EXIT   ANNOUNCED").contains("*  norte");
        JsonNode json = JsonMapper.shared().readTree(get("/api/v1/nodes/norte/exits"));
        assertThat(json.get("exits").get(0).get("own").asBoolean()).isTrue();
        assertThat(json.get("uplink").get("internet").asBoolean()).isTrue();
        assertThat(json.get("uplink").get("checks").size()).isGreaterThan(0);
    }

    @Test
    void statusSaysWhereTheInternetIs() {
        assertThat(get("/api/v1/nodes/plaza/status?format=table"))
                .contains("  layer 3     bmx7 on wlan0-mesh_18", "2 links  4 nodes")
                .contains("  internet    via norte, 38 Mbit/s announced, 1 hop, metric ").contains("; next best sur (");
        assertThat(get("/api/v1/nodes/sur/status?format=table")).contains("  internet    own line on wan, 100.64.")
                .contains("  uplink      wan: Internet").contains("; offered to others with 10 Mbit/s");
        assertThat(get("/api/v1/status?format=table")).contains("  layer 3     bmx7 4/4 nodes   exits norte (40 Mbit/s), sur (");
    }

    @Test
    void bmx7TablesHaveTheColumnsOfTheGenuineTool() {
        assertThat(columns(get("/api/v1/nodes/plaza/bmx7?table=status&format=table"), "STATUS:")).isEqualTo(
                "shortId name nodeKey cv revision primaryIp tun6Address tun4Address uptime cpu txQ nbs rts nodes");
        assertThat(columns(get("/api/v1/nodes/plaza/bmx7?table=interfaces&format=table"), "INTERFACES:")).isEqualTo(
                "dev state linkKey linkKeys type channel rateMax idx localIp rts helloSqn rxBpP txBpP");
        assertThat(columns(get("/api/v1/nodes/plaza/bmx7?table=links&format=table"), "LINKS:"))
                .startsWith("shortId name linkKey linkKeys nbLocalIp dev rts rq tq ");
        assertThat(columns(get("/api/v1/nodes/plaza/bmx7?table=originators&format=table"), "ORIGINATORS:")).isEqualTo(
                "shortId name as S s T t descSqn lastDesc descSize cv revision primaryIp dev nbShortId nbName metric hops "
                        + "ogmSqn lastRef");
        assertThat(columns(get("/api/v1/nodes/plaza/bmx7?table=tunnels&format=table"), "TUNNELS:")).isEqualTo(
                "tunOut gwName net min max hyst rating minBw tunName tunRoute remoteId remoteName advNet advBw pathMtc "
                        + "tunMtc");
        assertThat(get("/api/v1/nodes/plaza/bmx7?table=interfaces&format=table").lines().skip(2).toList())
                .as("octets of a packet and packets per second, both ways")
                .anyMatch(line -> line.matches("wlan0-mesh_18 .* [1-9][0-9]*/[0-9.]+ +[1-9][0-9]*/[0-9.]+ *"))
                .anyMatch(line -> line.matches("br-lan .* 0/0.0 +[1-9][0-9]*/[0-9.]+ *"));
        assertThat(get("/api/v1/nodes/plaza/bmx7?table=originators&format=table").lines().skip(3).toList())
                .as("age of the description, revision of the code").hasSize(3)
                .allMatch(line -> line.matches(".* A A A A +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +11e50001 .*"));
        String five = get("/api/v1/nodes/plaza/bmx7?table=d8&format=table");
        assertThat(five).containsSubsequence("STATUS:", "INTERFACES:", "LINKS:", "ORIGINATORS:", "TUNNELS:");
        assertThat(five.lines().filter(line -> line.contains(" nQ A A A A "))).hasSize(1);
        assertThat(get("/api/v1/nodes/plaza/bmx7?table=parameters&format=table")).startsWith("PARAMETERS:\n")
                .contains(" tunOut                 clouds               (0)\n    /network            10.0.0.0/8 ");
        assertThat(get("/api/v1/nodes/plaza/bmx7?table=lnks"))
                .startsWith("error: bmx7 has no table 'lnks'; there are status, interfaces, links,");
    }

    private static String columns(String text, String title) {
        List<String> lines = text.lines().toList();
        assertThat(lines.getFirst()).isEqualTo(title);
        assertThat(lines).hasSizeGreaterThan(2);
        return lines.get(1).strip().replaceAll(" +", " ");
    }

    @Test
    void routesNameHostsTunnelsAndTheOwnLine() {
        String routes = get("/api/v1/nodes/sur/routes?format=table");
        assertThat(routes).contains("  bmx7    plaza").contains("10.13.0.0/16").contains("  tunnel  ")
                .contains("0.0.0.0/0").contains("  uplink  the Internet");
    }

    @Test
    void theFilesOfTheJsonPluginAreValidAndThoseOfForgottenNodesGo() throws IOException {
        Bmx7Directory files = new Bmx7Directory(directory);
        Files.createDirectories(directory.resolve("originators"));
        Files.writeString(directory.resolve("originators/FORGOTTEN"), "{}");
        files.write(node("plaza"));
        String id = node("plaza").bmx7().status().nodeId().toString();
        assertThat(directory.resolve("originators/FORGOTTEN")).doesNotExist();
        assertThat(directory.resolve("originators/" + id)).exists();
        assertThat(directory.resolve("descriptions/" + id)).exists();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                assertThat(JsonMapper.shared().readTree(Files.readString(file)).isObject()).as(file.toString()).isTrue();
            }
        }
        JsonNode status = JsonMapper.shared().readTree(Files.readString(directory.resolve("status"))).get("status");
        assertThat(status.get("name").asString()).isEqualTo("plaza");
        assertThat(status.get("nodes").asString()).isEqualTo("4/4");
        JsonNode routes = JsonMapper.shared()
                .readTree(Files.readString(directory.resolve("netjson/network-routes.json")));
        assertThat(routes.get("routes").size()).isEqualTo(3);
        assertThat(routes.get("protocol").asString()).isEqualTo("BMX7");
    }

    @Test
    void aChoiceIsObeyedAndShown() throws LabControl.Refused, InterruptedException {
        session.exitControl().orElseThrow().pin(null, "eva", "norte");
        session.control().orElseThrow().step(2_000_000_000L);
        for (int wait = 0; wait < 6000 && session.world().timeNs() < SETTLED_NS + 2_000_000_000L; wait++) {
            Thread.sleep(20);
        }
        PathFinder.Result path = PathFinder.find(session, "eva", "internet");
        assertThat(path.namesGoing()).contains("norte").endsWith("internet");
        assertThat(path.why()).hasSize(2);
        assertThat(path.why().getFirst()).startsWith("for eva pinned: norte ");
        assertThat(path.why().getLast()).startsWith("all others at sur: own uplink: ");
        assertThat(PathFinder.find(session, "sur", "internet").namesGoing()).containsExactly("sur", "internet");
        assertThat(session.world().layer3().pins())
                .containsExactly(new World.PinView("sur", "eva", "norte", true));
        assertThatThrownBy(() -> session.exitControl().orElseThrow().pin(null, "eva", "nort"))
                .hasMessage("'nort' is not a node (did you mean 'norte'?)");
        assertThatThrownBy(() -> session.exitControl().orElseThrow().pin(null, "evo", "norte"))
                .hasMessage("'evo' is not a client (did you mean 'eva'?)");
        session.exitControl().orElseThrow().pin(null, "eva", null);
    }
}
