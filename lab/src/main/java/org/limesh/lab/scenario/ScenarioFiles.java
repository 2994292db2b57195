package org.limesh.lab.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds and opens scenarios. */
public final class ScenarioFiles {
    /** What {@code limesh lab} shows when it is told nothing. */
    public static final String THREE_CLOUDS = "three-clouds";
    private static final String THREE_CLOUDS_FILE = THREE_CLOUDS + ".lab.yaml";

    private ScenarioFiles() {}

    /** The only {@code *.lab.yaml} of a directory; null when there is none or more than one. */
    public static Path onlyOne(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.filter(file -> file.getFileName().toString().endsWith(".lab.yaml"))
                    .limit(2).toList();
            return found.size() == 1 ? found.getFirst() : null;
        }
    }

    /** Reads a file; {@link #THREE_CLOUDS} names the one inside the program. */
    public static ScenarioReader.Result read(String name, Map<String, String> settings) throws IOException {
        Path path = Path.of(name);
        if (name.equals(THREE_CLOUDS) && !Files.exists(path)) {
            return threeClouds(settings);
        }
        Path directory = path.toAbsolutePath().getParent();
        return ScenarioReader.read(name, directory, Files.readString(path), settings);
    }

    /** The example without what happens in it: that is up to whoever looks. */
    private static ScenarioReader.Result threeClouds(Map<String, String> settings) throws IOException {
        try (InputStream text = ScenarioFiles.class.getResourceAsStream(THREE_CLOUDS_FILE)) {
            ScenarioReader.Result read = ScenarioReader.read(THREE_CLOUDS, Path.of("").toAbsolutePath(),
                    new String(text.readAllBytes(), StandardCharsets.UTF_8), settings);
            return new ScenarioReader.Result(read.scenario() == null ? null : read.scenario().withoutTimeline(),
                    read.problems());
        }
    }

    /** A cloud of this many nodes on a jittered grid, with six clients. */
    public static ScenarioReader.Result generated(int nodes, Map<String, String> settings) {
        StringBuilder text = new StringBuilder("name: cloud-" + nodes + "\ntopology:\n  nodes:\n");
        int columns = (int) Math.ceil(Math.sqrt(nodes));
        for (int i = 0; i < nodes; i++) {
            // Shifted a little, differently for each, so that it looks grown and no two ways are equal.
            int x = i % columns * 85 + i * 37 % 25;
            int y = i / columns * 85 + i * 53 % 25;
            text.append("    node").append(i
                    + 1).append(": { at: [").append(x).append(", ").append(y).append("] }\n");
        }
        text.append("clients:\n");
        List<String> names = List.of("ana", "beto", "cam", "dora", "eli", "fina");
        for (int i = 0; i < names.size(); i++) {
            text.append("  ").append(names.get(i)).append(": { at: node").append(i * (nodes - 1) / 5 + 1)
                    .append(", talks: { to: random, rate: 64kbit } }\n");
        }
        return ScenarioReader.read("cloud-" + nodes, Path.of("").toAbsolutePath(), text.toString(), settings);
    }
}
