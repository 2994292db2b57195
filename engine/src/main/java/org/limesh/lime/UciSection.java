package org.limesh.lime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A section.
 *
 * @param type    e.g. {@code lime}
 * @param name    e.g. {@code wifi}; null for an anonymous section
 * @param origin  the {@code config} line that opened it first
 * @param options in the order of their first appearance
 */
public record UciSection(String type, String name, Origin origin, Map<String, UciOption> options) {
    public UciSection {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }
}
