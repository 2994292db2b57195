package org.limesh.alfred;

import java.util.List;
import org.limesh.base.MacAddress;

/** State at one instant, for people and programs. */
public record AlfredSnapshot(boolean primary, List<Server> servers, List<Record> records) {
    public AlfredSnapshot {
        servers = List.copyOf(servers);
        records = List.copyOf(records);
    }

    /** A known primary. @param best true for the one that this secondary uses */
    public record Server(MacAddress mac, int tq, long lastSeenAgoMs, boolean best) {}

    /** @param origin {@code local}, {@code first-hand} or {@code synced} */
    public record Record(MacAddress source, int type, int version, int lengthOctets, String origin, long lastSeenAgoMs) {}
}
