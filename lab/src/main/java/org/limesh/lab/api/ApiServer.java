package org.limesh.lab.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Serves a {@link WorldView} to page, command line and programs.
 *
 * <pre>
 *   try (ApiServer server = new ApiServer(view)) {
 *       int port = server.listenHttp(8080);               // laboratory; http://127.0.0.1:8080/
 *       server.announceLab(Path.of(""));                  // .limesh/limesh.sock and .limesh/lab.json
 *       server.listenUnix(runDir.resolve("limesh.sock")); // node
 *   }
 * </pre>
 */
public final class ApiServer implements AutoCloseable {
    /** Name of the socket in the run-time directory of a node, and in {@link #LAB_DIRECTORY}. */
    public static final String SOCKET_NAME = "limesh.sock";

    /** Below the directory a laboratory was started from. */
    public static final String LAB_DIRECTORY = ".limesh";

    private static final int TOKEN_OCTETS = 16;

    private final WorldView view;
    private final ApiHandler handler;
    private final List<AutoCloseable> parts = new ArrayList<>();
    private int port;
    private volatile boolean closed;

    public ApiServer(WorldView view) {
        this.view = view;
        this.handler = new ApiHandler(view, () -> closed);
    }

    /**
     * Listens on 127.0.0.1.
     *
     * @param wanted port number, 0 for a free one
     * @return the port
     * @throws PortInUse when another program listens there
     */
    public int listenHttp(int wanted) throws IOException {
        HttpTransport transport = new HttpTransport(handler, wanted);
        parts.add(transport);
        port = transport.port();
        return port;
    }

    /** From now on orders over TCP need this token; who may open the unix socket needs none. */
    public String requireToken() {
        byte[] octets = new byte[TOKEN_OCTETS];
        new SecureRandom().nextBytes(octets);
        String token = HexFormat.of().formatHex(octets);
        handler.requireToken(token);
        return token;
    }

    /** Listens on a unix socket; its directory is made when missing. */
    public void listenUnix(Path socket) throws IOException {
        if (socket.toAbsolutePath().getParent() != null) {
            Files.createDirectories(socket.toAbsolutePath().getParent());
        }
        parts.add(new UnixTransport(handler, socket));
    }

    /**
     * Lets commands started from this directory find the laboratory: {@code .limesh/limesh.sock} and, for
     * other programs, {@code .limesh/lab.json}. Both are removed by {@link #close}.
     */
    public void announceLab(Path directory) throws IOException {
        Path home = directory.resolve(LAB_DIRECTORY);
        listenUnix(home.resolve(SOCKET_NAME));
        Path file = home.resolve("lab.json");
        var json = Json.object().put("name", view.world().name()).put("version", view.world().version())
                .put("pid", ProcessHandle.current().pid())
                .put("socket", home.resolve(SOCKET_NAME).toAbsolutePath().toString());
        if (port != 0) {
            json.put("api", "http://127.0.0.1:" + port);
        }
        Files.writeString(file, Json.text(json) + "\n", StandardCharsets.UTF_8);
        parts.add(() -> {
            Files.deleteIfExists(file);
        });
    }

    /** Ends every stream and removes what was made. */
    @Override
    public void close() throws IOException {
        closed = true;
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (IOException broken) {
                throw broken;
            } catch (Exception broken) {
                throw new IOException(broken);
            }
        }
    }
}
