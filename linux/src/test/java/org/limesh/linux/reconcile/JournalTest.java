package org.limesh.linux.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;

class JournalTest {
    @TempDir
    Path directory;

    private static final List<Made> ALL =
            List.of(new Made.Filters(), new Made.Link("br-lan"), new Made.Up("eth1"),
            new Made.Mtu("eth1", 1500), new Made.Port("eth2"), new Made.Sysctl("net/ipv4/ip_forward", "0"),
            new Made.Address4("eth1", Ip4Prefix.parse("10.13.0.1/16")),
            new Made.Address6("eth1", Ip6Prefix.parse("fd00::1/64")), 
            new Made.Rule4(Ip4Prefix.parse("10.13.0.1/32"), 170, 0),
            new Made.Rule6(Ip6Prefix.parse("fd00::1/128"), 170, 70), new Made.Nat(),
            new Made.Route4(Ip4Prefix.parse("10.13.0.0/16"), "eth1", 170, 0),
            new Made.Route6(Ip6Prefix.parse("fd00::/64"), "eth1", 170, 2147483647L));

    @Test
    void givesBackLatestFirstWhatWasNoted() {
        Journal journal = Journal.begin(directory);
        ALL.forEach(journal::note);

        assertThat(Journal.find(directory).orElseThrow().latestFirst()).isEqualTo(ALL.reversed());
    }

    @Test
    void notesAThingOnce() {
        Journal journal = Journal.begin(directory);
        journal.note(new Made.Up("eth1"));
        journal.note(new Made.Up("eth1"));

        assertThat(Journal.find(directory).orElseThrow().latestFirst()).containsExactly(new Made.Up("eth1"));
        assertThat(journal.knowsBefore("sysctl", "net/ipv4/ip_forward")).isFalse();
        journal.note(new Made.Sysctl("net/ipv4/ip_forward", "0"));
        assertThat(journal.knowsBefore("sysctl", "net/ipv4/ip_forward")).isTrue();
    }

    @Test
    void forgetsWhatWasTakenBackAndDoesNotGrowForEver() throws Exception {
        Journal journal = Journal.begin(directory);
        journal.note(new Made.Up("eth1"));
        for (int i = 0; i < 1500; i++) {
            Made route = new Made.Route4(Ip4Prefix.parse("10." + i % 200 + ".0.0/16"), "eth1", 254, 1024);
            journal.note(route);
            assertThat(Journal.find(directory).orElseThrow().latestFirst())
                    .containsExactly(route, new Made.Up("eth1"));
            journal.forget(route);
        }
        assertThat(Journal.find(directory).orElseThrow().latestFirst()).containsExactly(new Made.Up("eth1"));
        assertThat(Files.readAllLines(directory.resolve("made")).size()).isLessThan(2100);
        journal.note(new Made.Up("eth2"));
        assertThat(Journal.find(directory).orElseThrow().latestFirst())
                .containsExactly(new Made.Up("eth2"), new Made.Up("eth1"));
    }

    @Test
    void leavesOutALineThatACrashCutShort() throws Exception {
        Journal journal = Journal.begin(directory);
        journal.note(new Made.Up("eth1"));
        Files.writeString(directory.resolve("made"), "route4 10.13.0.0/16 et", StandardOpenOption.APPEND);

        assertThat(Journal.find(directory).orElseThrow().latestFirst()).containsExactly(new Made.Up("eth1"));
    }

    @Test
    void knowsItsOwnNamespaceAndThatItsOwnerIsGone() throws Exception {
        Journal.begin(directory);
        Journal found = Journal.find(directory).orElseThrow();
        assertThat(found.isOfThisNamespace()).isTrue();

        Files.writeString(directory.resolve("made"), "node 999999999 net:[1]\nlink br-lan\n");
        Journal old = Journal.find(directory).orElseThrow();
        assertThat(old.isOwnerAlive()).isFalse();
        assertThat(old.isOfThisNamespace()).isFalse();
    }

    @Test
    void aFileOfSomethingElseIsNoJournal() throws Exception {
        Files.writeString(directory.resolve("made"), "by hand\n");
        assertThat(Journal.find(directory)).isEmpty();
        assertThat(Journal.find(directory.resolve("absent"))).isEmpty();
    }
}
