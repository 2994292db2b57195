package org.limesh.sharedstate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;

/** The map and its rules, which are those of the genuine program but for what the last tests say. */
class LeaseStateTest {
    private static final Ip4Address PHONE = Ip4Address.parse("10.13.7.21");
    private static final Ip4Address LAPTOP = Ip4Address.parse("10.13.7.22");

    private final Counters counters = new Counters();
    private final LeaseState state = new LeaseState("here", counters);

    private static MacAddress mac(int number) {
        return new MacAddress(0x5254_00aa_0000L + number);
    }

    private static LeaseEntry told(Ip4Address address, int ttl, int client) {
        return new LeaseEntry(address, ttl, "there", mac(client), "phone" + client);
    }

    @Test
    void takesWhatItDoesNotKnowAndWhatIsNewer() {
        assertThat(state.merge(List.of(told(PHONE, 10, 1), told(LAPTOP, 5, 2)))).hasSize(2);
        assertThat(state.merge(List.of(told(PHONE, 10, 3), told(LAPTOP, 6, 4)))).containsExactly(told(LAPTOP, 6, 4));
        assertThat(state.entries()).containsExactly(told(PHONE, 10, 1), told(LAPTOP, 6, 4));
    }

    @Test
    void takesNothingThatHasExpired() {
        assertThat(state.merge(List.of(told(PHONE, 0, 1)))).isEmpty();
        assertThat(state.entries()).isEmpty();
    }

    @Test
    void forgetsAnEntryAfterItsThirtiethBleach() {
        state.insert(PHONE, mac(1), "phone1");
        for (int i = 0; i < 29; i++) {
            state.bleach();
        }
        assertThat(state.at(PHONE).bleachTtl()).isEqualTo(1);
        state.bleach();
        assertThat(state.entries()).isEmpty();
    }

    @Test
    void sendsTheNewsOfARemovedLeaseAround() {
        LeaseState other = new LeaseState("there", new Counters());
        state.insert(PHONE, mac(1), "phone1");
        other.merge(state.entries());
        state.bleach();
        other.bleach();
        state.remove(PHONE);
        assertThat(other.merge(state.entries())).singleElement().matches(LeaseEntry::isRemoved);
    }

    @Test
    void ofTwoNodesThatTellEachOtherBothHaveTheSame() {
        LeaseState other = new LeaseState("there", new Counters());
        state.insert(PHONE, mac(1), "phone1");
        other.insert(LAPTOP, mac(2), "");
        other.merge(state.entries());
        state.merge(other.entries());
        assertThat(state.entries()).isEqualTo(other.entries()).hasSize(2);
    }

    @Test
    void whatContradictsAnEntryOfTheSameMomentIsNewerThanIt() {
        LeaseState other = new LeaseState("there", new Counters());
        state.insert(PHONE, mac(1), "phone1");
        other.merge(state.entries());
        state.remove(PHONE);
        assertThat(other.merge(state.entries())).hasSize(1);
        other.insert(PHONE, mac(2), "phone2");
        assertThat(state.merge(other.entries())).extracting(LeaseEntry::mac).containsExactly(mac(2));
        for (int i = 0; i < 100; i++) {
            other.insert(PHONE, mac(i), "");
            assertThat(other.at(PHONE).bleachTtl()).isLessThanOrEqualTo(LeaseState.MAX_TTL);
        }
        // Saying the same again is no news.
        int ttl = state.at(PHONE).bleachTtl();
        state.insert(PHONE, mac(3), "");
        state.insert(PHONE, mac(3), "");
        assertThat(state.at(PHONE).bleachTtl()).isEqualTo(ttl + 1);
    }

    @Test
    void removesNothingThatAnotherNodeHasSaidSince() {
        state.insert(PHONE, mac(1), "phone1");
        state.bleach();
        state.merge(List.of(told(PHONE, 30, 1)));
        state.remove(PHONE);
        assertThat(state.at(PHONE).author()).isEqualTo("there");
        assertThat(state.at(PHONE).isRemoved()).isFalse();
    }

    @Test
    void anEntryThatClaimsToLiveForEverLivesAsLongAsOthers() {
        state.merge(List.of(told(PHONE, Integer.MAX_VALUE, 1)));
        assertThat(state.at(PHONE).bleachTtl()).isEqualTo(LeaseState.MAX_TTL);
    }

    @Test
    void refusesWhatIsNewWhenFullButHasPlaceForItsOwn() {
        List<LeaseEntry> many = new ArrayList<>();
        for (int i = 0; i < LeaseState.MAX_ENTRIES; i++) {
            many.add(told(new Ip4Address(0x0a0d_8000 + i), 10 + i % 3, i));
        }
        state.merge(many);
        assertThat(state.merge(List.of(told(PHONE, 30, 1)))).isEmpty();
        assertThat(counters.value("drop.sharedstate.full")).isEqualTo(1);
        // What is known goes on being brought up to date.
        assertThat(state.merge(List.of(told(many.getFirst().address(), 30, 7)))).hasSize(1);
        state.insert(LAPTOP, mac(2), "");
        assertThat(state.at(LAPTOP)).isNotNull();
        assertThat(state.size()).isEqualTo(LeaseState.MAX_ENTRIES);
        assertThat(counters.value("drop.sharedstate.evicted")).isEqualTo(1);
    }
}
