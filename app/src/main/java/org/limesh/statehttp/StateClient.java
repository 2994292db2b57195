package org.limesh.statehttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.limesh.base.Decoded;
import org.limesh.base.Ip6Address;
import org.limesh.sharedstate.LeaseState;
import org.limesh.sharedstate.StateDocument;

/** Asks peers. Any thread; a call waits for the answer, three seconds at most. */
public final class StateClient implements AutoCloseable {
    /** As the genuine program has it. */
    private static final long PATIENCE_MS = 3000;
    private static final String TYPE = "dnsmasq-leases";
    private static final int OK = 200;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(Duration.ofMillis(PATIENCE_MS)).build();

    /** Where a neighbour is asked. An interface's name may hold what a URI may not; its number does. */
    public static URI of(Ip6Address neighbour, int interfaceIndex) {
        return URI.create("http://[" + neighbour + "%" + interfaceIndex + "]" + StateServer.PATH);
    }

    /** Where a peer is asked that was configured, with or without a slash at the end. */
    public static URI of(String candidate) {
        return URI.create(candidate + (candidate.endsWith("/") ? "" : "/") + TYPE);
    }

    /** The peer's map for ours; null when it does not answer, or with something else than success. */
    public Decoded<StateDocument> exchange(URI peer, byte[] map) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(peer).timeout(Duration.ofMillis(PATIENCE_MS))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofByteArray(map)).build();
        CompletableFuture<HttpResponse<byte[]>> coming = http.sendAsync(request, HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofByteArray(), LeaseState.MAX_MESSAGE_OCTETS));
        try {
            HttpResponse<byte[]> answer = coming.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
            return answer.statusCode() == OK ? StateJson.parse(answer.body()) : null;
        } catch (ExecutionException refused) {
            return null;
        } catch (TimeoutException late) {
            coming.cancel(true);
            return null;
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
