package org.limesh.lab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** The interface as programs meet it: over TCP on a free port, and over a unix socket. */
@Timeout(120)
class ApiServerTest {
    private final SmallWorld small = SmallWorld.line();
    private ApiServer server;
    private int port;

    @BeforeEach
    void listen() throws IOException {
        server = new ApiServer(small);
        port = server.listenHttp(0);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private record Reply(int status, String head, String body) {
        ObjectNode json() {
            return Json.parse(body.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Raw HTTP, so that the headers under test are exactly those written here. */
    private Reply ask(String request, String... headers) throws IOException {
        return send(request, "", headers);
    }

    private Reply send(String request, String body, String... headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            StringBuilder text = new StringBuilder(request + " HTTP/1.0\r\n");
            List<String> all = new ArrayList<>(List.of(headers));
            if (all.stream().noneMatch(header -> header.startsWith("Host:"))) {
                all.add("Host: 127.0.0.1:" + port);
            }
            all.add("Content-Length: " + body.length());
            all.forEach(header -> text.append(header).append("\r\n"));
            socket.getOutputStream().write((text + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
            return reply(socket.getInputStream());
        }
    }

    private static Reply reply(InputStream in) throws IOException {
        String whole = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int blank = whole.indexOf("\r\n\r\n");
        return new Reply(Integer.parseInt(whole.split(" ")[1]), whole.substring(0, blank), whole.substring(blank + 4));
    }

    private Reply post(String path, String json, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: application/json");
        return send("POST " + path, json, all.toArray(String[]::new));
    }

    @Test
    void saysWhatItIs() throws IOException {
        ObjectNode json = ask("GET /api/v1/").json();
        assertThat(json.get("kind").asString()).isEqualTo("lab");
        assertThat(json.get("name").asString()).isEqualTo("barrio");
        assertThat(json.get("capabilities").toString()).contains("actions");
    }

    @Test
    void answersEveryTable() throws IOException {
        for (String path : List.of("/api/v1/nodes", "/api/v1/links", "/api/v1/clouds", "/api/v1/clients",
                "/api/v1/leases", "/api/v1/topology", "/api/v1/events", "/api/v1/status",
                "/api/v1/clients/ana-phone", "/api/v1/nodes/plaza", "/api/v1/nodes/plaza/originators",
                "/api/v1/nodes/plaza/neighbours", "/api/v1/nodes/plaza/translation-local",
                "/api/v1/nodes/plaza/translation-global", "/api/v1/nodes/plaza/leases", "/api/v1/nodes/plaza/config",
                "/api/v1/nodes/plaza/counters", "/api/v1/path?from=ana-phone&to=beto", "/export/netjson.json")) {
            Reply reply = ask("GET " + path);
            assertThat(reply.status()).as(path).isEqualTo(200);
            assertThat(reply.json().isEmpty()).as(path).isFalse();
        }
        assertThat(ask("GET /api/v1/nodes").json().get("nodes")).hasSize(3);
    }

    @Test
    void givesTablesAsTextAndCsvToo() throws IOException {
        assertThat(ask("GET /api/v1/nodes?format=csv").body()).startsWith("NODE,MAC,CLOUD");
        assertThat(ask("GET /api/v1/nodes/plaza/originators?format=batctl&H&n").body())
                .startsWith(" * 02:29:00:00:00:02");
        assertThat(ask("GET /api/v1/nodes?format=xml").status()).isEqualTo(400);
    }

    @Test
    void namesTheNodesWhenItIsNotClearWhichOneIsMeant() throws IOException {
        Reply reply = ask("GET /api/v1/nodes/-/status?format=table", "Accept: text/plain");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body()).isEqualTo("error: say which node: -n NAME   (plaza cuesta mercado)\n");
    }

    @Test
    void answersMistakesWithProblemsThatHelp() throws IOException {
        Reply reply = ask("GET /api/v1/nodes/plasa");
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.head()).contains("application/problem+json");
        assertThat(reply.json().get("detail").asString()).isEqualTo("no node 'plasa' (did you mean 'plaza'?)");
        assertThat(ask("GET /nope").status()).isEqualTo(404);
        assertThat(ask("GET /api/v1/nodes/%zz").status()).isEqualTo(400);
        assertThat(ask("GET /..%2f..%2fetc/passwd").status()).isEqualTo(404);
        small.fail("plaza");
        assertThat(ask("GET /api/v1/nodes/plaza/originators").json().get("detail").asString())
                .isEqualTo("plaza is down: it has no tables");
    }

    @Test
    void roamsFailsHealsAndMovesOnOrder() throws IOException {
        assertThat(post("/api/v1/actions", "{\"roam\": {\"client\": \"ana-phone\", \"to\": \"mercado\"}}").status())
                .isEqualTo(200);
        assertThat(small.world().findClient("ana-phone").orElseThrow().node()).isEqualTo("mercado");
        assertThat(post("/api/v1/actions", "{\"fail\": [\"cuesta\"]}").status()).isEqualTo(200);
        assertThat(small.world().findNode("cuesta").orElseThrow().up()).isFalse();
        assertThat(post("/api/v1/actions", "{\"heal\": \"all\"}").status()).isEqualTo(200);
        assertThat(small.world().findNode("cuesta").orElseThrow().up()).isTrue();
        assertThat(post("/api/v1/actions", "{\"move\": {\"node\": \"cuesta\", \"to\": [50, 60]}}").status())
                .isEqualTo(200);
        assertThat(small.world().findNode("cuesta").orElseThrow().y()).isEqualTo(60);
    }

    @Test
    void ordersTime() throws IOException {
        assertThat(post("/api/v1/time", "{\"state\": \"paused\", \"speed\": 5}").status()).isEqualTo(200);
        assertThat(small.world().clock()).isEqualTo(new World.Clock(false, 5));
        assertThat(post("/api/v1/time", "{\"speed\": -1}").status()).isEqualTo(400);
    }

    @Test
    void refusesOrdersThatMakeNoSense() throws IOException {
        for (String order : List.of("{", "[]", "{}", "{\"roam\": {}}", "{\"explode\": 1}", "{\"fail\": 7}",
                "{\"move\": {\"node\": \"cuesta\", \"to\": [1]}}", "{\"move\": {\"node\": \"cuesta\", \"to\": [1e99, 0]}}",
                "{\"fail\": \"plaza\", \"heal\": \"plaza\"}")) {
            assertThat(post("/api/v1/actions", order).status()).as(order).isEqualTo(400);
        }
        Reply refused = post("/api/v1/actions", "{\"roam\": {\"client\": \"ana-phone\", \"to\": \"plasa\"}}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().get("detail").asString()).contains("'plasa', which is not a node");
    }

    @Test
    void refusesOtherPagesOtherHostsAndForms() throws IOException {
        String order = "{\"fail\": \"plaza\"}";
        assertThat(post("/api/v1/actions", order, "Origin: http://evil.example").status()).isEqualTo(403);
        assertThat(post("/api/v1/actions", order, "Origin: null").status()).isEqualTo(403);
        assertThat(ask("GET /api/v1/nodes", "Host: evil.example").status()).isEqualTo(403);
        assertThat(ask("GET /api/v1/nodes", "Host: 127.0.0.1.evil.example:" + port).status()).isEqualTo(403);
        assertThat(send("POST /api/v1/actions", order, "Content-Type: text/plain").status()).isEqualTo(415);
        assertThat(ask("DELETE /api/v1/nodes").status()).isEqualTo(405);
        assertThat(small.world().findNode("plaza").orElseThrow().up()).isTrue();
        assertThat(post("/api/v1/actions", order, "Origin: http://127.0.0.1:" + port).status()).isEqualTo(200);
    }

    @Test
    void takesOrdersOverTcpWithTheTokenOnlyWhereThereIsOne() throws IOException {
        String order = "{\"fail\": \"plaza\"}";
        String token = server.requireToken();
        Reply refused = post("/api/v1/actions", order);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().get("detail").asString()).contains("token", "limesh exits pin");
        assertThat(post("/api/v1/actions", order, "Authorization: Bearer " + token.substring(1)).status()).isEqualTo(403);
        assertThat(small.world().findNode("plaza").orElseThrow().up()).isTrue();
        assertThat(ask("GET /api/v1/nodes").status()).as("looking needs none").isEqualTo(200);
        assertThat(ask("GET /metrics").body()).contains("name=\"admin.denied\"} 2\n");
        assertThat(post("/api/v1/actions", order, "Authorization: Bearer " + token).status()).isEqualTo(200);
        assertThat(small.world().findNode("plaza").orElseThrow().up()).isFalse();
    }

    @Test
    void servesThePageThatMayAskNobodyElse() throws IOException {
        Reply page = ask("GET /");
        assertThat(page.head()).contains("default-src 'self'");
        assertThat(page.body()).contains("<title>Limesh</title>").doesNotContain("https://");
        for (String file : List.of("style.css", "app.js", "state.js", "graph.js", "layout.js", "panel.js", "icon.svg")) {
            assertThat(ask("GET /" + file).status()).as(file).isEqualTo(200);
        }
    }

    @Test
    void streamsASnapshotThenOnlyWhatChanged() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(("GET /api/v1/stream HTTP/1.0\r\nHost: localhost:" + port + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                    StandardCharsets.UTF_8));
            assertThat(next(lines, "snapshot").get("nodes")).hasSize(3);
            small.fail("cuesta");
            ObjectNode delta = next(lines, "delta");
            assertThat(delta.get("nodes").toString()).isEqualTo("[[1,false,100.0,10.0]]");
            assertThat(delta.get("links")).hasSize(2);
            assertThat(delta.get("clients")).isEmpty();
            assertThat(next(lines, "event").get("text").asString()).isEqualTo("cuesta fails");
            small.roam("beto", "plaza");
            assertThat(next(lines, "delta").get("clients").get(0).get(1).get("node").asString()).isEqualTo("plaza");
            small.addNode("norte", 0, 60, 60);
            small.publish();
            assertThat(next(lines, "snapshot").get("nodes")).hasSize(4);
        }
    }

    @Test
    void sendsOfAFloodOfOneKindOnlyTheLastOnes() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(("GET /api/v1/stream HTTP/1.0\r\nHost: localhost:" + port + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                    StandardCharsets.UTF_8));
            next(lines, "snapshot");
            // The stream reads the log under the same lock, so all of it falls into one tick.
            synchronized (small.events()) {
                small.say("plaza", "access.lease", "gives an address");
                for (int at = 0; at < 90; at++) {
                    small.say("plaza", "batadv.route", "change " + at);
                }
            }
            List<String> texts = new ArrayList<>();
            do {
                texts.add(next(lines, "event").get("text").asString());
            } while (!texts.getLast().equals("change 89"));
            assertThat(texts).containsExactly("gives an address", "change 87", "change 88", "change 89");
        }
    }

    private static ObjectNode next(BufferedReader lines, String event) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("event: " + event)) {
                return Json.parse(lines.readLine().substring("data: ".length()).getBytes(StandardCharsets.UTF_8));
            }
        }
        throw new AssertionError("no event '" + event + "' came");
    }

    @Test
    void capturesAsPcapngUntilThereIsEnough() throws Exception {
        Thread.ofVirtual().start(() -> {
            while (small.taps() == 0) {
                LockSupport.parkNanos(1_000_000);
            }
            for (int at = 0; at < 3; at++) {
                small.pass(new CapturedFrame("plaza", "wlan0-mesh_29", CapturedFrame.Direction.OUT, at, new byte[60],
                        at == 0 ? "lost by radio model" : ""));
                small.pass(new CapturedFrame("cuesta", "wlan0-mesh_29", CapturedFrame.Direction.IN, at, new byte[60], ""));
            }
        });
        Reply reply = ask("GET /api/v1/capture?node=plaza&count=3");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).contains("plaza/wlan0-mesh_29", "lost by radio model", "cloud LibreMesh.org")
                .doesNotContain("cuesta/wlan0-mesh_29");
        while (small.taps() > 0) {
            // The answer may be whole before its thread has let go of the tap; the test's time limit ends this.
            Thread.sleep(5);
        }
    }

    @Test
    void metricsHaveATypePerFamilyAndNoClientAddress() throws IOException {
        String text = ask("GET /metrics").body();
        assertThat(text).contains("# TYPE batadv_originator_tq gauge\n",
                "batadv_originator_tq{node=\"plaza\",originator=\"02:29:00:00:00:02\",iface=\"wlan0-mesh_29\"} 255\n",
                "limesh_node_up{node=\"cuesta\",cloud=\"A\"} 1\n", "# TYPE limesh_warnings gauge\n",
                "limesh_warnings{node=\"plaza\"} 0\n").doesNotContain("02:11:22:33:44");
        assertThat(text.lines().filter(line -> line.startsWith("# TYPE")).distinct().count())
                .isEqualTo(text.lines().filter(line -> line.startsWith("# TYPE")).count());
    }

    @Test
    void netJsonCostsAreLowerWhenTheLinkIsBetter() throws IOException {
        ObjectNode graph = (ObjectNode) ask("GET /export/netjson.json").json().get("collection").get(0);
        assertThat(graph.get("type").asString()).isEqualTo("NetworkGraph");
        assertThat(graph.get("nodes")).hasSize(3);
        assertThat(graph.get("links").get(0).get("cost").asDouble())
                .isLessThan(graph.get("links").get(1).get("cost").asDouble());
    }

    @Test
    void saysThatThePortIsTaken() {
        try (ApiServer second = new ApiServer(small)) {
            assertThatThrownBy(() -> second.listenHttp(port)).isInstanceOf(PortInUse.class)
                    .hasMessage("port " + port + " is in use by another program. Use --port 0 for a free one.");
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void answersOverAUnixSocketAndCleansUp(@TempDir Path directory) throws IOException {
        try (ApiServer unix = new ApiServer(small)) {
            unix.announceLab(directory);
            Path socket = directory.resolve(".limesh/limesh.sock");
            assertThat(Files.getPosixFilePermissions(socket)).hasSize(2);
            assertThat(Files.readString(directory.resolve(".limesh/lab.json"))).contains("\"name\":\"barrio\"");
            Reply reply = unix(socket, "POST /api/v1/actions HTTP/1.0\r\nContent-Length: 19\r\n\r\n{\"fail\": \"mercado\"}");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(unix(socket, "GET /api/v1/nodes?format=csv HTTP/1.0\r\n\r\n").body()).contains("mercado", "down");
            assertThat(unix(socket, "nonsense\r\n\r\n").status()).isEqualTo(400);
            try (ApiServer other = new ApiServer(small)) {
                assertThatThrownBy(() -> other.listenUnix(socket)).hasMessageContaining("is in use");
            }
            assertThat(unix(socket, "GET /api/v1/ HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
        }
        assertThat(directory.resolve(".limesh")).isEmptyDirectory();
    }

    @Test
    void takesOverASocketThatADeadProgramLeft(@TempDir Path directory) throws IOException {
        Path socket = directory.resolve("limesh.sock");
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket)).close();
        try (ApiServer unix = new ApiServer(small)) {
            unix.listenUnix(socket);
            assertThat(unix(socket, "GET /api/v1/ HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
        }
    }

    private static Reply unix(Path socket, String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            return reply(Channels.newInputStream(channel));
        }
    }
}
