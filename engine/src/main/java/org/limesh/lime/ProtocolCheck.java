package org.limesh.lime;

import java.util.List;

/** Says what happens here with a protocol of the list. */
final class ProtocolCheck {
    private ProtocolCheck() {}

    static List<Diagnostic> of(ProtocolEntry entry) {
        return List.of();
    }
}
