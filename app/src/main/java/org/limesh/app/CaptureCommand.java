package org.limesh.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limesh capture}: frames as pcapng into a file or a pipe. */
@Command(name = "capture", mixinStandardHelpOptions = true,
        description = "Write passing frames as pcapng, for Wireshark and tshark.",
        footer = {"", "Examples:", "  limesh capture -n plaza -t 10s -w plaza.pcapng",
            "  limesh capture -n plaza -w - | wireshark -k -i -"})
final class CaptureCommand implements Callable<Integer> {
    private static final Pattern DURATION = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h)?");

    @Spec
    private CommandSpec spec;

    @Option(names = {"-n", "--node"}, paramLabel = "NODE", description = "Only frames of this node. Repeatable.")
    private List<String> nodes = new ArrayList<>();

    @Option(names = {"-i", "--iface"}, paramLabel = "IFACE", description = "Only this interface. Repeatable.")
    private List<String> ifaces = new ArrayList<>();

    @Option(names = {"-c", "--count"}, paramLabel = "COUNT", description = "End after COUNT frames.")
    private Long count;

    @Option(names = {"-t", "--time"}, paramLabel = "DURATION", description = "End after this time: 10s, 500ms, 2m.")
    private String duration;

    @Option(names = {"-w", "--write"}, paramLabel = "FILE|-", required = true,
            description = "Where to write; - is standard output.")
    private String file;

    @Mixin
    private TargetOptions target;

    @Override
    public Integer call() throws IOException {
        Map<String, List<String>> query = new LinkedHashMap<>();
        query.put("node", target.nodes(nodes, spec));
        query.put("iface", ifaces);
        if (count != null) {
            if (count < 1) {
                throw new CommandFailure(CommandFailure.WRONG_USE, "-c must be 1 or more");
            }
            query.put("count", List.of(count.toString()));
        }
        if (duration != null) {
            query.put("duration_ms", List.of(Long.toString(durationMs(duration))));
        }
        String where = ApiClient.target("/api/v1/capture", query);
        ApiClient client = target.client(spec, nodes);
        // Unbuffered, so that a pipe sees each frame at once and an interrupted file is whole.
        try (OutputStream out = file.equals("-") ? new FileOutputStream(FileDescriptor.out)
                : Files.newOutputStream(Path.of(file))) {
            ApiClient.Answer answer = client.stream(where, out);
            return answer.isOk() ? 0 : LookOptions.print(spec, answer);
        } catch (NoSuchFileException noDirectory) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "cannot write " + file
                    + ": its directory is missing");
        }
    }

    static long durationMs(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new CommandFailure(CommandFailure.WRONG_USE, "'" + text
                    + "' is no duration: write 10s, 500ms or 2m");
        }
        double unit = switch (matcher.group(2) == null ? "s" : matcher.group(2)) {
            case "ms" -> 1;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 1000;
        };
        return (long) (Double.parseDouble(matcher.group(1)) * unit);
    }
}
