package org.limesh.sharedstate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;
import org.limesh.base.Decoded;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;
import org.limesh.sharedstate.SharedStateEngine.Kinship;

class SharedStateEngineTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MS = 1_000_000L;
    private static final Ip4Address OURS = Ip4Address.parse("10.13.0.9");
    private static final Ip4Address PHONE = Ip4Address.parse("10.13.7.21");
    private static final MacAddress MAC = MacAddress.parse("52:54:00:aa:bb:01");

    private final Counters counters = new Counters();
    private final Map<Ip6Address, Kinship> kinships = new LinkedHashMap<>();
    private final List<Ip6Address> present = new ArrayList<>();
    private final List<StateExchange> exchanges = new ArrayList<>();
    private final List<LeaseEntry> learned = new ArrayList<>();
    private final List<String> rounds = new ArrayList<>();
    private final List<Long> pings = new ArrayList<>();
    private long answerNs = 5 * MS;
    private long nowNs = 1000 * SECOND;
    private SharedStateEngine engine = make(List.of());

    private SharedStateEngine make(List<String> candidates) {
        return new SharedStateEngine("here", candidates, counters, new Rng(3), new Script(), nowNs);
    }

    private final class Script implements SharedStateEngine.Outbox {
        @Override
        public void ping() {
            pings.add(nowNs);
        }

        @Override
        public Kinship kinship(Ip6Address neighbour) {
            return kinships.getOrDefault(neighbour, Kinship.NOBODY);
        }

        @Override
        public void exchange(StateExchange exchange) {
            exchanges.add(exchange);
        }

        @Override
        public void learned(List<LeaseEntry> entries, String teller) {
            learned.addAll(entries);
        }

        @Override
        public void exchanged(int asked, int answered) {
            rounds.add(answered + " of " + asked);
        }
    }

    private static Ip6Address peer(int number) {
        return Ip6Address.linkLocalOf(new MacAddress(0x02ca_fe00_0000L + number));
    }

    private Ip6Address present(int number, Kinship kinship) {
        kinships.put(peer(number), kinship);
        present.add(peer(number));
        return peer(number);
    }

    /** Time goes on; whoever is present answers pings. */
    private boolean await(long limitNs, BooleanSupplier condition) {
        long endNs = nowNs + limitNs;
        int seen = pings.size();
        while (!condition.getAsBoolean()) {
            if (engine.nextDeadlineNs() > endNs) {
                nowNs = endNs;
                return condition.getAsBoolean();
            }
            nowNs = Math.max(nowNs, engine.nextDeadlineNs());
            engine.onTimer(nowNs);
            if (pings.size() > seen) {
                seen = pings.size();
                nowNs += answerNs;
                present.forEach(neighbour -> engine.onNeighbour(neighbour, nowNs));
            }
        }
        return true;
    }

    private static Decoded<StateDocument> told(int ttl) {
        return new Decoded.Valid<>(new StateDocument(List.of(new LeaseEntry(PHONE, ttl, "there", MAC, "phone1")), 0));
    }

    private static List<OwnLease> own(Ip4Address... addresses) {
        return List.of(addresses).stream().map(address -> new OwnLease(address, MAC, "x")).toList();
    }

    @Test
    void asksItsNeighboursWithinTenSecondsAndThenEveryFiveMinutes() {
        Ip6Address neighbour = present(1, Kinship.NEIGHBOUR);
        engine.setOwn(own(OURS), address -> false, nowNs);
        long startNs = nowNs;
        assertThat(await(12 * SECOND, () -> exchanges.size() == 1)).isTrue();
        assertThat(exchanges.getFirst().neighbours()).containsExactly(neighbour);
        assertThat(exchanges.getFirst().entries()).extracting(LeaseEntry::author, LeaseEntry::bleachTtl)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("here", 30));
        await(startNs + 3600 * SECOND - nowNs, () -> false);
        assertThat(exchanges).hasSizeBetween(12, 13);
    }

    @Test
    void tellsAChangeTwoSecondsLaterButNotMoreOftenThanEveryTen() {
        present(1, Kinship.NEIGHBOUR);
        await(60 * SECOND, () -> false);
        exchanges.clear();
        engine.setOwn(own(OURS), address -> false, nowNs);
        long changedNs = nowNs;
        assertThat(await(4 * SECOND, () -> exchanges.size() == 1)).isTrue();
        engine.setOwn(own(OURS, PHONE), address -> false, nowNs);
        assertThat(await(20 * SECOND, () -> exchanges.size() == 2)).isTrue();
        assertThat(nowNs - changedNs).isGreaterThanOrEqualTo(12 * SECOND);
        assertThat(exchanges.getLast().entries()).hasSize(2);
    }

    @Test
    void asksNearOnesThatAnswerAtOnceAndFarOnesWhenThereAreFewAndNeverClients() {
        present(1, Kinship.NEAR);
        Ip6Address far = present(2, Kinship.FAR);
        present(3, Kinship.NOBODY);
        await(12 * SECOND, () -> exchanges.size() == 1);
        assertThat(exchanges.getFirst().neighbours()).containsExactly(far);
        answerNs = MS;
        await(600 * SECOND, () -> exchanges.size() == 2);
        assertThat(exchanges.getLast().neighbours()).containsExactly(peer(1), far);
        for (int i = 10; i < 14; i++) {
            present(i, Kinship.NEIGHBOUR);
        }
        answerNs = 5 * MS;
        await(600 * SECOND, () -> exchanges.size() == 3);
        assertThat(exchanges.getLast().neighbours()).containsExactly(peer(10), peer(11), peer(12), peer(13));
    }

    @Test
    void ofTooManyNeighboursChanceChoosesEachTimeAnew() {
        for (int i = 0; i < 100; i++) {
            present(i, Kinship.NEIGHBOUR);
        }
        await(900 * SECOND, () -> exchanges.size() == 2);
        assertThat(exchanges).allSatisfy(exchange ->
                assertThat(exchange.neighbours()).hasSize(SharedStateEngine.MAX_PEERS));
        assertThat(exchanges.get(0).neighbours()).isNotEqualTo(exchanges.get(1).neighbours());
    }

    @Test
    void looksAgainSoonWhenNobodyWasThere() {
        assertThat(await(12 * SECOND, () -> rounds.size() == 1)).isTrue();
        assertThat(rounds).containsExactly("0 of 0");
        present(1, Kinship.NEIGHBOUR);
        assertThat(await(7 * SECOND, () -> exchanges.size() == 1)).isTrue();
    }

    @Test
    void learnsFromAnswersOfItsRoundOnly() {
        present(1, Kinship.NEIGHBOUR);
        present(2, Kinship.NEIGHBOUR);
        await(12 * SECOND, () -> exchanges.size() == 1);
        int round = exchanges.getFirst().round();
        engine.onAnswer(round - 1, peer(1), told(30));
        assertThat(learned).isEmpty();
        engine.onAnswer(round, peer(1), told(30));
        engine.onAnswer(round, peer(2), null);
        assertThat(learned).extracting(LeaseEntry::hostname).containsExactly("phone1");
        assertThat(rounds).containsExactly("1 of 2");
        engine.onAnswer(round, peer(1), told(30));
        assertThat(counters.value("sharedstate.documents")).isEqualTo(1);
    }

    @Test
    void givesItsMapForThePeersAndRefusesWhoComesTooOften() {
        engine.setOwn(own(OURS), address -> false, nowNs);
        assertThat(engine.onQuestion(peer(1), told(20), nowNs)).extracting(LeaseEntry::address)
                .containsExactly(OURS, PHONE);
        int served = 1;
        while (engine.onQuestion(peer(1), told(20), nowNs) != null) {
            served++;
        }
        assertThat(served).isEqualTo(6);
        assertThat(counters.value("drop.sharedstate.too_often")).isEqualTo(1);
        assertThat(engine.onQuestion(peer(2), told(20), nowNs)).isNotNull();
        assertThat(engine.onQuestion(peer(1), told(20), nowNs + 5 * SECOND)).isNotNull();
    }

    @Test
    void countsWhatIsMalformedAndAnswersNothing() {
        assertThat(engine.onQuestion(peer(1), new Decoded.Malformed<>("not_json", 3), nowNs)).isNull();
        assertThat(counters.value("drop.sharedstate.not_json")).isEqualTo(1);
    }

    @Test
    void saysItsLeasesAnewBeforeOthersForgetThem() {
        engine.setOwn(own(OURS), address -> false, nowNs);
        long endNs = nowNs + 4 * 3600 * SECOND;
        while (nowNs < endNs) {
            await(60 * SECOND, () -> false);
            assertThat(engine.entries()).singleElement().matches(entry -> entry.bleachTtl() >= 1);
        }
    }

    @Test
    void aLeaseThatWentToAnotherNodeIsNotCalledRemoved() {
        engine.setOwn(own(OURS, PHONE), address -> false, nowNs);
        engine.setOwn(own(OURS), PHONE::equals, nowNs);
        assertThat(engine.entries()).noneMatch(LeaseEntry::isRemoved);
        engine.setOwn(own(), address -> false, nowNs);
        assertThat(engine.entries()).filteredOn(LeaseEntry::isRemoved).extracting(LeaseEntry::address)
                .containsExactly(OURS);
    }

    @Test
    void asksCandidatesWhoeverElseIsThere() {
        engine = make(List.of("http://10.13.0.2/cgi-bin/shared-state/"));
        await(12 * SECOND, () -> exchanges.size() == 1);
        assertThat(exchanges.getFirst().neighbours()).isEmpty();
        assertThat(exchanges.getFirst().candidates()).hasSize(1);
    }
}
