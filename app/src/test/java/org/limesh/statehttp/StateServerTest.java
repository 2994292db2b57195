package org.limesh.statehttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.LeaseState;
import org.limesh.sharedstate.StateDocument;

/** Server and client on loopback. */
class StateServerTest {
    private static final List<LeaseEntry> OURS = List.of(new LeaseEntry(Ip4Address.parse("10.13.7.21"), 30, "here",
            MacAddress.parse("52:54:00:aa:bb:01"), "phone1"));
    private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.US_ASCII);

    private final HttpClient http = HttpClient.newHttpClient();
    private volatile Ip6Address peer;
    private volatile Decoded<StateDocument> told;
    private volatile boolean refuses;
    private StateServer server;

    @BeforeEach
    void start() throws IOException {
        InetAddress loopback = InetAddress.getByName("::1");
        Assumptions.assumeTrue(java.net.NetworkInterface.getByInetAddress(loopback) != null, "no IPv6 on loopback");
        server = StateServer.open(loopback, 0, (from, document) -> {
            peer = from;
            told = document;
            return refuses ? null : OURS;
        });
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        http.close();
    }

    private URI at(String path) {
        return URI.create("http://[::1]:" + server.port() + path);
    }

    private HttpResponse<byte[]> post(String path, byte[] body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(at(path)).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static byte[] gzip(byte[] octets) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
            packed.write(octets);
        }
        return out.toByteArray();
    }

    @Test
    void exchangesMapsWithOurClient() throws InterruptedException {
        try (StateClient client = new StateClient()) {
            assertThat(client.exchange(at(StateServer.PATH), StateJson.emit(OURS)))
                    .isEqualTo(new Decoded.Valid<>(new StateDocument(OURS, 0)));
            assertThat(client.exchange(StateClient.of(at("/cgi-bin/shared-state/").toString()), EMPTY)).isNotNull();
            assertThat(client.exchange(at("/elsewhere"), EMPTY)).isNull();
        }
        assertThat(told).isEqualTo(new Decoded.Valid<>(new StateDocument(List.of(), 0)));
        assertThat(peer).isEqualTo(Ip6Address.parse("::1"));
    }

    @Test
    void knowsPackedMapsAndAnswersPacked() throws IOException, InterruptedException {
        byte[] body = post(StateServer.PATH + "?gzip", gzip(StateJson.emit(OURS))).body();
        assertThat(told).isEqualTo(new Decoded.Valid<>(new StateDocument(OURS, 0)));
        assertThat(new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes()).isEqualTo(StateJson.emit(OURS));
        post(StateServer.PATH + "?gzip", EMPTY);
        assertThat(told).isEqualTo(new Decoded.Malformed<>("gzip", 0));
        // Two kB that would be two GB.
        post(StateServer.PATH + "?gzip", gzip(new byte[3 * LeaseState.MAX_MESSAGE_OCTETS]));
        assertThat(told).isEqualTo(new Decoded.Malformed<>("too_long", LeaseState.MAX_MESSAGE_OCTETS));
    }

    @Test
    void refusesOtherPathsMethodsAndPeers() throws IOException, InterruptedException {
        assertThat(post("/cgi-bin/shared-state/bat-hosts", EMPTY).statusCode()).isEqualTo(404);
        assertThat(post("/", EMPTY).statusCode()).isEqualTo(404);
        assertThat(http.send(HttpRequest.newBuilder(at(StateServer.PATH)).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(405);
        assertThat(told).isNull();
        // A candidate that ends in a slash, as the genuine program writes it.
        assertThat(post("/cgi-bin/shared-state//dnsmasq-leases", EMPTY).statusCode()).isEqualTo(200);
        refuses = true;
        assertThat(post(StateServer.PATH, EMPTY).statusCode()).isEqualTo(403);
    }

    @Test
    void aPeerThatIsNotThereIsNoAnswer() throws InterruptedException {
        server.close();
        try (StateClient client = new StateClient()) {
            assertThat(client.exchange(at(StateServer.PATH), EMPTY)).isNull();
        }
    }
}
