package org.limesh.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.limesh.gateway.Bench.ip;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Ip4Prefix;

class UplinkWatchTest {
    private final Bench bench = new Bench();

    private static GatewayConfig only(boolean ping, boolean dns, boolean http) {
        GatewayConfig all = GatewayConfig.DEFAULT;
        return all.withTargets(ping ? all.pingTargets() : List.of(), all.dnsServers(), dns ? all.dnsName() : "",
                http ? all.httpTargets() : List.of());
    }

    @Test
    void thereIsInternetAfterTheFirstCompleteSuccess() {
        double seconds = bench.until(bench.engine::internet, 2);
        assertThat(seconds).as("half a second to the DISCOVER at most, a quarter for the host, then milliseconds")
                .isLessThan(0.9);
        assertThat(bench.probes).extracting(probe -> probe.getClass().getSimpleName()).containsExactly("Ping", "Dns", "Http");
        bench.pass(10);
        assertThat(bench.uplink().reason()).isEqualTo("HTTP answers, DNS answers, ping answers");
        assertThat(bench.uplink().checks()).extracting(GatewaySnapshot.Check::kind).containsExactly("ping", "dns", "http");
        assertThat(bench.raw).filteredOn(event -> event instanceof GatewayEvent.InternetChanged).hasSize(1);
    }

    @Test
    void thereIsNoneAtOnceWhenTheCableIsPulled() {
        bench.pass(10).cable(false);
        assertThat(bench.engine.internet()).isFalse();
        assertThat(bench.engine.offered()).isFalse();
        assertThat(bench.uplink().reason()).isEqualTo("no carrier");
        assertThat(bench.uplink().carrier()).isFalse();
        double seconds = bench.cable(true).until(bench.engine::internet, 2);
        assertThat(seconds).isLessThan(0.4);
    }

    @Test
    void silenceIsNoticedWithinTwelveSecondsAndNotBeforeTwoRoundsAreLost() {
        for (int start = 20; start < 28; start++) {
            Bench one = new Bench();
            double seconds = one.pass(start).silence().until(() -> !one.engine.internet(), 30);
            assertThat(seconds).isBetween(7.5, 12.1);
            assertThat(one.uplink().reason()).matches("silence: nothing outside answered for (8|9|10|11|12) s");
            double back = one.life().until(one.engine::internet, 30);
            assertThat(back).isLessThan(8);
        }
    }

    @Test
    void lostAnswersHereAndThereAreNothing() {
        bench.pass(10);
        for (int i = 0; i < 100; i++) {
            bench.silence().pass(3).life().pass(6);
        }
        assertThat(bench.raw).filteredOn(event -> event instanceof GatewayEvent.InternetChanged).hasSize(1);
    }

    @Test
    void aPortalIsNotInternetAlthoughPingAndDnsAnswer() {
        bench.portal = true;
        bench.pass(60);
        assertThat(bench.engine.internet()).isFalse();
        assertThat(bench.engine.offered()).isFalse();
        assertThat(bench.uplink().reason()).contains("HTTP fails: a portal answered: 302 to http://login.example/");
        double seconds = bench.life().until(bench.engine::internet, 60);
        assertThat(seconds).as("after somebody logged in").isLessThan(21);
    }

    @Test
    void aPortalThatClosesIsNoticedAtTheNextLook() {
        bench.pass(45);
        bench.portal = true;
        double seconds = bench.until(() -> !bench.engine.internet(), 60);
        assertThat(seconds).isLessThan(35);
        assertThat(bench.uplink().reason()).contains("a portal answered");
    }

    @Test
    void onePageThatAnswersWronglyIsNotAPortal() {
        bench.pass(40);
        long round = bench.probes.stream().filter(probe -> probe instanceof Probe.Http).count();
        bench.portal = true;
        bench.until(() -> bench.probes.stream().filter(probe -> probe instanceof Probe.Http).count() > round, 60);
        bench.pass(0.01);
        bench.portal = false;
        bench.pass(120);
        assertThat(bench.raw).filteredOn(event -> event instanceof GatewayEvent.InternetChanged).hasSize(1);
    }

    @Test
    void aProviderThatFiltersPingIsInternet() {
        bench.icmp = false;
        bench.pass(300);
        assertThat(bench.raw).filteredOn(event -> event instanceof GatewayEvent.InternetChanged).hasSize(1);
        assertThat(bench.engine.internet()).isTrue();
        assertThat(bench.uplink().reason()).contains("ping unanswered, perhaps filtered");
    }

    @Test
    void aProviderThatFiltersPingAndForeignDnsIsInternetToo() {
        Bench home = new Bench(GatewayConfig.DEFAULT.withTargets(GatewayConfig.DEFAULT.pingTargets(), List.of(),
                "detectportal.firefox.com", GatewayConfig.DEFAULT.httpTargets()), Bench.BY_DHCP);
        home.icmp = false;
        home.gives = Ip4Prefix.parse("192.168.1.20/24");
        home.routers = List.of(ip("192.168.1.1"));
        home.resolvers = List.of(ip("192.168.1.1"));
        home.pass(300);
        assertThat(home.raw).filteredOn(event -> event instanceof GatewayEvent.InternetChanged).hasSize(1);
        assertThat(home.engine.internet()).isTrue();
        home.http = false;
        double seconds = home.until(() -> !home.engine.internet(), 30);
        assertThat(seconds).as("the home router still answers DNS from memory").isLessThan(14);
    }

    @Test
    void pingAloneProvesNothing() {
        bench.dns = false;
        bench.http = false;
        bench.pass(60);
        assertThat(bench.engine.internet()).isFalse();
        assertThat(bench.uplink().reason()).startsWith("HTTP fails: no answer in 3 s").contains("though ping answers");
    }

    @Test
    void dnsThatFailsIsNamed() {
        bench.dns = false;
        bench.pass(60);
        assertThat(bench.engine.internet()).isFalse();
        assertThat(bench.uplink().reason()).startsWith("DNS fails: no answer in 2 s");
    }

    @Test
    void onePageThatIsDownIsNotTheEnd() {
        bench.broken.add("detectportal.firefox.com");
        bench.pass(600);
        assertThat(bench.engine.internet()).isTrue();
        assertThat(bench.raw).filteredOn(event -> event instanceof GatewayEvent.InternetChanged).hasSize(1);
    }

    @Test
    void asLibreMeshItCanBelievePingAlone() {
        Bench classic = new Bench(only(true, false, false), Bench.BY_DHCP);
        classic.http = false;
        classic.dns = false;
        classic.pass(2);
        assertThat(classic.engine.internet()).isTrue();
        classic.icmp = false;
        assertThat(classic.until(() -> !classic.engine.internet(), 30)).isLessThan(14);
    }

    @Test
    void whereNothingIsAskedAnAddressIsEnough() {
        Bench trusting = new Bench(only(false, false, false), Bench.BY_DHCP);
        trusting.silence().pass(100);
        assertThat(trusting.engine.internet()).isTrue();
        assertThat(trusting.probes).isEmpty();
        assertThat(trusting.uplink().reason()).isEqualTo("nothing is asked, so an address is enough");
        trusting.cable(false);
        assertThat(trusting.engine.internet()).isFalse();
    }

    @Test
    void aQuietUplinkCostsLittle() {
        bench.pass(3600);
        long http = bench.probes.stream().filter(probe -> probe instanceof Probe.Http).count();
        assertThat(http).as("pages an hour").isBetween(100L, 125L);
        assertThat(bench.probes.size()).as("questions an hour").isBetween(1800, 2200);
        assertThat(bench.probes).extracting(Probe::id).doesNotHaveDuplicates();
        assertThat(bench.probes).allMatch(probe -> probe.device().equals("eth0"));
    }

    @Test
    void allTargetsAreAskedInTurn() {
        bench.pass(300);
        assertThat(bench.probes.stream().filter(probe -> probe instanceof Probe.Ping).map(probe ->
                ((Probe.Ping) probe).target().toString()).distinct()).containsExactly("8.8.8.8", "1.1.1.1", "9.9.9.9");
        assertThat(bench.probes.stream().filter(probe -> probe instanceof Probe.Dns).map(probe ->
                ((Probe.Dns) probe).server().toString()).distinct())
                .containsExactly("192.0.2.53", "8.8.8.8", "1.1.1.1", "9.9.9.9");
        assertThat(bench.probes.stream().filter(probe -> probe instanceof Probe.Http).map(probe ->
                ((Probe.Http) probe).host()).distinct()).hasSize(3);
    }

    @Test
    void anUplinkWhoseNetworkTurnsOutToBeACloudIsNotInternet() {
        bench.gives = Ip4Prefix.parse("10.42.0.9/16");
        bench.routers = List.of(ip("10.42.0.1"));
        bench.pass(10);
        assertThat(bench.engine.offered()).isTrue();
        bench.engine.onClouds(List.of(Ip4Prefix.parse("10.42.0.0/16")), bench.now);
        assertThat(bench.engine.internet()).isFalse();
        assertThat(bench.engine.offered()).isFalse();
        assertThat(bench.uplink().reason()).contains("leads back into the mesh").contains("10.42.0.0/16");
    }

    @Test
    void aFixedAddressNeedsNoServer() {
        Bench fixed = new Bench(GatewayConfig.DEFAULT, new UplinkPlan("eth0", Bench.MAC,
                Ip4Prefix.parse("198.51.100.7/24"), ip("198.51.100.1")));
        assertThat(fixed.engine.uplinkAddress()).hasToString("198.51.100.7/24");
        fixed.pass(1);
        assertThat(fixed.sent).isEmpty();
        assertThat(fixed.engine.internet()).isTrue();
        fixed.cable(false);
        assertThat(fixed.engine.uplinkAddress()).isNull();
        assertThat(fixed.engine.internet()).isFalse();
        fixed.cable(true).pass(0.3);
        assertThat(fixed.engine.internet()).isTrue();
    }

    @Test
    void answersToForgottenQuestionsChangeNothing() {
        bench.pass(10);
        bench.engine.onProbe(new ProbeResult(bench.probes.getFirst().id(), ProbeResult.Outcome.WRONG, 1, "late"), bench.now);
        bench.engine.onProbe(new ProbeResult(-1, true, 1, "never asked"), bench.now);
        assertThat(bench.counters.value("gateway.probe.late")).isEqualTo(2);
        bench.pass(3600);
        assertThat(bench.engine.internet()).isTrue();
    }

    @Test
    void aHostThatNeverAnswersIsSilence() {
        List<Probe> asked = new java.util.ArrayList<>();
        UplinkWatch deaf = new UplinkWatch(GatewayConfig.DEFAULT, "eth0", bench.counters, new org.limesh.base.Rng(1),
                () -> asked.size() + 1, asked::add);
        deaf.begin(Ip4Prefix.parse("192.0.2.0/24"), List.of(), 0);
        for (long now = 0; now < 60 * Bench.SECOND; now += 100 * Bench.MS) {
            deaf.onTimer(now);
        }
        assertThat(deaf.internet()).isFalse();
        assertThat(asked.size()).isBetween(30, 50);
    }
}
