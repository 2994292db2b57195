package org.limesh.statehttp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BiFunction;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.limesh.base.Decoded;
import org.limesh.base.Ip6Address;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.LeaseState;
import org.limesh.sharedstate.StateDocument;

/**
 * Answers peers, at one link-local address.
 *
 * <pre>
 *   POST /cgi-bin/shared-state/dnsmasq-leases   200 and our map; 403 for who is no peer, comes too often, or sends no map
 *   another method or path                      405, 404
 *   more than 8 at once                         503
 * </pre>
 */
public final class StateServer implements AutoCloseable {
    /** Where the genuine program has it. */
    public static final int PORT = 80;
    /** Path of the leases. */
    public static final String PATH = "/cgi-bin/shared-state/dnsmasq-leases";
    private static final int MAX_AT_ONCE = 8;
    private static final int BACKLOG = 32;
    private static final int REQUEST_SECONDS = 10;
    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int BUSY = 503;

    /** Before any HTTP server of this process is made: the JDK's reads these once, for all of them. */
    public static void prepare() {
        // Whoever sends a request octet by octet is not waited for; without the second, small answers wait 40 ms.
        if (System.getProperty("sun.net.httpserver.maxReqTime") == null) {
            System.setProperty("sun.net.httpserver.maxReqTime", Integer.toString(REQUEST_SECONDS));
        }
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(MAX_AT_ONCE);
    private final BiFunction<Ip6Address, Decoded<StateDocument>, List<LeaseEntry>> peers;

    private StateServer(InetSocketAddress address, BiFunction<Ip6Address, Decoded<StateDocument>, List<LeaseEntry>> peers)
            throws IOException {
        this.peers = peers;
        this.server = HttpServer.create(address, BACKLOG);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /**
     * Listens.
     *
     * @param peers gives what is here in return for what a peer has, or null; called from several threads
     * @throws IOException when another program listens there, or there is no such address yet
     */
    public static StateServer open(InetAddress address, int port,
            BiFunction<Ip6Address, Decoded<StateDocument>, List<LeaseEntry>> peers) throws IOException {
        return new StateServer(new InetSocketAddress(address, port), peers);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!places.tryAcquire()) {
                refuse(exchange, BUSY);
                return;
            }
            try {
                serve(exchange);
            } finally {
                places.release();
            }
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().replaceAll("/+", "/").equals(PATH)) {
            refuse(exchange, NOT_FOUND);
        } else if (!exchange.getRequestMethod().equals("POST")) {
            refuse(exchange, NOT_ALLOWED);
        } else {
            String query = exchange.getRequestURI().getQuery();
            boolean gzip = query != null && query.contains("gzip");
            Ip6Address peer = peer(exchange.getRemoteAddress());
            List<LeaseEntry> ours = peer == null ? null : peers.apply(peer, read(exchange.getRequestBody(), gzip));
            if (ours == null) {
                refuse(exchange, FORBIDDEN);
            } else {
                byte[] body = gzip ? packed(StateJson.emit(ours)) : StateJson.emit(ours);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(OK, body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    private static void refuse(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }

    private static Ip6Address peer(InetSocketAddress remote) {
        if (!(remote.getAddress() instanceof Inet6Address address)) {
            return null;
        }
        ByteBuffer octets = ByteBuffer.wrap(address.getAddress());
        return new Ip6Address(octets.getLong(), octets.getLong());
    }

    /** One octet more than allowed is enough to see that it is too much, however small it was packed. */
    static Decoded<StateDocument> read(InputStream in, boolean gzip) throws IOException {
        byte[] octets = in.readNBytes(LeaseState.MAX_MESSAGE_OCTETS + 1);
        if (!gzip) {
            return StateJson.parse(octets);
        }
        try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(octets))) {
            return StateJson.parse(unpacked.readNBytes(LeaseState.MAX_MESSAGE_OCTETS + 1));
        } catch (IOException broken) {
            return new Decoded.Malformed<>("gzip", 0);
        }
    }

    private static byte[] packed(byte[] octets) throws IOException {
        ByteArrayOutputStream small = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
            gzip.write(octets);
        }
        return small.toByteArray();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
