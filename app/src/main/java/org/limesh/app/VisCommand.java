package org.limesh.app;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.limesh.alfred.wire.AlfredMessage;
import org.limesh.alfred.wire.DataBlock;
import org.limesh.alfred.wire.VisRecord;
import org.limesh.base.Decoded;
import org.limesh.base.MacAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limesh vis}: the map of the cloud in the words of {@code batadv-vis}, for tools that read those. */
@Command(name = "vis", mixinStandardHelpOptions = true,
        description = "The map of the cloud, as batadv-vis prints it.",
        footer = {"", "Examples:", "  limesh vis -f dot | dot -Tsvg > map.svg", "  limesh vis -f jsondoc"})
final class VisCommand implements Callable<Integer> {
    private static final double PERFECT = 255;
    private static final int BATMAN_IV = 4;

    /** In the words of the genuine tool. */
    enum Format { json, jsondoc, dot }

    @Spec
    private CommandSpec spec;

    @Option(names = {"-f", "--format"}, paramLabel = "FORMAT", description = "json, jsondoc or dot (the default).")
    private Format format = Format.dot;

    @Option(names = {"-u", "--unix-path"}, paramLabel = "PATH",
            description = "Local socket. Default: alfred.sock of the node's run directory.")
    private Path path;

    @Option(names = "--run-dir", paramLabel = "DIR", description = "Run-time directory of the node that is meant.")
    private Path runDirectory;

    @Override
    public Integer call() throws IOException {
        List<VisRecord> records;
        try (SocketChannel socket = AlfredCommand.connect(spec, path, runDirectory)) {
            records = ask(socket);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(text(records, format));
        out.flush();
        return ConfigOptions.DONE;
    }

    private static List<VisRecord> ask(SocketChannel socket) throws IOException {
        List<VisRecord> records = new ArrayList<>();
        AlfredCommand.send(socket, new AlfredMessage.Request(VisRecord.TYPE, 1));
        DataInputStream in = AlfredCommand.reader(socket);
        for (AlfredMessage next = AlfredCommand.receive(in); next != null; next = AlfredCommand.receive(in)) {
            switch (next) {
                case AlfredMessage.PushData push -> push.blocks().forEach(block -> add(records, block));
                case AlfredMessage.StatusError failed -> throw new CommandFailure(CommandFailure.NO,
                        "a part of the answer was lost on its way from the primary; ask again");
                default -> { }
            }
        }
        return records;
    }

    private static void add(List<VisRecord> records, DataBlock block) {
        if (block.version() == VisRecord.VERSION
                && VisRecord.parse(block.data()) instanceof Decoded.Valid<VisRecord>(VisRecord record)) {
            records.add(record);
        }
    }

    static String text(List<VisRecord> records, Format format) {
        return switch (format) {
            case json -> String.join("", records.stream().map(VisCommand::json).toList());
            case jsondoc -> "{\n  \"source_version\" : \"limesh-" + org.limesh.lab.Version.TEXT + "\",\n  \"algorithm\" : " + BATMAN_IV
                    + ",\n  \"vis\" : [\n" + String.join(",\n", records.stream().map(VisCommand::jsondoc).toList())
                    + "\n  ]\n}\n";
            case dot -> "digraph {\n" + String.join("", records.stream().map(VisCommand::dot).toList()) + "}\n";
        };
    }

    /** 1.000 is perfect; larger is worse. */
    private static String metric(VisRecord.Entry entry) {
        return String.format(Locale.ROOT, "%.3f", PERFECT / entry.quality());
    }

    private static List<MacAddress> secondaries(VisRecord record) {
        return record.interfaces().subList(1, record.interfaces().size());
    }

    private static MacAddress primary(VisRecord record) {
        return record.interfaces().getFirst();
    }

    private static MacAddress hearing(VisRecord record, VisRecord.Entry entry) {
        return entry.isClient() ? primary(record) : record.interfaces().get(entry.interfaceIndex());
    }

    private static String json(VisRecord record) {
        StringBuilder text = new StringBuilder("{ \"primary\" : \"" + primary(record) + "\" }\n");
        secondaries(record).forEach(mac -> text.append("{ \"secondary\" : \"").append(mac).append("\", \"of\" : \"")
                .append(primary(record)).append("\" }\n"));
        for (VisRecord.Entry entry : record.entries()) {
            text.append("{ \"router\" : \"").append(hearing(record, entry)).append("\", \"")
                    .append(entry.isClient() ? "gateway" : "neighbor").append("\" : \"").append(entry.mac())
                    .append("\", \"label\" : \"").append(entry.isClient() ? "TT" : metric(entry)).append("\" }\n");
        }
        return text.toString();
    }

    private static String jsondoc(VisRecord record) {
        List<String> neighbours = new ArrayList<>();
        List<String> clients = new ArrayList<>();
        for (VisRecord.Entry entry : record.entries()) {
            if (entry.isClient()) {
                clients.add("        \"" + entry.mac() + "\"");
            } else {
                neighbours.add("         { \"router\" : \"" + hearing(record, entry) + "\",\n           \"neighbor\" : \""
                        + entry.mac() + "\",\n           \"metric\" : \"" + metric(entry) + "\" }");
            }
        }
        String secondary = secondaries(record).isEmpty() ? "" : "      \"secondary\" : [ "
                + String.join(",", secondaries(record).stream().map(mac -> "\"" + mac + "\"").toList()) + "\n       ],\n";
        return "    { \"primary\" : \"" + primary(record) + "\",\n" + secondary + "      \"neighbors\" : [\n"
                + String.join(",\n", neighbours) + "\n      ],\n      \"clients\" : [\n" + String.join(",\n", clients)
                + "\n      ]\n    }";
    }

    private static String dot(VisRecord record) {
        StringBuilder text = new StringBuilder("\tsubgraph \"cluster_" + primary(record) + "\" {\n\t\t\""
                + primary(record) + "\"\n");
        secondaries(record).forEach(mac -> text.append("\t\t\"").append(mac).append("\" [peripheries=2]\n"));
        text.append("\t}\n");
        for (VisRecord.Entry entry : record.entries()) {
            text.append("\t\"").append(hearing(record, entry)).append("\" -> \"").append(entry.mac())
                    .append("\" [label=\"").append(entry.isClient() ? "TT" : metric(entry)).append("\"]\n");
        }
        return text.toString();
    }
}
