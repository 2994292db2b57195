package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A group of keys being read. Says at once which keys nobody knows, and reads values with one sentence
 * per mistake.
 */
final class Fields {
    private final YamlValue.Mapping mapping;
    private final Problems problems;
    private final String owner;

    /**
     * @param owner whose keys these are, e.g. {@code node 'plaza'}
     * @param known keys that may stand here
     * @param later keys that a later version reads, with the sentence that says so
     */
    Fields(YamlValue.Mapping mapping, Problems problems, String owner, List<String> known, Map<String,
            String> later) {
        this.mapping = mapping;
        this.problems = problems;
        this.owner = owner;
        for (YamlValue.Entry entry : mapping.entries()) {
            if (later.containsKey(entry.key())) {
                problems.add(entry.position(), "'" + entry.key() + "' of " + owner + " is not there yet: "
                        + later.get(entry.key()));
            } else if (!known.contains(entry.key())) {
                List<String> all = new ArrayList<>(known);
                all.addAll(later.keySet());
                problems.add(entry.position(), "unknown key '" + entry.key() + "' in " + owner
                        + orKnown(Suggest.didYouMean(entry.key(), all), known));
            }
        }
    }

    Fields(YamlValue.Mapping mapping, Problems problems, String owner, List<String> known) {
        this(mapping, problems, owner, known, Map.of());
    }

    private static String orKnown(String suggestion, List<String> known) {
        return suggestion.isEmpty() ? "; known here: " + String.join(", ", known) : suggestion;
    }

    Position position() {
        return mapping.position();
    }

    Position position(String key) {
        YamlValue value = mapping.get(key);
        return value == null ? mapping.position() : value.position();
    }

    boolean has(String key) {
        return mapping.get(key) != null;
    }

    YamlValue value(String key) {
        return mapping.get(key);
    }

    /** The text at a key, or the default when the key is not there or holds something else. */
    String text(String key, String otherwise) {
        return read(key, otherwise, Function.identity());
    }

    /** The text at a key that must be there; null (and a problem) when it is not. */
    String required(String key) {
        if (!has(key)) {
            problems.add(mapping.position(), "'" + key + "' is missing in " + owner);
            return null;
        }
        return text(key, null);
    }

    /** Reads a scalar; a refusal by the reader becomes a problem at the value. */
    <T> T read(String key, T otherwise, Function<String, T> reader) {
        YamlValue value = mapping.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof YamlValue.Scalar scalar) || scalar.text().isEmpty()) {
            problems.add(value.position(), "'" + key + "' of " + owner + " needs a value, not "
                    + value.describe());
            return otherwise;
        }
        try {
            return reader.apply(scalar.text());
        } catch (IllegalArgumentException wrong) {
            problems.add(scalar.position(), "'" + key + "' of " + owner + ": " + wrong.getMessage());
            return otherwise;
        }
    }

    long durationNs(String key, long otherwise) {
        return read(key, otherwise, Quantity::durationNs);
    }

    int integer(String key, int otherwise, int least, int most) {
        return read(key, otherwise, text -> {
            if (text.matches("\\d{1,9}") && Integer.parseInt(text) >= least
                    && Integer.parseInt(text) <= most) {
                return Integer.parseInt(text);
            }
            throw new IllegalArgumentException("'" + text + "' is not a number from " + least + " to "
                    + most);
        });
    }

    /** The group at a key; null when the key is not there or holds something else (then a problem). */
    YamlValue.Mapping mapping(String key) {
        YamlValue value = mapping.get(key);
        if (value == null || value instanceof YamlValue.Scalar scalar && scalar.text().isEmpty()) {
            return null;
        }
        if (value instanceof YamlValue.Mapping inner) {
            return inner;
        }
        problems.add(value.position(), "'" + key + "' of " + owner + " needs a group of keys, not "
                + value.describe());
        return null;
    }

    /** The list at a key; a single value counts as a list of one; empty when the key is not there. */
    List<YamlValue> list(String key) {
        return switch (mapping.get(key)) {
            case null -> List.of();
            case YamlValue.Sequence sequence -> sequence.items();
            case YamlValue.Scalar scalar when scalar.text().isEmpty() -> List.of();
            case YamlValue single -> List.of(single);
        };
    }

    /** Texts of a list; anything else in it is a problem. */
    List<YamlValue.Scalar> texts(String key) {
        List<YamlValue.Scalar> texts = new ArrayList<>();
        for (YamlValue item : list(key)) {
            if (item instanceof YamlValue.Scalar scalar && !scalar.text().isEmpty()) {
                texts.add(scalar);
            } else {
                problems.add(item.position(), "'" + key + "' of " + owner + " needs names, not "
                        + item.describe());
            }
        }
        return texts;
    }

    /** A point {@code [x, y]} in metres, or null. */
    double[] point(String key) {
        YamlValue value = mapping.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof YamlValue.Sequence(var items, var position) && items.size() == 2
                && items.get(0) instanceof YamlValue.Scalar x && items.get(1) instanceof YamlValue.Scalar y) {
            try {
                return new double[] {Quantity.metres(x.text()), Quantity.metres(y.text())};
            } catch (IllegalArgumentException wrong) {
                problems.add(position, "'" + key + "' of " + owner + ": " + wrong.getMessage());
                return null;
            }
        }
        problems.add(value.position(), "'" + key + "' of " + owner
                + " is a position in metres; write e.g. [90, 10]");
        return null;
    }
}
