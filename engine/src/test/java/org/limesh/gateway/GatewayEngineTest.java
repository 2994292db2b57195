package org.limesh.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.limesh.gateway.Bench.ip;

import java.util.List;
import org.junit.jupiter.api.Test;

class GatewayEngineTest {
    private static final ExitOffer NORTE = new ExitOffer("norte", "AAAA0001", 50_331_648, 999_992_470);
    private static final ExitOffer SUR = new ExitOffer("sur", "BBBB0002", 983_040, 706_485_247);

    /** A node without an uplink. */
    private final Bench plain = new Bench(GatewayConfig.DEFAULT, null);
    private final Bench bench = new Bench();

    private static <T> List<T> of(Bench bench, Class<T> kind) {
        return bench.raw.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static GatewayEvent.ExitChanged lastExit(Bench bench) {
        return of(bench, GatewayEvent.ExitChanged.class).getLast();
    }

    @Test
    void usesTheBestOfferAndSaysWhy() {
        plain.engine.onExits(List.of(SUR, NORTE), 0);
        assertThat(plain.engine.exit()).isEqualTo("AAAA0001");
        assertThat(lastExit(plain)).isEqualTo(new GatewayEvent.ExitChanged(null, "norte",
                "norte 999M (999M path, 50M announced >= 1k wanted) before sur 706M"));
        assertThat(plain.engine.nextDeadlineNs()).isEqualTo(GatewayEngine.NEVER);
    }

    @Test
    void sayingTheSameAgainIsNoNews() {
        plain.engine.onExits(List.of(SUR, NORTE), 0);
        int events = plain.events.size();
        int changes = plain.changes;
        for (int i = 0; i < 100; i++) {
            plain.engine.onExits(List.of(SUR, NORTE), i);
        }
        assertThat(plain.events).hasSize(events);
        assertThat(plain.changes).isEqualTo(changes);
    }

    @Test
    void movesAtOnceWhenTheExitInUseIsWithdrawnOrUnreachable() {
        plain.engine.onExits(List.of(SUR, NORTE), 0);
        plain.engine.onExits(List.of(SUR), 1);
        assertThat(plain.engine.exit()).isEqualTo("BBBB0002");
        assertThat(lastExit(plain).reason()).startsWith("norte offers no Internet any more; sur 706M");
        plain.engine.onExits(List.of(new ExitOffer("sur", "BBBB0002", 983_040, 0)), 2);
        assertThat(plain.engine.exit()).isNull();
        assertThat(lastExit(plain).to()).isNull();
        assertThat(lastExit(plain).reason())
                .isEqualTo("sur cannot be reached any more; no path to 1 that offer Internet; no uplink here");
    }

    @Test
    void aMetricThatTremblesDoesNotMoveTheExit() {
        plain.engine.onExits(List.of(NORTE, new ExitOffer("sur", "BBBB0002", 50_331_648, 990_000_000)), 0);
        for (int i = 0; i < 200; i++) {
            long shaky = 990_000_000 + (i % 2 == 0 ? 100_000_000 : -100_000_000);
            plain.engine.onExits(List.of(NORTE, new ExitOffer("sur", "BBBB0002", 50_331_648, shaky)), i);
        }
        assertThat(of(plain, GatewayEvent.ExitChanged.class)).hasSize(1);
        plain.engine.onExits(List.of(NORTE, new ExitOffer("sur", "BBBB0002", 50_331_648, 1_210_000_000)), 300);
        assertThat(plain.engine.exit()).as("twenty per cent better").isEqualTo("BBBB0002");
    }

    @Test
    void theOwnUplinkComesFirst() {
        bench.engine.onExits(List.of(NORTE), 0);
        assertThat(bench.engine.exit()).isEqualTo("AAAA0001");
        bench.pass(5);
        assertThat(bench.engine.exit()).isEqualTo(GatewayEngine.OWN);
        assertThat(lastExit(bench).to()).isEqualTo("plaza");
        assertThat(lastExit(bench).reason()).startsWith("own uplink: ");
        bench.cable(false);
        assertThat(bench.engine.exit()).isEqualTo("AAAA0001");
        assertThat(lastExit(bench).reason()).startsWith("own uplink: no carrier; norte 999M");
        GatewaySnapshot seen = bench.engine.snapshot(bench.now);
        assertThat(seen.exits()).extracting(Exit::gateway).containsExactly("norte", "plaza");
        assertThat(seen.exits().get(1).own()).isTrue();
        assertThat(seen.exits().get(1).reason()).isEqualTo("no carrier");
    }

    @Test
    void aPinMovesTheNodeAndItsEndMovesItBack() {
        plain.engine.onExits(List.of(SUR, NORTE), 0);
        plain.engine.pin("sur", null, 1);
        assertThat(plain.engine.exit()).isEqualTo("BBBB0002");
        assertThat(lastExit(plain).reason()).startsWith("pinned: sur 706M").contains("although norte 1199M");
        assertThat(plain.engine.snapshot(2).preferred()).isEqualTo("sur");
        plain.engine.pin(null, null, 3);
        assertThat(plain.engine.exit()).as("sur has its bonus, yet norte is better still").isEqualTo("AAAA0001");
        assertThat(of(plain, GatewayEvent.Pinned.class)).containsExactly(
                new GatewayEvent.Pinned(null, "sur"), new GatewayEvent.Pinned(null, null));
    }

    @Test
    void aPinnedGatewayThatVanishesIsReplacedAndUsedAgainWhenItComesBack() {
        plain.engine.onExits(List.of(SUR, NORTE), 0);
        plain.engine.pin("sur", null, 1);
        plain.engine.onExits(List.of(NORTE), 2);
        assertThat(plain.engine.exit()).isEqualTo("AAAA0001");
        assertThat(lastExit(plain).reason())
                .startsWith("sur offers no Internet any more; pinned sur offers no Internet; norte 999M");
        plain.engine.onExits(List.of(NORTE, SUR), 3);
        assertThat(plain.engine.exit()).isEqualTo("BBBB0002");
        assertThat(lastExit(plain).reason()).startsWith("pinned: sur 706M");
    }

    @Test
    void aClientGoesItsOwnWay() {
        plain.engine.onExits(List.of(SUR, NORTE), 0);
        plain.engine.pin("sur", ip("10.13.100.7"), 1);
        assertThat(plain.engine.exit()).isEqualTo("AAAA0001");
        assertThat(plain.engine.clientExits()).containsExactly(java.util.Map.entry(ip("10.13.100.7"), "BBBB0002"));
        plain.engine.onExits(List.of(NORTE), 2);
        assertThat(plain.engine.clientExits()).isEmpty();
        assertThat(plain.engine.snapshot(2).clientPins())
                .singleElement().satisfies(pin -> {
                    assertThat(pin.client()).isEqualTo(ip("10.13.100.7"));
                    assertThat(pin.gateway()).isEqualTo("sur");
                    assertThat(pin.effective()).isFalse();
                    assertThat(pin.reason()).startsWith("pinned sur offers no Internet; norte ");
                });
        plain.engine.onExits(List.of(NORTE, SUR), 3);
        assertThat(plain.engine.clientExits()).hasSize(1);
        List<GatewayEvent.ClientExitChanged> told = of(plain, GatewayEvent.ClientExitChanged.class);
        assertThat(told).extracting(GatewayEvent.ClientExitChanged::to).containsExactly("sur", null, "sur");
        assertThat(told.get(1).reason()).startsWith("pinned sur offers no Internet; ");
        plain.engine.pin(null, ip("10.13.100.7"), 4);
        assertThat(plain.engine.clientExits()).isEmpty();
        assertThat(of(plain, GatewayEvent.ExitChanged.class)).as("the node never moved").hasSize(1);
    }

    @Test
    void aPinOnTheNodeItselfUsesTheOwnUplink() {
        bench.pass(5);
        bench.engine.onExits(List.of(NORTE), bench.now);
        bench.engine.pin("norte", null, bench.now);
        assertThat(bench.engine.exit()).isEqualTo("AAAA0001");
        bench.engine.pin("plaza", ip("10.13.1.1"), bench.now);
        assertThat(bench.engine.clientExits()).containsExactly(java.util.Map.entry(ip("10.13.1.1"), GatewayEngine.OWN));
        assertThat(bench.engine.snapshot(bench.now).exits()).extracting(Exit::reason)
                .anyMatch(reason -> reason.equals("leads out, but norte is pinned"));
    }

    @Test
    void pinsOfClientsAreLimited() {
        plain.engine.onExits(List.of(SUR, NORTE), 0);
        for (int i = 0; i < 2 * GatewayEngine.MAX_CLIENT_PINS; i++) {
            plain.engine.pin("sur", ip("10.13.0.0").plus(i), 1);
        }
        assertThat(plain.engine.clientExits()).hasSize(GatewayEngine.MAX_CLIENT_PINS);
    }

    @Test
    void theOwnInternetIsOfferedWhenItIsThere() {
        bench.pass(5);
        assertThat(bench.engine.offered()).isTrue();
        assertThat(bench.engine.offeredBps()).isEqualTo(1000);
        bench.cable(false);
        assertThat(bench.engine.offered()).isFalse();
        assertThat(of(bench, GatewayEvent.OfferChanged.class)).extracting(GatewayEvent.OfferChanged::reason)
                .last().isEqualTo("no carrier");
    }

    @Test
    void whoSharesNotUsesHisLineAlone() {
        Bench selfish = new Bench(GatewayConfig.DEFAULT.withShare(SharePolicy.OFF), Bench.BY_DHCP);
        selfish.pass(60);
        assertThat(selfish.engine.internet()).isTrue();
        assertThat(selfish.engine.exit()).isEqualTo(GatewayEngine.OWN);
        assertThat(selfish.engine.offered()).isFalse();
        assertThat(of(selfish, GatewayEvent.OfferChanged.class)).isEmpty();
    }

    @Test
    void whoSharesAlwaysDoesSoWhateverTheProbesSay() {
        Bench stubborn = new Bench(GatewayConfig.DEFAULT.withShare(SharePolicy.ALWAYS), Bench.BY_DHCP);
        stubborn.silence().pass(60);
        assertThat(stubborn.engine.internet()).isFalse();
        assertThat(stubborn.engine.offered()).isTrue();
        assertThat(stubborn.engine.exit()).isEqualTo(GatewayEngine.OWN);
        stubborn.cable(false);
        assertThat(stubborn.engine.offered()).isFalse();
    }

    @Test
    void anUplinkThatComesAndGoesIsOfferedEverMoreSlowly() {
        bench.pass(5);
        for (int i = 0; i < 20; i++) {
            bench.cable(false).pass(5).cable(true).pass(25);
        }
        assertThat(of(bench, GatewayEvent.OfferChanged.class).size()).as("changes of the offer in 10 min")
                .isLessThanOrEqualTo(6);
        assertThat(bench.engine.internet()).as("for the node itself it counts at once").isTrue();
        double seconds = bench.cable(false).pass(5).cable(true).until(bench.engine::offered, 310);
        assertThat(seconds).isGreaterThan(10);
    }

    @Test
    void aSinglePulledCableCostsTenSeconds() {
        bench.pass(30).cable(false).pass(60).cable(true);
        assertThat(bench.until(bench.engine::offered, 30)).isBetween(10.0, 10.5);
    }

    private static Bench measuring() {
        return new Bench(GatewayConfig.DEFAULT.withFiles(List.of(HttpTarget.file("http://192.0.2.9/a"),
                HttpTarget.file("http://mirror.example:8080/b"))), Bench.BY_DHCP);
    }

    private static List<Probe.Http> downloads(Bench bench) {
        return bench.probes.stream().filter(Probe.Http.class::isInstance).map(Probe.Http.class::cast)
                .filter(probe -> probe.measureOctets() > 0).toList();
    }

    @Test
    void theLineIsMeasuredWhereFilesAreNamedAndAgainAfterSixHours() {
        Bench line = measuring();
        line.pass(1);
        assertThat(line.engine.offered()).isTrue();
        assertThat(line.engine.offeredBps()).isEqualTo(1000);
        line.pass(20);
        assertThat(line.engine.offeredBps()).isEqualTo(38_000_000);
        assertThat(of(line, GatewayEvent.OfferChanged.class)).hasSize(2);
        assertThat(of(line, GatewayEvent.OfferChanged.class).getLast().reason()).startsWith("38M measured, HTTP answers");
        line.lineBps = 38_100_000;
        line.pass(6 * 3600);
        assertThat(of(line, GatewayEvent.OfferChanged.class)).as("the same on the wire is no news").hasSize(2);
        assertThat(downloads(line)).extracting(Probe.Http::path).containsExactly("/a", "/b");
        assertThat(downloads(line).get(1).resolver()).isEqualTo(ip("192.0.2.53"));
        assertThat(downloads(line).get(0).server()).isEqualTo(ip("192.0.2.9"));
    }

    @Test
    void aMeasurementThatFailsIsTriedThreeTimesAndChangesNothing() {
        Bench line = measuring();
        line.lineBps = 0;
        line.pass(3600);
        assertThat(downloads(line)).hasSize(3);
        assertThat(line.engine.offeredBps()).isEqualTo(1000);
        assertThat(line.engine.internet()).isTrue();
    }

    @Test
    void withoutFilesNothingIsFetched() {
        bench.pass(7 * 3600);
        assertThat(downloads(bench)).isEmpty();
    }

    @Test
    void nothingChangesInAnHourOfCalm() {
        bench.engine.onExits(List.of(NORTE, SUR), 0);
        bench.pass(10);
        int events = bench.events.size();
        int changes = bench.changes;
        bench.pass(3600);
        assertThat(bench.events).hasSize(events);
        assertThat(bench.changes).isEqualTo(changes);
    }
}
