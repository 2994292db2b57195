package org.limesh.gateway;

import org.limesh.base.Ip4Address;

/**
 * A page that is the same for everybody who has Internet, and different behind a portal.
 *
 * @param host name, or an IPv4 address in its usual form
 * @param path begins with a slash
 * @param body what the page holds, blanks around it aside
 */
public record HttpTarget(String host, int port, String path, String body) {
    /** Body of a file that is fetched to measure: whatever it holds. */
    static final String ANY = "*";
    private static final int USUAL_PORT = 80;
    private static final int MAX_TEXT = 255;

    public HttpTarget {
        if (!isPlain(host) || host.indexOf('/') >= 0 || port < 1 || port > 65535 || !isPlain(path)
                || !path.startsWith("/") || body.isEmpty() || body.length() > MAX_TEXT) {
            throw new IllegalArgumentException("'" + host + "' is no page to look at; write e.g. "
                    + "'http://detectportal.firefox.com/success.txt success'");
        }
    }

    private static boolean isPlain(String text) {
        return !text.isEmpty() && text.length() <= MAX_TEXT && text.chars().allMatch(c -> c > ' ' && c < 127);
    }

    /**
     * Reads {@code http://HOST[:PORT]/PATH BODY}.
     *
     * @throws IllegalArgumentException when the text is anything else
     */
    public static HttpTarget parse(String text) {
        String scheme = "http://";
        int blank = text.indexOf(' ');
        int slash = text.indexOf('/', scheme.length());
        if (!text.startsWith(scheme) || blank < 0 || slash < 0 || slash > blank) {
            throw new IllegalArgumentException("'" + text + "' names no page and its content; write e.g. "
                    + "'http://detectportal.firefox.com/success.txt success' (https cannot tell a portal)");
        }
        String authority = text.substring(scheme.length(), slash);
        int colon = authority.indexOf(':');
        try {
            int port = colon < 0 ? USUAL_PORT : Integer.parseInt(authority.substring(colon + 1));
            return new HttpTarget(colon < 0 ? authority : authority.substring(0, colon), port,
                    text.substring(slash, blank), text.substring(blank).strip());
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("'" + authority + "' names no port", notANumber);
        }
    }

    /**
     * Reads {@code http://HOST[:PORT]/PATH}, a file that is fetched to measure the line.
     *
     * @throws IllegalArgumentException when the text is anything else
     */
    public static HttpTarget file(String url) {
        if (url.indexOf(' ') >= 0) {
            throw new IllegalArgumentException("'" + url + "' names no file; write e.g. 'http://mirror.example/10MB.bin'");
        }
        return parse(url + " " + ANY);
    }

    /** The host where it is an address, or null where it is a name. */
    Ip4Address address() {
        try {
            return Ip4Address.parse(host);
        } catch (IllegalArgumentException aName) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "http://" + host + (port == USUAL_PORT ? "" : ":" + port) + path + " " + body;
    }
}
