package org.limesh.linux;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.limesh.base.Ip4Address;
import org.limesh.gateway.Probe;
import org.limesh.gateway.ProbeResult;

/** The two ends of {@link ProbeRunnerTest}: who asks, and the world that answers. */
final class ProbesInside {
    private ProbesInside() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("world")) {
            world();
        } else {
            ask(Arrays.asList(arguments));
        }
    }

    /**
     * {@code ping DEVICE TARGET}, {@code dns DEVICE SERVER NAME}, {@code http DEVICE RESOLVER HOST},
     * {@code measure DEVICE RESOLVER HOST OCTETS}, at once.
     */
    private static void ask(List<String> questions) throws InterruptedException {
        Map<Integer, ProbeResult> results = new ConcurrentHashMap<>();
        try (ProbeRunner runner = new ProbeRunner(result -> results.put(result.id(), result))) {
            for (int i = 0; i < questions.size(); i++) {
                runner.ask(probe(i, questions.get(i).split(" ")));
            }
            while (results.size() < questions.size()) {
                Thread.sleep(10);
            }
        }
        for (int i = 0; i < questions.size(); i++) {
            ProbeResult result = results.get(i);
            System.out.println(questions.get(i) + " = " + result.outcome() + " after " + result.afterMs()
                    + " ms: "
                    + (result.bandwidthBps() > 0 ? result.bandwidthBps() + " bit/s" : result.detail()));
        }
    }

    private static Probe probe(int id, String[] words) {
        return switch (words[0]) {
            case "ping" -> new Probe.Ping(id, words[1], Ip4Address.parse(words[2]), 1000);
            case "dns" -> new Probe.Dns(id, words[1], Ip4Address.parse(words[2]), words[3], 1000);
            case "http" -> new Probe.Http(id, words[1], null, Ip4Address.parse(words[2]), words[3], 80,
                    "/success.txt",
                    "success", 1500);
            case "measure" -> new Probe.Http(id, words[1], null, Ip4Address.parse(words[2]), words[3], 80,
                    "/10MB.bin", "",
                    Long.parseLong(words[4]), 5000);
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private static void world() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("0.0.0.0", 80), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", ProbesInside::answer);
        server.start();
        System.out.println("ready");
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String host = exchange.getRequestHeaders().getFirst("Host");
        switch (host) {
            case "good.example" -> say(exchange, 200, "success\n");
            case "portal.example" -> {
                exchange.getResponseHeaders().set("Location", "http://login.example/?from=" + host);
                say(exchange, 302, "");
            }
            case "lie.example" -> say(exchange, 200, "<html>please log in</html>");
            case "long.example" -> say(exchange, 200, "success" + "x".repeat(100_000));
            case "broken.example" -> say(exchange, 503, "");
            case "closed.example" -> exchange.close();
            case "file.example" -> say(exchange, 200, "x".repeat(10_000_000));
            case "slow.example" -> drip(exchange);
            default -> say(exchange, 404, "");
        }
    }

    private static void say(HttpExchange exchange, int status, String body) throws IOException {
        byte[] octets = body.getBytes(StandardCharsets.US_ASCII);
        exchange.sendResponseHeaders(status, octets.length == 0 ? -1 : octets.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(octets);
        } catch (IOException gone) {
            System.out.println("the other end had enough");
        }
        exchange.close();
    }

    private static void drip(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 100);
        try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < 100; i++) {
                out.write('s');
                out.flush();
                Thread.sleep(100);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (IOException gone) {
            System.out.println("the other end had enough");
        }
    }
}
