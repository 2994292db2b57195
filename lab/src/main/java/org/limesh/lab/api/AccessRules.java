package org.limesh.lab.api;

import java.util.List;

/**
 * Who may ask over TCP. The server listens on loopback, but a web page of anybody runs in a browser on this
 * machine: it must neither read through a name that it points at 127.0.0.1 nor order anything.
 */
final class AccessRules {
    private static final List<String> HOSTS = List.of("127.0.0.1", "localhost", "[::1]");

    private AccessRules() {}

    static void check(ApiRequest request) {
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
