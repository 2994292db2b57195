package org.limesh.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.limesh.base.Ip4Address;
import org.limesh.gateway.Probe;
import org.limesh.gateway.ProbeResult.Outcome;
import org.limesh.linux.ffi.DeviceSocket;

/**
 * Fetches one page over plain HTTP and compares it: whatever differs is a portal's. Or fetches a file and
 * measures. Redirections are not followed.
 */
final class HttpQuestion {
    /** Pages to look at are a line; a portal's page is not read to its end. */
    private static final int MAX_OCTETS = 8192;
    private static final int STATUS_AT = 9;
    private static final int STATUS_END = 12;
    private static final int OK = 200;
    /** Network Authentication Required (RFC 6585). */
    private static final String LOGIN_REQUIRED = "511";
    /** Fewer say more about the start of a connection than about the line. */
    private static final long LEAST_MEASURED_OCTETS = 100_000;
    private static final int LOCATION_SHOWN = 60;
    private static final String HEADER_END = "\r\n\r\n";

    private HttpQuestion() {}

    static ProbeAnswer ask(Probe.Http http, Patience patience) {
        Ip4Address server = http.server();
        if (server == null) {
            if (http.resolver() == null) {
                return ProbeAnswer.silent("no DNS server to ask for " + http.host());
            }
            DnsQuestion.Found found = DnsQuestion.ask(http.device(), http.resolver(), http.host(), patience);
            if (found.address() == null) {
                return new ProbeAnswer(found.answer().outcome(), "DNS at " + http.resolver() + " for "
                        + http.host() + ": "
                        + found.answer().detail());
            }
            // An address at home may be a portal's: what it answers tells.
            server = found.address();
        }
        try (DeviceSocket socket = DeviceSocket.tcp(http.device())) {
            int done = socket.connect(server, http.port(), patience.leftMs());
            done = done < 0 ? done : socket.send(request(http));
            if (done < 0) {
                return ProbeAnswer.failed(done, patience);
            }
            return http.measureOctets() > 0 ? measure(socket, http.measureOctets(), patience)
                    : read(socket, http.body(), patience);
        }
    }

    private static byte[] request(Probe.Http http) {
        String authority = http.port() == 80 ? http.host() : http.host() + ":" + http.port();
        return ("GET " + http.path() + " HTTP/1.0\r\nHost: " + authority
                + "\r\nUser-Agent: limesh\r\nAccept: */*\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static ProbeAnswer read(DeviceSocket socket, String wanted, Patience patience) {
        byte[] octets = new byte[MAX_OCTETS];
        int length = 0;
        while (length < MAX_OCTETS && !isWhole(octets, length)) {
            int more = socket.receive(octets, length, patience.leftMs());
            if (length > 0 && (patience.leftMs() == 0 || DeviceSocket.isTimeout(more))) {
                return ProbeAnswer.silent("no whole answer in " + patience.text());
            }
            if (more < 0) {
                return ProbeAnswer.failed(more, patience);
            }
            if (more == 0) {
                break;
            }
            length += more;
        }
        return judge(new String(octets, 0, length, StandardCharsets.ISO_8859_1), wanted);
    }

    /** How fast a body comes, from its first octet to its last or to the end of patience. */
    private static ProbeAnswer measure(DeviceSocket socket, long maxOctets, Patience patience) {
        byte[] octets = new byte[MAX_OCTETS];
        int length = 0;
        int headerEnd = -1;
        while (headerEnd < 0) {
            int more = socket.receive(octets, length, patience.leftMs());
            if (more <= 0 || length + more == MAX_OCTETS) {
                return more < 0 ? ProbeAnswer.failed(more, patience) : ProbeAnswer.wrong("no file there");
            }
            length += more;
            headerEnd = new String(octets, 0, length, StandardCharsets.ISO_8859_1).indexOf(HEADER_END);
        }
        String head = new String(octets, 0, headerEnd, StandardCharsets.ISO_8859_1);
        if (!head.startsWith("HTTP/1.") || !head.startsWith(Integer.toString(OK), STATUS_AT)) {
            return ProbeAnswer.wrong("no file there: " + printable(head.lines().findFirst().orElse("")));
        }
        // What came with the header was on its way before the clock started.
        long startNs = System.nanoTime();
        long got = 0;
        while (got < maxOctets && patience.leftMs() > 0) {
            int more = socket.receive(octets, 0, patience.leftMs());
            if (more <= 0) {
                break;
            }
            got += more;
        }
        long tookNs = Math.max(1, System.nanoTime() - startNs);
        return got < LEAST_MEASURED_OCTETS
                ? ProbeAnswer.silent("only " + got + " octets came in " + patience.text())
                : new ProbeAnswer(Outcome.OK, got / 1000 + " kB in " + tookNs / 1_000_000 + " ms",
                        (long) (got * 8 * 1e9 / tookNs));
    }

    /** True when the length that the header announces has arrived; without one the stream's end tells. */
    private static boolean isWhole(byte[] octets, int length) {
        String text = new String(octets, 0, length, StandardCharsets.ISO_8859_1);
        int end = text.indexOf(HEADER_END);
        String announced = end < 0 ? "" : header(text, end, "content-length");
        return announced.matches("[0-9]{1,6}")
                && length >= end + HEADER_END.length() + Integer.parseInt(announced);
    }

    /** The value of a header, or empty. */
    private static String header(String text, int end, String name) {
        return Arrays.stream(text.substring(0, end).split("\r\n"))
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip()).findFirst().orElse("");
    }

    static ProbeAnswer judge(String text, String wanted) {
        int end = text.indexOf(HEADER_END);
        if (!text.startsWith("HTTP/1.") || end < STATUS_END) {
            return text.isEmpty() ? ProbeAnswer.wrong("closed without an answer")
                    : ProbeAnswer.wrong("answered with something that is not HTTP");
        }
        String status = text.substring(STATUS_AT, STATUS_END);
        if (status.equals(Integer.toString(OK))) {
            return text.substring(end + HEADER_END.length()).strip().equals(wanted)
                    ? ProbeAnswer.good("answers")
                    : ProbeAnswer.wrong("a portal answered: another page");
        }
        String location = header(text, end, "location");
        boolean portal = !location.isEmpty() || status.equals(LOGIN_REQUIRED);
        return ProbeAnswer.wrong((portal ? "a portal answered: " : "answered with status ")
                + printable(status)
                + (location.isEmpty() ? "" : " to " + printable(location)));
    }

    private static String printable(String text) {
        StringBuilder kept = new StringBuilder();
        text.chars().limit(LOCATION_SHOWN).forEach(c -> kept.append(c > ' ' && c < 127 ? (char) c : '?'));
        return text.length() > LOCATION_SHOWN ? kept + "..." : kept.toString();
    }
}
