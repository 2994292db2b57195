package org.limesh.lab.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The interface over HTTP on loopback, by the server that is in the JDK; one virtual thread per request. */
final class HttpTransport implements AutoCloseable {
    /** Orders are short. */
    static final int BODY_LIMIT_OCTETS = 64 * 1024;

    static {
        // Without it small answers wait for the peer's delayed acknowledgement: 40 ms.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ApiHandler handler;

    /** @param port 0 for a free one */
    HttpTransport(ApiHandler handler, int port) throws IOException {
        this.handler = handler;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
        } catch (BindException taken) {
            throw new PortInUse(port, taken);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new LinkedHashMap<>();
            exchange.getRequestHeaders().forEach((name, values) ->
                    headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            byte[] body;
            try (InputStream in = exchange.getRequestBody()) {
                body = in.readNBytes(BODY_LIMIT_OCTETS);
            }
            ApiResponse response = Answers.of(handler, exchange.getRequestMethod(),
                    exchange.getRequestURI().toASCIIString(), headers, body, false);
            send(exchange, response);
        }
    }

    private static void send(HttpExchange exchange, ApiResponse response) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", response.type());
        response.headers().forEach(exchange.getResponseHeaders()::set);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (response.body() != null) {
            exchange.sendResponseHeaders(response.status(), head || response.body().length == 0
                    ? -1 : response.body().length);
            if (!head) {
                exchange.getResponseBody().write(response.body());
            }
            return;
        }
        exchange.sendResponseHeaders(response.status(), head ? -1 : 0);
        if (!head) {
            try (OutputStream out = exchange.getResponseBody()) {
                response.stream().writeTo(out);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
