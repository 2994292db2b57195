package org.limesh.interop.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Invariant;
import org.limesh.sharedstate.LeaseEntry;
import org.limesh.sharedstate.LeaseState;
import org.limesh.sharedstate.StateDocument;
import org.limesh.statehttp.StateJson;

/** Maps of {@code shared-state} that come over HTTP. */
class SharedStateFuzzTest {
    static Stream<byte[]> maps() {
        return Stream.of("""
                { "10.13.7.21": { "data": { "mac": "52:54:00:aa:bb:01", "hostname": "phone1" }, "bleachTTL": 29, \
                "author": "LiMe-123456" }, "10.13.7.22": { "bleachTTL": 12, "author": "LiMe-654321" }, \
                "10.13.7.23": { "data": { "mac": "52:54:00:aa:bb:03", "hostname": "*" }, "bleachTTL": 3.0, "author": "a" } }
                """, "[ ]", "{\"10.0.0.1\":{\"bleachTTL\":1e9,\"author\":\"n\",\"data\":null,\"x\":[{}]},\"a\":0}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("maps")
    @FuzzTest(maxDuration = "20s")
    void sharedStateMap(byte[] input) {
        Bounds.PER_DNS_ANSWER.check(input, () -> {
            if (StateJson.parse(input) instanceof Decoded.Valid<StateDocument>(StateDocument document)) {
                Invariant.check(document.entries().size() + document.refused() <= LeaseState.MAX_ENTRIES,
                        "a map is bounded");
                LeaseState state = new LeaseState("here", new Counters());
                state.merge(document.entries());
                byte[] ours = StateJson.emit(state.entries());
                Invariant.check(StateJson.parse(ours) instanceof Decoded.Valid<StateDocument>(StateDocument again)
                        && again.entries().equals(state.entries()) && again.refused() == 0, "what is written can be read");
                state.bleach();
                Invariant.check(state.entries().stream().mapToInt(LeaseEntry::bleachTtl)
                        .allMatch(ttl -> ttl > 0 && ttl < LeaseState.MAX_TTL), "an entry gets older");
            }
        });
    }
}
