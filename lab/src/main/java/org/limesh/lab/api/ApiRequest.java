package org.limesh.lab.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request as any transport hands it in.
 *
 * @param path    decoded, starts with a slash
 * @param query   decoded, in the order of the request
 * @param headers names in lower case
 * @param trusted true when it came through the unix socket: who may open it may do everything
 */
record ApiRequest(
        String method,
        String path,
        Map<String, List<String>> query,
        Map<String, String> headers,
        byte[] body,
        boolean trusted) {

    static ApiRequest of(
            String method, String target, Map<String, String> headers, byte[] body, boolean trusted) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        return new ApiRequest(method, decode(path.replace("+", "%2B")),
                query(mark < 0 ? "" : target.substring(mark + 1)), headers, body, trusted);
    }

    private static Map<String, List<String>> query(String text) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : text.split("&")) {
            int equals = pair.indexOf('=');
            String key = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (!key.isEmpty()) {
                query.computeIfAbsent(key, unused -> new ArrayList<>())
                        .add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException badEscape) {
            throw Problem.badRequest("'" + text + "' has a broken % escape");
        }
    }

    /** The last value of a parameter, or the fallback. */
    String param(String name, String fallback) {
        List<String> values = query.get(name);
        return values == null ? fallback : values.getLast();
    }

    List<String> params(String name) {
        return query.getOrDefault(name, List.of());
    }

    /** True for {@code ?H}, {@code ?H=1}, {@code ?H=true}. */
    boolean flag(String name) {
        String value = param(name, "0").toLowerCase(Locale.ROOT);
        return value.isEmpty() || value.equals("1") || value.equals("true");
    }

    long number(String name, long fallback) {
        String value = param(name, null);
        if (value == null) {
            return fallback;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException notANumber) {
            throw Problem.badRequest("'" + name + "' must be a whole number, not '" + value + "'");
        }
    }

    String header(String name) {
        return headers.get(name);
    }

    boolean isGet() {
        return method.equals("GET") || method.equals("HEAD");
    }
}
