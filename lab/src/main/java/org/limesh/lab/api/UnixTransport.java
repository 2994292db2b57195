package org.limesh.lab.api;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The interface over a unix socket: plain HTTP/1.0, one request per connection, the answer ends with the
 * connection. So {@code curl --unix-socket limesh.sock http://limesh/api/v1/nodes} works, from any network
 * namespace, and without a port. Who may open the socket (its owner) may order everything.
 */
final class UnixTransport implements AutoCloseable {
    private static final int HEAD_LIMIT_OCTETS = 16 * 1024;

    private final Path path;
    private final ServerSocketChannel server;
    private final ApiHandler handler;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Takes over a socket that a dead program left. */
    UnixTransport(ApiHandler handler, Path path) throws IOException {
        this.handler = handler;
        this.path = path;
        if (Files.exists(path)) {
            if (answers(path)) {
                throw new IOException(path + " is in use: another node or lab runs there");
            }
            Files.delete(path);
        }
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        // Accepting blocks in native code, so it has a platform thread of its own.
        Thread.ofPlatform().daemon().name("limesh.sock").start(this::accept);
    }

    private static boolean answers(Path path) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return probe.isConnected();
        } catch (IOException nobody) {
            return false;
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel peer = server.accept();
                threads.execute(() -> serve(peer));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(SocketChannel peer) {
        try (peer;
                InputStream in = new BufferedInputStream(Channels.newInputStream(peer));
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(peer), 64 * 1024)) {
            ApiResponse response = respond(in);
            StringBuilder head = new StringBuilder("HTTP/1.0 " + response.status() + " -\r\n");
            head.append("Content-Type: ").append(response.type()).append("\r\nConnection: close\r\n");
            response.headers().forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            if (response.body() != null) {
                head.append("Content-Length: ").append(response.body().length).append("\r\n");
            }
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            if (response.body() != null) {
                out.write(response.body());
            } else {
                out.flush();
                response.stream().writeTo(out);
            }
        } catch (IOException gone) {
            // The reader went away, which is how watching and capturing end.
            return;
        }
    }

    private ApiResponse respond(InputStream in) throws IOException {
        String[] lines = readHead(in).split("\r?\n");
        String[] request = lines[0].split(" ");
        if (request.length < 2 || !request[1].startsWith("/")) {
            return ApiResponse.whole(400, ApiResponse.TEXT, "error: not an HTTP request\n"
                    .getBytes(StandardCharsets.UTF_8));
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (int at = 1; at < lines.length; at++) {
            int colon = lines[at].indexOf(':');
            if (colon > 0) {
                headers.put(lines[at].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[at].substring(colon + 1).strip());
            }
        }
        byte[] body = in.readNBytes(bodyLength(headers));
        return Answers.of(handler, request[0], request[1], headers, body, true);
    }

    private static int bodyLength(Map<String, String> headers) {
        try {
            return Math.clamp(Long.parseLong(headers.getOrDefault("content-length", "0")), 0,
                    HttpTransport.BODY_LIMIT_OCTETS);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    /** Up to the empty line. */
    private static String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int lineOctets = 0;
        while (head.size() < HEAD_LIMIT_OCTETS) {
            int octet = in.read();
            if (octet < 0 || octet == '\n' && lineOctets == 0) {
                break;
            }
            if (octet == '\n') {
                lineOctets = 0;
            } else if (octet != '\r') {
                lineOctets++;
            }
            head.write(octet);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        Files.deleteIfExists(path);
    }
}
