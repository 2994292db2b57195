package org.limesh.lab.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvSnapshot;

/**
 * Every table that the genuine tool printed in {@code src/test/resources/batctl} (batctl 2022.3 on Linux) is read
 * into a snapshot and printed again: the text must be the same, octet by octet.
 */
class BatctlTextTest {
    private static final String MAC = "([0-9a-f:]{17})";
    private static final Pattern HEAD = Pattern.compile("\\[B\\.A\\.T\\.M\\.A\\.N\\. adv (\\S+), MainIF/MAC: (\\S+)/"
            + MAC + " \\(bat0/" + MAC + " (\\S+)\\)(?:, TTVN: (\\d+))?]");
    private static final Pattern NEIGHBOUR = Pattern.compile("\\s*(\\S+)\\t\\s*" + MAC + "\\s+(\\d+)\\.(\\d+)s");
    private static final Pattern ORIGINATOR = Pattern.compile(" ([* ]) " + MAC
            + "\\s+(\\d+)\\.(\\d+)s\\s+\\(\\s*(\\d+)\\) " + MAC + " \\[\\s*(\\S+)]");
    private static final Pattern LOCAL = Pattern.compile(MAC + "\\s+(-?\\d+) \\[(......)]\\s+(\\d+)\\.(\\d+)"
            + "\\s+\\(0x([0-9a-f]{8})\\)");
    private static final Pattern GLOBAL = Pattern.compile(" ([* ]) " + MAC + "\\s+(-?\\d+) \\[(....)] \\(\\s*(\\d+)\\) "
            + MAC + " \\(\\s*(\\d+)\\) \\(0x([0-9a-f]{8})\\)");

    /** A table as printed: which one, and its lines with both header lines. */
    private record Printed(String table, List<String> lines) {
        String text() {
            return String.join("\n", lines) + "\n";
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"line.txt", "isolation.txt", "lan.txt", "vlan.txt", "lossy.txt"})
    void printsWhatTheGenuineToolPrinted(String file) throws IOException {
        List<Printed> tables = tables(file);
        assertThat(tables).hasSizeGreaterThan(3);
        for (Printed printed : tables) {
            MatchResult head = match(HEAD, printed.lines().getFirst());
            BatctlText text = new BatctlText(head.group(1), true, MacAddress::toString);
            assertThat(print(text, printed, head)).as(printed.table() + " in " + file).isEqualTo(printed.text());
        }
    }

    private static String print(BatctlText text, Printed printed, MatchResult head) {
        List<BatadvSnapshot.Neighbour> neighbours = new ArrayList<>();
        List<BatadvSnapshot.Originator> originators = new ArrayList<>();
        List<BatadvSnapshot.LocalClient> local = new ArrayList<>();
        List<BatadvSnapshot.GlobalClient> global = new ArrayList<>();
        for (String line : printed.lines().subList(2, printed.lines().size())) {
            switch (printed.table()) {
                case "n" -> neighbours.add(neighbour(match(NEIGHBOUR, line)));
                case "o" -> originators.add(originator(match(ORIGINATOR, line)));
                case "tl" -> local.add(local(match(LOCAL, line)));
                default -> global.add(global(match(GLOBAL, line)));
            }
        }
        BatadvSnapshot state = new BatadvSnapshot(MacAddress.parse(head.group(4)), head.group(5), 1000,
                head.group(6) == null ? 0 : Integer.parseInt(head.group(6)),
                List.of(new BatadvSnapshot.Hardif(0, head.group(2), MacAddress.parse(head.group(3)), true, true)),
                neighbours, originators, local, global);
        return switch (printed.table()) {
            case "n" -> text.neighbours(state);
            case "o" -> text.originators(state, Long.MAX_VALUE);
            case "tl" -> text.translationLocal(state, BatctlText.Casts.ALL);
            default -> text.translationGlobal(state, BatctlText.Casts.ALL);
        };
    }

    private static BatadvSnapshot.Neighbour neighbour(MatchResult row) {
        return new BatadvSnapshot.Neighbour(row.group(1), MacAddress.parse(row.group(2)), ms(row, 3));
    }

    private static BatadvSnapshot.Originator originator(MatchResult row) {
        return new BatadvSnapshot.Originator(MacAddress.parse(row.group(2)), MacAddress.parse(row.group(6)),
                row.group(7), Integer.parseInt(row.group(5)), ms(row, 3), row.group(1).equals("*"));
    }

    private static BatadvSnapshot.LocalClient local(MatchResult row) {
        return new BatadvSnapshot.LocalClient(MacAddress.parse(row.group(1)), wireVid(row.group(2)),
                flags(row.group(3), 1 << 1, 1 << 8, 1 << 9, 1 << 10, 1 << 4, 1 << 5), ms(row, 4),
                Integer.parseUnsignedInt(row.group(6), 16));
    }

    private static BatadvSnapshot.GlobalClient global(MatchResult row) {
        return new BatadvSnapshot.GlobalClient(MacAddress.parse(row.group(2)), wireVid(row.group(3)),
                flags(row.group(4), 1 << 1, 1 << 4, 1 << 5, 1 << 11), MacAddress.parse(row.group(6)),
                Integer.parseInt(row.group(7)), Integer.parseInt(row.group(5)),
                Integer.parseUnsignedInt(row.group(8), 16), row.group(1).equals("*"));
    }

    private static long ms(MatchResult row, int group) {
        return Long.parseLong(row.group(group)) * 1000 + Long.parseLong(row.group(group + 1));
    }

    private static int wireVid(String text) {
        int vid = Integer.parseInt(text);
        return vid < 0 ? 0 : 0x8000 | vid;
    }

    private static int flags(String letters, int... bits) {
        int flags = 0;
        for (int at = 0; at < bits.length; at++) {
            flags |= letters.charAt(at) == '.' ? 0 : bits[at];
        }
        return flags;
    }

    private static MatchResult match(Pattern pattern, String line) {
        var matcher = pattern.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        return matcher.toMatchResult();
    }

    /** The tables in a transcript; each begins after a line "--- node N: batctl TABLE" and ends at the next rule. */
    private static List<Printed> tables(String file) throws IOException {
        List<Printed> tables = new ArrayList<>();
        Printed current = null;
        for (String line : read(file).split("\n")) {
            var begin = Pattern.compile("--- node \\d+: batctl (n|o|tl|tg)").matcher(line);
            if (begin.matches()) {
                current = new Printed(begin.group(1), new ArrayList<>());
                tables.add(current);
            } else if (!line.startsWith("[B.A.T") && !line.startsWith(" ") && !line.startsWith("0")
                    && !line.startsWith("3") && !line.startsWith("IF ") && !line.startsWith("Client ")
                    || line.startsWith("       Originator Flags")) {
                current = null;
            } else if (current != null) {
                current.lines().add(line);
            }
        }
        return tables;
    }

    private static String read(String file) throws IOException {
        try (InputStream in = BatctlTextTest.class.getResourceAsStream("/batctl/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void leavesBothHeaderLinesOutAndPutsNamesInPlaceOfAddresses() {
        BatadvSnapshot state = SmallWorld.line().node("plaza").orElseThrow().batadv();
        String text = new BatctlText("x", false, mac -> "cuesta").originators(state, Long.MAX_VALUE);
        assertThat(text.lines().findFirst().orElseThrow())
                .isEqualTo(" *            cuesta    0.228s   (255)            cuesta [wlan0-mesh_29]");
    }

    @Test
    void leavesOldOriginatorsOutAndSortsCastsApart() {
        BatadvSnapshot state = SmallWorld.line().node("plaza").orElseThrow().batadv();
        BatctlText text = new BatctlText("x", false, MacAddress::toString);
        assertThat(text.originators(state, 100)).isEmpty();
        assertThat(text.translationGlobal(state, BatctlText.Casts.MULTICAST)).isEmpty();
        assertThat(text.translationGlobal(state, BatctlText.Casts.UNICAST)).hasLineCount(1);
    }

    @Test
    void jsonHasTheGenuineKeysAndLeavesUnsetFlagsOut() {
        BatadvSnapshot state = SmallWorld.line().node("plaza").orElseThrow().batadv();
        assertThat(Json.text(BatctlJson.originators(state).get(0))).isEqualTo("{\"hard_ifindex\":1,"
                + "\"hard_ifname\":\"wlan0-mesh_29\",\"orig_address\":\"02:29:00:00:00:02\",\"best\":true,"
                + "\"last_seen_msecs\":228,\"neigh_address\":\"02:29:00:00:00:02\",\"tq\":255}");
        assertThat(Json.text(BatctlJson.neighbours(state))).isEqualTo("[{\"hard_ifindex\":1,"
                + "\"hard_ifname\":\"wlan0-mesh_29\",\"last_seen_msecs\":288,"
                + "\"neigh_address\":\"02:29:00:00:00:02\"}]");
        assertThat(Json.text(BatctlJson.translationGlobal(state).get(0))).contains("\"tt_address\":\"02:11:22:33:44:02\"",
                "\"tt_ttvn\":14", "\"tt_last_ttvn\":14", "\"tt_vid\":-1", "\"raw\":0");
        assertThat(Json.text(BatctlJson.translationLocal(state).get(0))).doesNotContain("best");
    }
}
