package org.limesh.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Asks a running node or laboratory. HTTP/1.0 over a unix socket or over TCP, one request per connection:
 * so little that a looking command loads neither an HTTP client nor a JSON library and answers at once.
 */
final class ApiClient {
    /** Where a node keeps its socket when nobody says otherwise; made by the service. */
    static final String DEFAULT_RUN_DIR = "/run/limesh";

    private static final String SOCKET = "limesh.sock";
    private static final String LAB_SOCKET = ".limesh/" + SOCKET;

    private final SocketAddress address;
    private final String host;
    private final String shown;

    /**
     * @param status  as in HTTP
     * @param headers names in lower case
     */
    record Answer(int status, Map<String, String> headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        boolean isOk() {
            return status >= 200 && status < 300;
        }

        /** The exit code that belongs to the answer. */
        int exitCode() {
            return isOk() ? Integer.parseInt(headers.getOrDefault("limesh-exit", "0"))
                    : status == 400 || status == 405 ? CommandFailure.WRONG_USE : CommandFailure.NO;
        }
    }

    private ApiClient(SocketAddress address, String host, String shown) {
        this.address = address;
        this.host = host;
        this.shown = shown;
    }

    /**
     * The node or laboratory that is meant.
     *
     * @param api    {@code http://127.0.0.1:8080}, {@code unix:PATH}, or null
     * @param runDir run-time directory of a node, or null
     * @param names  nodes that are asked for; one that was started with that {@code --name} is found by it
     * @throws CommandFailure with exit code 4 when nothing runs there
     */
    static ApiClient find(String api, Path runDir, List<String> names) {
        if (api != null) {
            return ofUrl(api);
        }
        if (runDir != null) {
            Path socket = runDir.resolve(SOCKET);
            if (!Files.exists(socket)) {
                throw new CommandFailure(CommandFailure.NOTHING_RUNS, "no node is running with --run-dir "
                        + runDir
                        + "        (looked for: " + socket + ")");
            }
            return ofSocket(socket);
        }
        Path named = namedNode(Path.of(DEFAULT_RUN_DIR), names);
        if (named != null) {
            return ofSocket(named);
        }
        for (Path socket : List.of(Path.of(DEFAULT_RUN_DIR, SOCKET), Path.of(LAB_SOCKET))) {
            if (Files.exists(socket) && answers(socket)) {
                return ofSocket(socket);
            }
        }
        List<Path> several = namedNodes(Path.of(DEFAULT_RUN_DIR));
        if (several.size() == 1) {
            return ofSocket(several.getFirst());
        }
        if (!several.isEmpty()) {
            throw new CommandFailure(CommandFailure.WRONG_USE,
                    "several nodes run here, say which: -n NAME   ("
                    + String.join(" ",
                            several.stream().map(path -> path.getParent().getFileName().toString()).toList())
                    + ")");
        }
        throw CommandFailure.nothingRuns();
    }

    /** Socket of the one node that was started with this {@code --name}, or null. */
    static Path namedNode(Path runDirs, List<String> names) {
        if (names.size() != 1 || names.getFirst().contains("/") || names.getFirst().startsWith(".")) {
            return null;
        }
        Path socket = runDirs.resolve(names.getFirst()).resolve(SOCKET);
        return Files.exists(socket) ? socket : null;
    }

    /** Sockets of nodes that were started with {@code --name} and answer. */
    static List<Path> namedNodes(Path runDirs) {
        List<Path> sockets = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(runDirs, Files::isDirectory)) {
            found.forEach(directory -> sockets.add(directory.resolve(SOCKET)));
        } catch (IOException none) {
            return List.of();
        }
        sockets.removeIf(socket -> !Files.exists(socket) || !answers(socket));
        sockets.sort(null);
        return sockets;
    }

    private static boolean answers(Path socket) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return probe.isConnected();
        } catch (IOException stale) {
            return false;
        }
    }

    private static ApiClient ofSocket(Path socket) {
        return new ApiClient(UnixDomainSocketAddress.of(socket), "limesh", socket.toString());
    }

    private static ApiClient ofUrl(String api) {
        if (api.startsWith("unix:")) {
            return ofSocket(Path.of(api.substring("unix:".length())));
        }
        String rest = api.startsWith("http://") ? api.substring("http://".length()) : "";
        String authority = rest.replaceFirst("/.*", "");
        int colon = authority.lastIndexOf(':');
        try {
            String name = colon < 0 ? authority : authority.substring(0, colon);
            int port = colon < 0 ? 80 : Integer.parseInt(authority.substring(colon + 1));
            if (!name.isEmpty()) {
                return new ApiClient(new InetSocketAddress(name, port), authority, api);
            }
        } catch (IllegalArgumentException badPort) {
            // Falls through to the one message for every wrong form.
        }
        throw new CommandFailure(CommandFailure.WRONG_USE,
                "--api '" + api + "' is neither http://HOST:PORT nor unix:PATH");
    }

    /** {@code path?key=value&...}; a null value leaves the key out. */
    static String target(String path, Map<String, ? extends List<String>> query) {
        List<String> pairs = new ArrayList<>();
        query.forEach((key, values) -> values.forEach(value -> pairs.add(key + "=" + encode(value))));
        return pairs.isEmpty() ? path : path + "?" + String.join("&", pairs);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    Answer get(String target) {
        return request("GET", target, null);
    }

    /** @param json one JSON object */
    Answer post(String target, String json) {
        return request("POST", target, json.getBytes(StandardCharsets.UTF_8));
    }

    private Answer request(String method, String target, byte[] body) {
        try (SocketChannel channel = open(); InputStream in = send(channel, method, target, body)) {
            Answer head = readHead(in);
            return new Answer(head.status(), head.headers(), in.readAllBytes());
        } catch (IOException broken) {
            throw failure(broken);
        }
    }

    /**
     * Copies an endless answer as it comes, until either side ends. The answer returned has no body when
     * ok.
     */
    Answer stream(String target, OutputStream out) {
        try (SocketChannel channel = open(); InputStream in = send(channel, "GET", target, null)) {
            Answer head = readHead(in);
            if (!head.isOk()) {
                return new Answer(head.status(), head.headers(), in.readAllBytes());
            }
            byte[] buffer = new byte[64 * 1024];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                try {
                    out.write(buffer, 0, length);
                    out.flush();
                } catch (IOException readerGone) {
                    return head;
                }
            }
            return head;
        } catch (IOException broken) {
            throw failure(broken);
        }
    }

    private SocketChannel open() throws IOException {
        return SocketChannel.open(address);
    }

    private CommandFailure failure(IOException broken) {
        String why = broken.getMessage() == null ? broken.toString() : broken.getMessage();
        if (why.toLowerCase(Locale.ROOT).contains("permission denied")) {
            return new CommandFailure(CommandFailure.LACKING, "cannot open " + shown + ": permission denied\n"
                    + "  The socket belongs to the user that runs the node. Try: sudo limesh ...");
        }
        return new CommandFailure(CommandFailure.NOTHING_RUNS, "nobody answers at " + shown + ": " + why);
    }

    private InputStream send(SocketChannel channel, String method, String target,
            byte[] body) throws IOException {
        StringBuilder head = new StringBuilder(method).append(' ').append(target).append(" HTTP/1.0\r\nHost: ")
                .append(host).append("\r\nAccept: text/plain\r\n");
        if (body != null) {
            head.append("Content-Type: application/json\r\nContent-Length: ").append(body.length).append("\r\n");
        }
        OutputStream out = Channels.newOutputStream(channel);
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (body != null) {
            out.write(body);
        }
        out.flush();
        return new BufferedInputStream(Channels.newInputStream(channel), 64 * 1024);
    }

    private static Answer readHead(InputStream in) throws IOException {
        String[] status = readLine(in).split(" ");
        if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
            throw new IOException("this is not limesh");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return new Answer(Integer.parseInt(status[1]), headers, new byte[0]);
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }
}
