package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lays {@code --set key.key=value} over a document before it is judged. */
final class YamlOverlay {
    private YamlOverlay() {}

    static YamlValue.Mapping apply(YamlValue.Mapping root, Map<String, String> settings, Problems problems) {
        YamlValue.Mapping result = root;
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            YamlValue value = new YamlReader(problems).read(setting.getValue());
            if (value != null) {
                result = put(result, List.of(setting.getKey().split("\\.")), value);
            }
        }
        return result;
    }

    private static YamlValue.Mapping put(YamlValue.Mapping mapping, List<String> path, YamlValue value) {
        String key = path.getFirst();
        YamlValue old = mapping.get(key);
        Position position = old == null ? mapping.position() : old.position();
        YamlValue replacement = path.size() == 1 ? at(value, position)
                : put(old instanceof YamlValue.Mapping inner ? inner : new YamlValue.Mapping(List.of(),
                position),
                        path.subList(1, path.size()), value);
        List<YamlValue.Entry> entries = new ArrayList<>();
        boolean replaced = false;
        for (YamlValue.Entry entry : mapping.entries()) {
            boolean here = entry.key().equals(key);
            entries.add(here ? new YamlValue.Entry(key, entry.position(), replacement) : entry);
            replaced |= here;
        }
        if (!replaced) {
            entries.add(new YamlValue.Entry(key, position, replacement));
        }
        return new YamlValue.Mapping(entries, mapping.position());
    }

    /** A value given on the command line is said to stand where the file's value stands. */
    private static YamlValue at(YamlValue value, Position position) {
        return value instanceof YamlValue.Scalar(var text, var unused) ? new YamlValue.Scalar(text, position)
                : value;
    }
}
