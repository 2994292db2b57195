package org.limesh.sharedstate;

import java.util.List;

/**
 * What a peer has, as far as it can be understood.
 *
 * @param refused entries that are none
 */
public record StateDocument(List<LeaseEntry> entries, int refused) {
    public StateDocument {
        entries = List.copyOf(entries);
    }
}
