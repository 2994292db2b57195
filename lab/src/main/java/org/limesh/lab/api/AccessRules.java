package org.limesh.lab.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * Who may ask over TCP. The server listens on loopback, but a web page of anybody runs in a browser on this
 * machine: it must neither read through a name that it points at 127.0.0.1 nor order anything. On a real node others
 * than its owner may have an account, so an order brings a token there.
 */
final class AccessRules {
    private static final String BEARER = "Bearer ";
    private static final List<String> HOSTS = List.of("127.0.0.1", "localhost", "[::1]");

    private AccessRules() {}

    /** @param token that orders over TCP have to bring, or null */
    static void check(ApiRequest request, String token) {
        if (!request.isGet() && !request.method().equals("POST")) {
            throw new Problem(405, "method not allowed", request.method() + " is not used here: GET or POST");
        }
        if (request.trusted()) {
            return;
        }
        String host = request.header("host");
        if (host == null || !HOSTS.contains(host.replaceFirst(":[0-9]{1,5}$", ""))) {
            throw new Problem(403, "forbidden", "asked for host '" + host + "'; this server answers only as "
                    + String.join(", ", HOSTS));
        }
        if (request.method().equals("POST")) {
            checkPost(request, host);
            checkToken(request, token);
        }
    }

    private static void checkToken(ApiRequest request, String token) {
        byte[] given = request.headers().getOrDefault("authorization", "").getBytes(StandardCharsets.UTF_8);
        if (token != null && !MessageDigest.isEqual(given, (BEARER + token).getBytes(StandardCharsets.UTF_8))) {
            throw new Problem(403, "forbidden", "orders need the token of this node: open the page by the address that "
                    + "'limesh node' printed when it started, or use the command line (limesh exits pin)");
        }
    }

    private static void checkPost(ApiRequest request, String host) {
        String origin = request.header("origin");
        if (origin != null && !origin.equals("http://" + host)) {
            throw new Problem(403, "forbidden", "a page of " + origin + " may not order anything here");
        }
        String type = request.headers().getOrDefault("content-type", "");
        // Any page may send a form; JSON from elsewhere makes the browser ask first, and it gets no leave.
        if (!type.startsWith("application/json")) {
            throw new Problem(415, "wrong content type", "send application/json, not '" + type + "'");
        }
    }
}
