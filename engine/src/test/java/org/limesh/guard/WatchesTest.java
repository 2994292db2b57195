package org.limesh.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.limesh.base.Counters;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterReport;
import org.limesh.packet.Arp;

/** Alarms about dropped frames, and the small watches. */
class WatchesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final MacAddress SELF = MacAddress.parse("02:ca:fe:00:00:05");
    private static final MacAddress MALLORY = MacAddress.parse("02:66:00:00:00:01");

    private final List<GuardEvent> events = new ArrayList<>();
    private final Counters counters = new Counters();
    private final Warnings warnings = new Warnings(counters, events::add);

    private static List<FilterReport.Offender> offender(String counter, String port, MacAddress mac, long frames) {
        return List.of(new FilterReport.Offender(counter, port, mac, frames));
    }

    @Test
    void tellsAnOffenderAtOnceAndThenOnceAMinute() {
        DropAlarms alarms = new DropAlarms(Set.of(), events::add, 0);
        for (int second = 0; second <= 130; second++) {
            alarms.onReport(offender("from_client.arp_sender", "lan1", MALLORY, second + 1), second * SECOND);
        }
        String deed = "pretends to be the gateway: ARP";
        assertThat(events).containsExactly(new GuardEvent.Misbehaved(MALLORY, "lan1", deed, 1),
                new GuardEvent.Misbehaved(MALLORY, "lan1", deed, 60), new GuardEvent.Misbehaved(MALLORY, "lan1", deed, 60));
        assertThat(alarms.offenders(130 * SECOND)).containsExactly(
                new GuardSnapshot.Offender(MALLORY, "lan1", deed, 131, 130 * SECOND));
        assertThat(alarms.offenders(740 * SECOND)).isEmpty();
    }

    @Test
    void aHostThatBeginsToCountAnewIsUnderstood() {
        DropAlarms alarms = new DropAlarms(Set.of(), events::add, 0);
        alarms.onReport(offender("from_client.dhcp_answer", "lan1", MALLORY, 100), 0);
        alarms.onReport(offender("from_client.dhcp_answer", "lan1", MALLORY, 3), SECOND);
        assertThat(alarms.offenders(SECOND).getFirst().frames()).isEqualTo(103);
    }

    @Test
    void meshFramesOnAPortThatMeshesAreNobodysFault() {
        Set<String> meshing = new LinkedHashSet<>(List.of("eth0"));
        DropAlarms alarms = new DropAlarms(meshing, events::add, 0);
        alarms.onReport(offender("from_client.mesh_frame", "eth0", MALLORY, 9), 0);
        alarms.onReport(offender("within.anycast_destination", "lan1", MALLORY, 9), 0);
        assertThat(events).isEmpty();
        alarms.onReport(offender("from_client.mesh_frame", "lan1", MALLORY, 9), 0);
        assertThat(events).hasSize(1);
    }

    @Test
    void aFloodOfMacsIsBounded() {
        DropAlarms alarms = new DropAlarms(Set.of(), events::add, 0);
        for (int i = 0; i < 5000; i++) {
            alarms.onReport(offender("from_client.arp_sender", "lan1", new MacAddress(0x0266_0000_0000L + i), 1), i);
        }
        assertThat(events).hasSize(DropAlarms.ALARMS_PER_MINUTE);
        assertThat(alarms.offenders(5000)).hasSize(DropAlarms.MAX_OFFENDERS);
        alarms.onTimer(61 * SECOND);
        assertThat(events.getLast()).isEqualTo(new GuardEvent.MoreMisbehaved(4980));
    }

    @Test
    void aClockThatWasNeverSetAndOneThatJumpsAreNoticed() {
        ClockWatch clock = new ClockWatch(counters, warnings);
        clock.onClock(1_000, 0);
        assertThat(warnings.sentences()).hasSize(1).first().asString().contains("is wrong");
        clock.onClock(1_800_000_000_000L, SECOND);
        assertThat(warnings.sentences()).hasSize(1).first().asString().contains("jumped by 1799999998 s");
        clock.onClock(1_800_000_000_000L + 700_000, 701 * SECOND);
        assertThat(warnings.sentences()).isEmpty();
        assertThat(events.getLast()).isInstanceOf(GuardEvent.WarningEnded.class);
        assertThat(counters.snapshot()).containsEntry("clock.jump", 1L).containsEntry("warning.clock", 2L);
        clock.onClock(1_800_000_000_000L + 700_000 + 30_000, 702 * SECOND);
        assertThat(warnings.sentences()).as("a small correction").isEmpty();
    }

    @Test
    void somebodyWithTheNodesAddressIsNoticedAndForgotten() {
        GuardConfig config = new GuardConfig(SELF, SELF, 1, MacAddress.parse("aa:aa:aa:0d:fe:aa"),
                Ip4Address.parse("10.13.0.5"), Ip4Address.parse("10.13.0.1"), Ip6Address.parse("fd0d::1"), List.of());
        DuplicateWatch watch = new DuplicateWatch(config, warnings);
        watch.onFrame(Arp.request(SELF.bits(), 0x0a0d0005, 0x0a0d0009), 0);
        watch.onFrame(Arp.request(MALLORY.bits(), 0, 0x0a0d0005), 0);
        assertThat(warnings.sentences()).as("own frames and probes").isEmpty();
        watch.onFrame(Arp.reply(MALLORY.bits(), 0x0a0d0005, SELF.bits(), 0x0a0d0009), 0);
        assertThat(warnings.sentences()).first().asString().contains("10.13.0.5 is used by " + MALLORY);
        watch.onTimer(600 * SECOND);
        assertThat(warnings.sentences()).isEmpty();
    }

    @Test
    void aHostThatDoesNotTellOfItsRulesFailsTheTest() {
        GuardConfig config = new GuardConfig(SELF, SELF, 1, MacAddress.parse("aa:aa:aa:0d:fe:aa"),
                Ip4Address.parse("10.13.0.5"), Ip4Address.parse("10.13.0.1"), Ip6Address.parse("fd0d::1"), List.of());
        List<List<String>> verdicts = new ArrayList<>();
        SelfTest test = new SelfTest(config, true, new SelfTest.Outbox() {
            @Override
            public void readFilters() {}

            @Override
            public void fromCloud(org.limesh.base.Frame frame) {}

            @Override
            public void fromGateway(org.limesh.base.Frame frame) {}

            @Override
            public void onVerdict(List<String> faults, long nowNs) {
                verdicts.add(faults);
            }
        }, 0);
        for (long nowNs = 0; nowNs <= 25 * SECOND; nowNs += SECOND) {
            test.onTimer(nowNs);
        }
        assertThat(verdicts).containsExactly(List.of("the host does not tell whether the filter rules are in force"));
    }

    @Test
    void countsThatBeginAnewGiveNoVerdict() {
        GuardConfig config = new GuardConfig(SELF, SELF, 1, MacAddress.parse("aa:aa:aa:0d:fe:aa"),
                Ip4Address.parse("10.13.0.5"), Ip4Address.parse("10.13.0.1"), Ip6Address.parse("fd0d::1"), List.of());
        List<List<String>> verdicts = new ArrayList<>();
        List<String> asked = new ArrayList<>();
        SelfTest test = new SelfTest(config, true, new SelfTest.Outbox() {
            @Override
            public void readFilters() {
                asked.add("read");
            }

            @Override
            public void fromCloud(org.limesh.base.Frame frame) {}

            @Override
            public void fromGateway(org.limesh.base.Frame frame) {}

            @Override
            public void onVerdict(List<String> faults, long nowNs) {
                verdicts.add(faults);
            }
        }, 0);
        test.onTimer(SelfTest.FIRST_NS);
        test.onReport(new FilterReport(null, counts(7), List.of()), SelfTest.FIRST_NS);
        test.onTimer(SelfTest.FIRST_NS + SECOND);
        test.onReport(new FilterReport(null, counts(1), List.of()), SelfTest.FIRST_NS + SECOND);
        assertThat(asked).hasSize(2);
        assertThat(verdicts).isEmpty();
        test.onTimer(SelfTest.FIRST_NS + 11 * SECOND);
        test.onReport(new FilterReport(null, counts(1), List.of()), SelfTest.FIRST_NS + 11 * SECOND);
        test.onTimer(SelfTest.FIRST_NS + 12 * SECOND);
        test.onReport(new FilterReport(null, counts(2), List.of()), SelfTest.FIRST_NS + 12 * SECOND);
        assertThat(verdicts).containsExactly(List.of());
    }

    private static Map<String, Long> counts(long value) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String name : List.of(SelfTest.CLOUD_ASKS_ARP, SelfTest.CLOUD_ASKS_ND, SelfTest.CLOUD_ASKS_DHCP,
                SelfTest.CLOUD_PRETENDS, SelfTest.TO_CLOUD_PRETENDS)) {
            counts.put(name, value);
        }
        return counts;
    }
}
