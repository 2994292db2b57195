package org.limesh.lab.scenario;

import java.util.List;

/** A YAML document with positions. Scalars are text: what they mean is decided by the key they stand at. */
sealed interface YamlValue {
    Position position();

    /** @param text as written, quotes removed; empty for a missing value */
    record Scalar(String text, Position position) implements YamlValue {}

    record Sequence(List<YamlValue> items, Position position) implements YamlValue {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    record Mapping(List<Entry> entries, Position position) implements YamlValue {
        public Mapping {
            entries = List.copyOf(entries);
        }

        /** The value of a key, or null. */
        YamlValue get(String key) {
            for (Entry entry : entries) {
                if (entry.key().equals(key)) {
                    return entry.value();
                }
            }
            return null;
        }
    }

    record Entry(String key, Position position, YamlValue value) {}

    /** For error messages: {@code a list}, {@code a group of keys}, {@code 'text'}. */
    default String describe() {
        return switch (this) {
            case Scalar scalar -> scalar.text().isEmpty() ? "nothing" : "'" + scalar.text() + "'";
            case Sequence sequence -> "a list";
            case Mapping mapping -> "a group of keys";
        };
    }
}
