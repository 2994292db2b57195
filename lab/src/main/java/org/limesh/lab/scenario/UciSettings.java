package org.limesh.lab.scenario;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code uci} of a cloud or a node: UCI options laid over the community's. */
final class UciSettings {
    private UciSettings() {}

    /** Values by {@code section.option}; empty when there is no {@code uci}. */
    static Map<String, List<String>> read(Fields owning, Problems problems, String owner) {
        Map<String, List<String>> settings = new LinkedHashMap<>();
        YamlValue.Mapping mapping = owning.mapping("uci");
        if (mapping == null) {
            return settings;
        }
        Fields fields = new Fields(mapping, problems, "uci of " + owner,
                mapping.entries().stream().map(YamlValue.Entry::key).toList());
        for (YamlValue.Entry entry : mapping.entries()) {
            if (!entry.key().matches("[A-Za-z0-9_]+\\.[A-Za-z0-9_]+")) {
                problems.add(entry.position(), "'" + entry.key()
                        + "' is not a UCI option; write SECTION.OPTION, e.g. "
                        + "network.main_ipv4_address");
                continue;
            }
            settings.put(entry.key(), fields.texts(entry.key()).stream().map(YamlValue.Scalar::text)
                    .toList());
        }
        return settings;
    }
}
