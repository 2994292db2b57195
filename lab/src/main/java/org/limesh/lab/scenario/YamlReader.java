package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Text to {@link YamlValue}. Stops at nesting that no scenario needs, so a hostile file ends quickly. */
final class YamlReader {
    /** Deeper than any scenario; also ends a document that contains itself by an alias. */
    static final int DEPTH_LIMIT = 20;
    /** Values in all, aliases followed: 1,000 nodes with ten values each are 10,000. */
    static final int VALUE_LIMIT = 200_000;

    private final Problems problems;
    private int values;

    YamlReader(Problems problems) {
        this.problems = problems;
    }

    /** The document, or null when the text is not YAML (which is then among the problems). */
    YamlValue read(String text) {
        LoadSettings settings = LoadSettings.builder().setLabel("").setUseMarks(true).setAllowDuplicateKeys(true)
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                problems.add(new Position(1, 1), "the file is empty; a scenario needs at least 'topology'");
                return null;
            }
            return convert(root.get(), 0);
        } catch (MarkedYamlEngineException notYaml) {
            Position where = notYaml.getProblemMark().or(notYaml::getContextMark).map(YamlReader::position)
                    .orElse(new Position(1, 1));
            problems.add(where, "this is not YAML: " + notYaml.getProblem() + hint(notYaml.getProblem()));
        } catch (YamlEngineException notYaml) {
            problems.add(new Position(1, 1), "this is not YAML: " + notYaml.getMessage());
        }
        return null;
    }

    private static String hint(String problem) {
        return problem != null && problem.contains("\\t") ? "; indent with blanks, not with tabs" : "";
    }

    private static Position position(Mark mark) {
        return new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static Position position(Node node) {
        return node.getStartMark().map(YamlReader::position).orElse(new Position(1, 1));
    }

    private YamlValue convert(Node node, int depth) {
        Position position = position(node);
        values++;
        if (depth > DEPTH_LIMIT || values > VALUE_LIMIT) {
            if (depth > DEPTH_LIMIT || values == VALUE_LIMIT + 1) {
                problems.add(position, "this is nested or repeated too much; a scenario needs no such depth");
            }
            return new YamlValue.Scalar("", position);
        }
        return switch (node) {
            case ScalarNode scalar -> new YamlValue.Scalar(text(scalar), position);
            case SequenceNode sequence -> {
                List<YamlValue> items = new ArrayList<>();
                for (Node item : sequence.getValue()) {
                    items.add(convert(item, depth + 1));
                }
                yield new YamlValue.Sequence(items, position);
            }
            case MappingNode mapping -> mapping(mapping, position, depth);
            default -> new YamlValue.Scalar("", position);
        };
    }

    private static String text(ScalarNode scalar) {
        boolean plain = scalar.isPlain();
        String text = scalar.getValue();
        return plain && (text.equals("~") || text.equals("null")) ? "" : text;
    }

    private YamlValue mapping(MappingNode mapping, Position position, int depth) {
        Map<String, Position> seen = new LinkedHashMap<>();
        List<YamlValue.Entry> entries = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Position keyPosition = position(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(keyPosition, "a key must be a word");
                continue;
            }
            Position earlier = seen.putIfAbsent(key.getValue(), keyPosition);
            if (earlier != null) {
                problems.add(keyPosition, "'" + key.getValue()
                        + "' is here a second time; the first is in line "
                        + earlier.line());
                continue;
            }
            entries.add(new YamlValue.Entry(key.getValue(), keyPosition, convert(tuple.getValueNode(), depth
                    + 1)));
        }
        return new YamlValue.Mapping(entries, position);
    }
}
