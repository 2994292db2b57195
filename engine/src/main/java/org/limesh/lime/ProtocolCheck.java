package org.limesh.lime;

import java.util.List;

/** Says what happens here with a protocol of the list. Silent about LibreMesh's own list. */
final class ProtocolCheck {
    private static final List<String> KNOWN = List.of("batadv", "lan", "anygw", "bmx7", "bmx6", "babeld",
            "olsr",
            "olsr6", "olsr2", "bgp", "wan", "static", "ieee80211s", "adhoc", "apbb", "apup", "client",
            "manual");

    private ProtocolCheck() {}

    /** The problem, or null. */
    static Diagnostic of(ProtocolEntry entry) {
        Origin at = entry.value().origin();
        String proto = entry.proto();
        if (at.file().equals(LimeDefaults.NAME)) {
            return null;
        }
        return switch (proto) {
            case "batadv" -> vlan(entry, "batadv:%N1");
            case "bmx6" -> Diagnostic.warning(at,
                    "protocol 'bmx6' is not spoken here; bmx7 on VLAN 18 is used instead.",
                    "Nodes that speak only bmx6 will not be reached. "
                            + "Say 'list protocols bmx7:18' to silence this.");
            case "babeld", "olsr", "olsr6", "olsr2" -> Diagnostic.warning(at,
                    "protocol '" + proto + "' is not spoken here; the entry is skipped.",
                    "Nodes that are linked only by " + proto + " will not be reached. "
                            + "Remove the entry to silence this.");
            case "bgp" -> Diagnostic.warning(at, "protocol 'bgp' is not spoken here; the entry is skipped.",
                    "Run a BGP daemon of the system, or remove the entry to silence this.");
            case "bmx7" -> vlan(entry, "bmx7:18");
            case "ieee80211s", "adhoc", "apbb", "apup", "client" -> Diagnostic.note(at, "protocol '" + proto
                    + "': radios are set up by the system here; "
                    + "a radio carries the mesh when it is named with --dev");
            case "static" -> Diagnostic.note(at, "protocol 'static': used on the uplink; addresses of other "
                    + "devices are set up by the system here");
            case "lan", "anygw", "manual", "wan" -> null;
            default -> unknown(proto, at);
        };
    }

    private static Diagnostic unknown(String proto, Origin at) {
        String close = Words.closest(proto, KNOWN);
        return Diagnostic.warning(at, "unknown protocol '" + Words.shorten(proto) + "'"
                + (close == null ? "" : " (did you mean '" + close + "'?)") + "; the entry is skipped", null);
    }

    /** @param example an entry that is right */
    private static Diagnostic vlan(ProtocolEntry entry, String example) {
        Origin at = entry.value().origin();
        // Any cloud will do: whether the text is an id does not depend on it.
        if (entry.vlanId(Cloud.of("")).isEmpty()) {
            return Diagnostic.error(at, "'" + Words.shorten(entry.value().text()) + "': '"
                    + Words.shorten(entry.vlan())
                    + "' is not a VLAN id", "write '" + example + "', a number from 1 to 4094, or 0 for no VLAN");
        }
        if (!entry.knownVlanType()) {
            return Diagnostic.error(at, "'" + Words.shorten(entry.value().text()) + "': '"
                    + Words.shorten(entry.vlanType()) + "' is not a kind of VLAN", "write 8021ad or 8021q");
        }
        return null;
    }
}
