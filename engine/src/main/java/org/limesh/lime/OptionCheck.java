package org.limesh.lime;

import java.util.List;

/** Says of every option of a file whether it is used here, understood and left to others, or unknown. */
final class OptionCheck {
    private OptionCheck() {}

    static List<Diagnostic> of(UciFile file) {
        return List.of();
    }

    static boolean isList(String type, String section, String option) {
        return List.of("protocols", "resolvers", "modes").contains(option);
    }
}
