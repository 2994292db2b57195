package org.limesh.linux;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Local socket of A.L.F.R.E.D.: a stream of messages, each with a head of four octets that tells its length.
 * The genuine {@code alfred} client speaks it: {@code alfred -u RUNDIR/alfred.sock -r 66}.
 *
 * <p>Sessions are numbered; what they ask is handed to the loop thread, and what it answers is written by a
 * thread of the session, so that a reader who sleeps keeps nobody else waiting.
 */
final class AlfredSocket implements AutoCloseable {
    static final String NAME = "alfred.sock";

    /** Takes messages to the node. Called on threads of the sessions. */
    interface Listener {
        void onMessage(int session, byte[] message);

        void onClosed(int session);
    }

    private static final int HEAD_OCTETS = 4;
    private static final int MAX_SESSIONS = 64;
    /** Answers that wait for a reader; a session that lets more pile up is ended. */
    private static final int MAX_QUEUED = 8192;
    private static final byte[] END = {};

    private final Path path;
    private final Listener listener;
    private final ServerSocketChannel server;
    private final Map<Integer, LinkedBlockingQueue<byte[]>> sessions = new ConcurrentHashMap<>();
    private int lastSession;

    /** Takes over a socket that a dead node left; the run directory belongs to one node at a time. */
    AlfredSocket(Path runDirectory, Listener listener) throws IOException {
        this.path = runDirectory.resolve(NAME);
        this.listener = listener;
        Files.createDirectories(runDirectory);
        Files.deleteIfExists(path);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        Thread.ofPlatform().daemon().name(NAME).start(this::accept);
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel peer = server.accept();
                if (sessions.size() >= MAX_SESSIONS) {
                    peer.close();
                    continue;
                }
                int session = ++lastSession;
                sessions.put(session, new LinkedBlockingQueue<>(MAX_QUEUED));
                Thread.ofVirtual().start(() -> read(session, peer));
                Thread.ofVirtual().start(() -> write(session, peer));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void read(int session, SocketChannel peer) {
        try {
            DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(peer)));
            byte[] head = new byte[HEAD_OCTETS];
            while (true) {
                in.readFully(head);
                int length = (head[2] & 0xff) << 8 | head[3] & 0xff;
                byte[] message = java.util.Arrays.copyOf(head, HEAD_OCTETS + length);
                in.readFully(message, HEAD_OCTETS, length);
                listener.onMessage(session, message);
            }
        } catch (IOException gone) {
            close(session);
            listener.onClosed(session);
        }
    }

    private void write(int session, SocketChannel peer) {
        LinkedBlockingQueue<byte[]> queue = sessions.get(session);
        try (peer) {
            for (byte[] next = queue.take(); next != END; next = queue.take()) {
                ByteBuffer buffer = ByteBuffer.wrap(next);
                while (buffer.hasRemaining()) {
                    peer.write(buffer);
                }
            }
        } catch (IOException | InterruptedException gone) {
            // The reader went away; its own thread tells.
            return;
        } finally {
            sessions.remove(session);
        }
    }

    /** Sends a message to a session; one that does not read is ended. */
    void reply(int session, byte[] message) {
        LinkedBlockingQueue<byte[]> queue = sessions.get(session);
        if (queue != null && !queue.offer(message)) {
            queue.clear();
            queue.add(END);
        }
    }

    /** Ends a session when everything sent to it is written. */
    void close(int session) {
        LinkedBlockingQueue<byte[]> queue = sessions.get(session);
        if (queue != null && !queue.offer(END)) {
            queue.clear();
            queue.add(END);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sessions.keySet().forEach(this::close);
        Files.deleteIfExists(path);
    }
}
