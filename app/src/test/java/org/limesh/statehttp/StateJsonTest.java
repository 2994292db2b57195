package org.limesh.statehttp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.LeaseState;
import org.limesh.sharedstate.StateDocument;

/** Maps in the form that the genuine program gives them: members in any order, blanks, whole numbers as it likes. */
class StateJsonTest {
    private static final String GENUINE = """
            { "10.13.7.21": { "data": { "mac": "52:54:00:aa:bb:01", "hostname": "phone1" }, "bleachTTL": 29, \
            "author": "LiMe-123456" }, "10.13.52.86": { "author": "LiMe-123456", "bleachTTL": 30, \
            "data": { "hostname": "LiMe-123456", "mac": "02:CA:FE:12:34:56" } }, \
            "10.13.7.22": { "bleachTTL": 12, "author": "LiMe-654321" }, \
            "10.13.7.23": { "data": { "mac": "52:54:00:aa:bb:03", "hostname": "*" }, "bleachTTL": 3, "author": "a.b_c-d" } }
            """;

    private static Decoded<StateDocument> parse(String text) {
        return StateJson.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static StateDocument valid(String text) {
        Decoded<StateDocument> parsed = parse(text);
        assertThat(parsed).as(text).isInstanceOf(Decoded.Valid.class);
        return ((Decoded.Valid<StateDocument>) parsed).message();
    }

    private static String fault(String text) {
        Decoded<StateDocument> parsed = parse(text);
        assertThat(parsed).as(text).isInstanceOf(Decoded.Malformed.class);
        return ((Decoded.Malformed<StateDocument>) parsed).fault();
    }

    private static LeaseEntry entry(String address, int ttl, String author, String mac, String hostname) {
        return new LeaseEntry(Ip4Address.parse(address), ttl, author, mac == null ? null : MacAddress.parse(mac), hostname);
    }

    @Test
    void readsWhatGenuineNodesWrite() {
        StateDocument document = valid(GENUINE);
        assertThat(document.refused()).isZero();
        assertThat(document.entries()).containsExactly(
                entry("10.13.7.21", 29, "LiMe-123456", "52:54:00:aa:bb:01", "phone1"),
                entry("10.13.52.86", 30, "LiMe-123456", "02:ca:fe:12:34:56", "LiMe-123456"),
                entry("10.13.7.22", 12, "LiMe-654321", null, ""),
                entry("10.13.7.23", 3, "a.b_c-d", "52:54:00:aa:bb:03", "*"));
    }

    @Test
    void writesWhatItReads() {
        List<LeaseEntry> entries = valid(GENUINE).entries();
        String text = new String(StateJson.emit(entries), StandardCharsets.UTF_8);
        assertThat(valid(text).entries()).isEqualTo(entries);
        assertThat(text).startsWith("{\"10.13.7.21\":{\"bleachTTL\":29,\"author\":\"LiMe-123456\","
                + "\"data\":{\"hostname\":\"phone1\",\"mac\":\"52:54:00:aa:bb:01\"}}")
                .contains("\"10.13.7.22\":{\"bleachTTL\":12,\"author\":\"LiMe-654321\"}");
        assertThat(new String(StateJson.emit(List.of()), StandardCharsets.UTF_8)).isEqualTo("{}");
    }

    @Test
    void anEmptyMapMayBeAnEmptyArray() {
        assertThat(valid("[ ]\n").entries()).isEmpty();
        assertThat(valid("{ }").entries()).isEmpty();
        assertThat(fault("[1]")).isEqualTo("not_a_map");
    }

    @Test
    void leavesOutAndCountsWhatIsNoEntryAndTakesTheRest() {
        String good = "\"10.13.7.21\":{\"bleachTTL\":30.0,\"author\":\"n\",\"data\":{\"mac\":\"52:54:00:aa:bb:01\","
                + "\"hostname\":\"x\",\"more\":{\"a\":[1,2]}},\"more\":[[]]}";
        String data = ",\"data\":{\"mac\":\"52:54:00:aa:bb:01\",\"hostname\":\"x\"}}";
        for (String bad : List.of(
                "\"[fd0d::2]\":{\"bleachTTL\":30,\"author\":\"n\"" + data,
                "\"10.13.7\":{\"bleachTTL\":30,\"author\":\"n\"" + data,
                "\"10.13.7.1\":{\"bleachTTL\":\"30\",\"author\":\"n\"" + data,
                "\"10.13.7.1\":{\"bleachTTL\":-1,\"author\":\"n\",\"data\":true}",
                "\"10.13.7.1\":{\"bleachTTL\":29.5,\"author\":\"n\"" + data,
                "\"10.13.7.1\":{\"author\":\"n\"" + data,
                "\"10.13.7.1\":{\"bleachTTL\":30" + data,
                "\"10.13.7.1\":{\"bleachTTL\":30,\"author\":\"a\\nb\"" + data,
                "\"10.13.7.1\":{\"bleachTTL\":30,\"author\":\"" + "n".repeat(64) + "\"" + data,
                "\"10.13.7.1\":{\"bleachTTL\":30,\"author\":\"n\",\"data\":{\"mac\":\"no\",\"hostname\":\"x\"}}",
                "\"10.13.7.1\":{\"bleachTTL\":30,\"author\":\"n\",\"data\":{\"mac\":\"01:00:5e:00:00:01\"}}",
                "\"10.13.7.1\":{\"bleachTTL\":30,\"author\":\"n\",\"data\":[1]}",
                "\"10.13.7.1\":17", "\"10.13.7.1\":[{}]")) {
            StateDocument document = valid("{" + bad + "," + good + "}");
            assertThat(document.refused()).as(bad).isEqualTo(1);
            assertThat(document.entries()).as(bad).containsExactly(
                    entry("10.13.7.21", 30, "n", "52:54:00:aa:bb:01", "x"));
        }
    }

    @Test
    void aStrangeNameCostsTheNameAndNotTheLease() {
        for (String name : List.of("Ana's phone", "\\u0000", "<script>", "x".repeat(64))) {
            assertThat(valid("{\"10.13.7.21\":{\"bleachTTL\":30,\"author\":\"n\",\"data\":{\"mac\":\"52:54:00:aa:bb:01\","
                    + "\"hostname\":\"" + name + "\"}}}").entries()).extracting(LeaseEntry::hostname).containsExactly("");
        }
    }

    @Test
    void anEntryThatLivesLongerThanNumbersGoIsStillOne() {
        assertThat(valid("{\"10.13.7.21\":{\"bleachTTL\":1e99,\"author\":\"n\"}}").entries())
                .extracting(LeaseEntry::bleachTtl).containsExactly(Integer.MAX_VALUE);
    }

    @Test
    void takesNothingFromATextThatIsCut() {
        byte[] whole = GENUINE.strip().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length++) {
            assertThat(StateJson.parse(Arrays.copyOf(whole, length))).as("first " + length + " octets")
                    .isInstanceOf(Decoded.Malformed.class);
        }
    }

    @Test
    void refusesWhatIsNoMapTooDeepTooLongOrTooMuch() {
        assertThat(fault("\"10.13.7.21\"")).isEqualTo("not_a_map");
        assertThat(fault("{}{}")).isEqualTo("not_a_map");
        assertThat(fault("<html>")).isEqualTo("not_json");
        assertThat(fault("{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}")).isEqualTo("not_json");
        assertThat(fault("{\"a\":" + "9".repeat(1000) + "}")).isEqualTo("not_json");
        assertThat(fault("{\"" + "a".repeat(100_000) + "\":1}")).isEqualTo("not_json");
        assertThat(fault(" ".repeat(LeaseState.MAX_MESSAGE_OCTETS + 1))).isEqualTo("too_long");
        assertThat(fault(IntStream.rangeClosed(0, LeaseState.MAX_ENTRIES).mapToObj(i -> "\"" + i + "\":0")
                .collect(Collectors.joining(",", "{", "}")))).isEqualTo("too_many");
    }

    @Test
    void aFullMapWithLongNamesFitsOneMessage() {
        String name = "n".repeat(LeaseEntry.MAX_NAME_CHARS);
        List<LeaseEntry> full = IntStream.range(0, LeaseState.MAX_ENTRIES).mapToObj(i -> new LeaseEntry(
                new Ip4Address(0x0a0d_c800 + i), 30, name, MacAddress.parse("52:54:00:aa:bb:01"), name)).toList();
        byte[] octets = StateJson.emit(full);
        assertThat(octets.length).isLessThan(LeaseState.MAX_MESSAGE_OCTETS);
        assertThat(valid(new String(octets, StandardCharsets.UTF_8)).entries()).isEqualTo(full);
    }
}
