package org.limesh.lime;

import java.util.List;

/**
 * A configuration file as read.
 *
 * @param name        of the source
 * @param sections    in the order of their first appearance
 * @param diagnostics every problem of the file; with an error among them the sections are incomplete
 */
public record UciFile(String name, List<UciSection> sections, List<Diagnostic> diagnostics) {
    public UciFile {
        sections = List.copyOf(sections);
        diagnostics = List.copyOf(diagnostics);
    }
}
