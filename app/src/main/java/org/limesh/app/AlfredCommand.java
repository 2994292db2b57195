package org.limesh.app;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.limesh.alfred.wire.AlfredMessage;
import org.limesh.alfred.wire.DataBlock;
import org.limesh.base.Decoded;
import org.limesh.base.MacAddress;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limesh alfred}: the words of the genuine client, over the node's local socket. */
@Command(name = "alfred", mixinStandardHelpOptions = true,
        description = "Facts that the nodes of a cloud tell each other (A.L.F.R.E.D.).",
        footer = {"", "Types of LibreMesh: 66 leases. Types below 64 are reserved.", "", "Examples:",
            "  limesh alfred -r 66", "  echo hello | limesh alfred -s 80", "  limesh alfred -S"})
final class AlfredCommand implements Callable<Integer> {
    private static final int HEAD_OCTETS = 4;
    private static final int LARGEST_TYPE = 255;

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Order order;

    private static final class Order {
        @Option(names = {"-r", "--request"}, paramLabel = "TYPE", description = "Print all records of this type.")
        Integer request;

        @Option(names = {"-s", "--set-data"}, paramLabel = "TYPE",
                description = "Set this node's record of this type from standard input; an empty one clears it.")
        Integer set;

        @Option(names = {"-S", "--server-status"}, description = "Print the node's role and interfaces.")
        boolean status;
    }

    @Option(names = {"-V", "--req-version"}, paramLabel = "VERSION", description = "Version of a record that is set (0).")
    private int version;

    @Option(names = {"-u", "--unix-path"}, paramLabel = "PATH",
            description = "Local socket. Default: alfred.sock of the node's run directory.")
    private Path path;

    @Option(names = "--run-dir", paramLabel = "DIR", description = "Run-time directory of the node that is meant.")
    private Path runDirectory;

    @Override
    public Integer call() throws IOException {
        for (Integer type : Arrays.asList(order.request, order.set)) {
            if (type != null && (type < 0 || type > LARGEST_TYPE)) {
                throw new CommandFailure(CommandFailure.WRONG_USE, "a type is 0 to 255, not " + type);
            }
        }
        if (version < 0 || version > LARGEST_TYPE) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "a version is 0 to 255, not " + version);
        }
        byte[] data = order.set == null ? null : System.in.readNBytes(DataBlock.MAX_DATA_OCTETS + 1);
        if (data != null && data.length > DataBlock.MAX_DATA_OCTETS) {
            throw new CommandFailure(CommandFailure.WRONG_USE,
                    "a record has at most " + DataBlock.MAX_DATA_OCTETS + " octets");
        }
        try (SocketChannel socket = connect(spec, path, runDirectory)) {
            return order.request != null ? request(socket) : order.status ? status(socket) : set(socket, data);
        }
    }

    /**
     * The local socket of the node that is meant.
     *
     * @param path or null for that of the run directory
     */
    static SocketChannel connect(CommandSpec spec, Path path, Path runDirectory) throws IOException {
        TargetOptions root = Main.of(spec).target;
        List<String> nodes = Main.of(spec).nodes;
        Path base = Path.of(ApiClient.DEFAULT_RUN_DIR);
        Path directory = runDirectory != null ? runDirectory : root.runDir != null ? root.runDir
                : nodes.size() == 1 ? base.resolve(nodes.getFirst()) : base;
        Path socketPath = path != null ? path : directory.resolve("alfred.sock");
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            socket.connect(UnixDomainSocketAddress.of(socketPath));
            return socket;
        } catch (IOException refused) {
            socket.close();
            throw new CommandFailure(CommandFailure.LACKING, "no node answers at " + socketPath + ": "
                    + refused.getMessage() + "\n  Does it run? limesh status     Another one: --run-dir DIR or -u PATH");
        }
    }

    static void send(SocketChannel socket, AlfredMessage message) throws IOException {
        ByteBuffer octets = ByteBuffer.wrap(message.emit());
        while (octets.hasRemaining()) {
            socket.write(octets);
        }
    }

    static DataInputStream reader(SocketChannel socket) {
        return new DataInputStream(Channels.newInputStream(socket));
    }

    /** The next message, or null at the end. */
    static AlfredMessage receive(DataInputStream in) throws IOException {
        byte[] head = new byte[HEAD_OCTETS];
        try {
            in.readFully(head);
        } catch (EOFException end) {
            return null;
        }
        int length = (head[2] & 0xff) << 8 | head[3] & 0xff;
        byte[] octets = Arrays.copyOf(head, HEAD_OCTETS + length);
        in.readFully(octets, HEAD_OCTETS, length);
        return switch (AlfredMessage.parse(octets)) {
            case Decoded.Valid<AlfredMessage>(AlfredMessage message) -> message;
            case Decoded.Malformed<AlfredMessage>(String fault, int at) ->
                    throw new IOException("the node sent what is no message: " + fault + " at octet " + at);
        };
    }

    private int set(SocketChannel socket, byte[] data) throws IOException {
        send(socket, new AlfredMessage.PushData(0, 0,
                List.of(new DataBlock(MacAddress.ZERO, order.set, version, data))));
        // The node closes when it has taken it.
        return receive(reader(socket)) == null ? ConfigOptions.DONE : CommandFailure.NO;
    }

    private int request(SocketChannel socket) throws IOException {
        send(socket, new AlfredMessage.Request(order.request, 1));
        PrintWriter out = spec.commandLine().getOut();
        DataInputStream in = reader(socket);
        for (AlfredMessage next = receive(in); next != null; next = receive(in)) {
            switch (next) {
                case AlfredMessage.PushData push -> push.blocks().forEach(block -> out.println(row(block)));
                case AlfredMessage.StatusError failed -> throw new CommandFailure(CommandFailure.NO,
                        "a part of the answer was lost on its way from the primary; ask again");
                default -> { }
            }
        }
        return ConfigOptions.DONE;
    }

    /** As the genuine client prints it. */
    static String row(DataBlock block) {
        StringBuilder text = new StringBuilder("{ \"").append(block.source()).append("\", \"");
        for (byte octet : block.data()) {
            int c = octet & 0xff;
            if (c == '"' || c == '\\') {
                text.append('\\').append((char) c);
            } else if (c >= ' ' && c < 0x7f) {
                text.append((char) c);
            } else {
                text.append(String.format("\\x%02x", c));
            }
        }
        return text.append("\" },").toString();
    }

    private int status(SocketChannel socket) throws IOException {
        send(socket, new AlfredMessage.ServerStatusRequest());
        AlfredMessage answer = receive(reader(socket));
        if (!(answer instanceof AlfredMessage.ServerStatus status)) {
            throw new CommandFailure(CommandFailure.NO, "the node gave no status");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("- mode: " + (status.primary() ? "primary" : "secondary"));
        out.println("- interfaces:");
        status.interfaces().forEach(each -> out.println("\t- name: " + each.name() + "\n\t- status: "
                + (each.active() ? "active" : "inactive")));
        out.println("- batman-adv interface: " + status.batInterface());
        return ConfigOptions.DONE;
    }
}
