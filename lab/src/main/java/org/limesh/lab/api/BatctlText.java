package org.limesh.lab.api;

import java.util.Locale;
import java.util.function.Function;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;

/**
 * Tables in the text form of {@code batctl}: others parse them, so columns, widths, units and header
 * lines are those of the genuine tool, octet by octet.
 *
 * @param version what stands after "B.A.T.M.A.N. adv"
 * @param header  false leaves out both header lines, as {@code -H} does
 * @param names   gives the text for an address; {@code MacAddress::toString} for {@code -n}
 */
record BatctlText(String version, boolean header, Function<MacAddress, String> names) {
    static final int ROAM = 1 << 1;
    static final int WIFI = 1 << 4;
    static final int ISOLATED = 1 << 5;
    static final int NO_PURGE = 1 << 8;
    static final int NEW = 1 << 9;
    static final int PENDING = 1 << 10;
    static final int TEMPORARY = 1 << 11;

    /** Which clients are wanted, as {@code -u} and {@code -m} say. */
    enum Casts {
        ALL,
        UNICAST,
        MULTICAST;

        boolean accepts(MacAddress mac) {
            return this == ALL || mac.isMulticast() == (this == MULTICAST);
        }
    }

    String neighbours(BatadvSnapshot state) {
        StringBuilder text = head(state, "", "IF             Neighbor              last-seen");
        for (BatadvSnapshot.Neighbour row : state.neighbours()) {
            line(text, "   %10s\t  %17s %4d.%03ds", row.hardif(), names.apply(row.mac()),
                    row.lastSeenAgoMs() / 1000, row.lastSeenAgoMs() % 1000);
        }
        return text.toString();
    }

    /** @param timeoutMs leaves out originators heard longer ago; {@link Long#MAX_VALUE} for all */
    String originators(BatadvSnapshot state, long timeoutMs) {
        StringBuilder text = head(state, "",
                "   Originator        last-seen (#/255) Nexthop           [outgoingIF]");
        for (BatadvSnapshot.Originator row : state.originators()) {
            if (row.lastSeenAgoMs() <= timeoutMs) {
                line(text, " %c %17s %4d.%03ds   (%3d) %17s [%10s]", row.best() ? '*' : ' ',
                        names.apply(row.mac()), row.lastSeenAgoMs() / 1000, row.lastSeenAgoMs() % 1000,
                        row.tq(), names.apply(row.nextHop()), row.hardif());
            }
        }
        return text.toString();
    }

    String translationLocal(BatadvSnapshot state, Casts casts) {
        StringBuilder text = head(state, ", TTVN: " + state.ttvn(),
                "Client             VID Flags    Last seen (CRC       )");
        for (BatadvSnapshot.LocalClient row : state.localClients()) {
            if (casts.accepts(row.mac())) {
                long agoMs = (row.flags() & NO_PURGE) != 0 ? 0 : row.lastSeenAgoMs();
                line(text, "%17s %4d [%c%c%c%c%c%c] %3d.%03d   (0x%08x)", names.apply(row.mac()),
                        vid(row.vid()),
                        flag(row.flags(), ROAM, 'R'), flag(row.flags(), NO_PURGE, 'P'),
                        flag(row.flags(), NEW, 'N'), flag(row.flags(), PENDING, 'X'),
                        flag(row.flags(), WIFI, 'W'), flag(row.flags(), ISOLATED, 'I'),
                        agoMs / 1000, agoMs % 1000, row.crc());
            }
        }
        return text.toString();
    }

    String translationGlobal(BatadvSnapshot state, Casts casts) {
        StringBuilder text = head(state, "",
                "   Client             VID Flags Last ttvn     Via        ttvn  (CRC       )");
        for (BatadvSnapshot.GlobalClient row : state.globalClients()) {
            if (casts.accepts(row.mac())) {
                line(text, " %c %17s %4d [%c%c%c%c] (%3d) %17s (%3d) (0x%08x)", row.best() ? '*' : ' ',
                        names.apply(row.mac()), vid(row.vid()), flag(row.flags(), ROAM, 'R'),
                        flag(row.flags(), WIFI, 'W'), flag(row.flags(), ISOLATED, 'I'),
                        flag(row.flags(), TEMPORARY, 'T'), row.lastTtvn(), names.apply(row.originator()),
                        row.ttvn(), row.crc());
            }
        }
        return text.toString();
    }

    /** -1 without a VLAN; on the wire the top bit says that there is one. */
    static int vid(int wireVid) {
        return (wireVid & 0x8000) == 0 ? -1 : wireVid & 0xfff;
    }

    private StringBuilder head(BatadvSnapshot state, String extra, String columns) {
        StringBuilder text = new StringBuilder();
        if (header) {
            BatadvSnapshot.Hardif primary = state.hardifs().stream()
                    .filter(BatadvSnapshot.Hardif::primary).findFirst().orElse(null);
            line(text, "[B.A.T.M.A.N. adv %s, MainIF/MAC: %s/%s (bat0/%s %s)%s]", version,
                    primary == null ? "-" : primary.name(), primary == null ? "-" : primary.mac(),
                    state.meshMac(), state.algorithm(), extra);
            text.append(columns).append('\n');
        }
        return text;
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static char flag(int flags, int bit, char letter) {
        return (flags & bit) != 0 ? letter : '.';
    }
}
