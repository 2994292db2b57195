package org.limesh.lab.scenario;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a scenario file. All problems of a file are found in one run. */
public final class ScenarioReader {
    static final List<String> KEYS =
            List.of("name", "seed", "epoch", "community", "clouds", "radio", "topology", "clients",
            "timeline");
    private static final Map<String, String> LATER = Map.of(
            "report", "plots and captures of a run come in a later version; leave it out");
    static final String DEFAULT_SSID = "LibreMesh.org";
    private static final Instant DEFAULT_EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final String file;
    private final Path directory;
    private final Problems problems;

    private ScenarioReader(String file, Path directory) {
        this.file = file;
        this.directory = directory;
        this.problems = new Problems(file);
    }

    /**
     * What came of reading.
     *
     * @param scenario null when there are problems
     */
    public record Result(Scenario scenario, List<Problem> problems) {
        public Result {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Reads a text.
     *
     * @param file      name for messages
     * @param directory where {@code community:} starts from
     * @param settings  {@code key.key=value} laid over the file, as {@code --set} gives them
     */
    public static Result read(String file, Path directory, String text, Map<String, String> settings) {
        return new ScenarioReader(file, directory).read(text, settings);
    }

    /** Reads a text as it is. */
    public static Result read(String file, Path directory, String text) {
        return read(file, directory, text, Map.of());
    }

    private Result read(String text, Map<String, String> settings) {
        YamlValue root = new YamlReader(problems).read(text);
        if (root instanceof YamlValue.Mapping mapping) {
            Scenario scenario = scenario(YamlOverlay.apply(mapping, settings, problems));
            return new Result(problems.isEmpty() ? scenario : null, problems.list());
        }
        if (root != null) {
            problems.add(root.position(), "a scenario is a group of keys, not " + root.describe());
        }
        return new Result(null, problems.list());
    }

    private Scenario scenario(YamlValue.Mapping mapping) {
        Fields top = new Fields(mapping, problems, "the scenario", KEYS, LATER);
        String name = top.text("name", defaultName());
        long seed = top.read("seed", 1L, ScenarioReader::seed);
        Instant epoch = top.read("epoch", DEFAULT_EPOCH, ScenarioReader::instant);
        Map<String, Scenario.Cloud> clouds = clouds(top);
        TopologyReader topology = new TopologyReader(problems, clouds);
        topology.read(top);
        Scenario.Radio radio = radio(top, topology.anyPosition());
        TimelineReader timeline = new TimelineReader(problems, clouds, topology);
        List<Scenario.Step> steps = timeline.read(top);
        return new Scenario(file, name, seed, epoch, community(top), clouds, radio, topology.nodes(),
                topology.links(), topology.clients(), steps, timeline.endNs());
    }

    private String defaultName() {
        String last = Path.of(file).getFileName().toString();
        return last.replaceFirst("\\.lab\\.ya?ml$", "");
    }

    private static long seed(String text) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number", notANumber);
        }
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException("'" + text
                    + "' is not a time; write e.g. 2026-01-01T00:00:00Z", wrong);
        }
    }

    private Path community(Fields top) {
        return top.read("community", null, text -> {
            Path path = directory.resolve(text).normalize();
            if (!Files.exists(path)) {
                throw new IllegalArgumentException("there is no file or directory '" + path + "'");
            }
            return path;
        });
    }

    private Map<String, Scenario.Cloud> clouds(Fields top) {
        Map<String, Scenario.Cloud> clouds = new LinkedHashMap<>();
        YamlValue.Mapping mapping = top.mapping("clouds");
        if (mapping == null) {
            clouds.put("cloud", new Scenario.Cloud("cloud", DEFAULT_SSID, Map.of()));
            return clouds;
        }
        for (YamlValue.Entry entry : mapping.entries()) {
            String owner = "cloud '" + entry.key() + "'";
            if (!(entry.value() instanceof YamlValue.Mapping inner)) {
                problems.add(entry.value().position(), owner + " needs its SSID; write { ssid: NAME }");
                continue;
            }
            Fields fields = new Fields(inner, problems, owner, List.of("ssid", "uci"));
            String ssid = fields.required("ssid");
            if (ssid != null && ssid.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 32) {
                problems.add(fields.position("ssid"), "an SSID has at most 32 octets");
            }
            clouds.put(entry.key(), new Scenario.Cloud(entry.key(), ssid == null ? "" : ssid,
                    UciSettings.read(fields, problems, owner)));
        }
        return clouds;
    }

    private Scenario.Radio radio(Fields top, boolean anyPosition) {
        Scenario.Radio.Model otherwise = anyPosition ? Scenario.Radio.Model.RANGE : Scenario.Radio.Model.NONE;
        YamlValue.Mapping mapping = top.mapping("radio");
        if (mapping == null) {
            mapping = new YamlValue.Mapping(new ArrayList<>(), new Position(1, 1));
        }
        Fields fields = new Fields(mapping, problems, "radio", List.of("model", "range", "loss", "rate",
                "delay"));
        Scenario.Radio.Model model = fields.read("model", otherwise, ScenarioReader::model);
        double range = fields.read("range", 120.0, Quantity::metres);
        if (range <= 0) {
            problems.add(fields.position("range"), "a radio's range is above 0");
        }
        double lossAtMetres = range;
        double lossAt = 0;
        YamlValue loss = fields.value("loss");
        if (loss instanceof YamlValue.Mapping group) {
            Fields lossFields = new Fields(group, problems, "loss of radio", List.of("at", "percent"));
            lossAtMetres = lossFields.read("at", range, Quantity::metres);
            lossAt = lossFields.read("percent", 0.0, Quantity::fraction);
            if (lossAtMetres <= 0) {
                problems.add(lossFields.position("at"), "a distance of loss is above 0");
            }
        } else if (loss != null) {
            problems.add(loss.position(), "'loss' of radio: write e.g. { at: 100m, percent: 20 }");
        }
        return new Scenario.Radio(model, range, lossAtMetres, lossAt, fields.read("rate", 54_000_000L,
                Quantity::rateBps),
                fields.durationNs("delay", 1_000_000L));
    }

    private static Scenario.Radio.Model model(String text) {
        return switch (text) {
            case "range" -> Scenario.Radio.Model.RANGE;
            case "none" -> Scenario.Radio.Model.NONE;
            case "log-distance", "table" ->
                    throw new IllegalArgumentException("model '" + text
                            + "' is not there yet; use range or none");
            default -> throw new IllegalArgumentException("'" + text + "' is not a radio model"
                    + Suggest.didYouMean(text, List.of("range", "none")) + "; known: range, none");
        };
    }
}
