package org.limesh.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Rng;

/**
 * Is there Internet behind the uplink? Asks, and judges the answers.
 *
 * <pre>
 *                 DNS and HTTP answered, each at least once since then
 *      ┌──────┐ ───────────────────────────────────────────────────────→ ┌────┐
 *      │ down │                                                          │ up │
 *      └──────┘ ←─────────────────────────────────────────────────────── └────┘
 *                 address or carrier lost                  at once
 *                 no sign of life from outside             silenceMs, 12 s
 *                 HTTP answered wrongly (a portal)         twice in a row
 *                 HTTP or DNS without a good answer        three times in a row
 * </pre>
 *
 * <p>Ping is a sign of life and proves nothing else: a portal lets it pass, and some providers filter it. Only
 * where neither DNS nor HTTP is asked it decides, as in LibreMesh. DNS from an address of a home network is no
 * sign of life either: the home router answers from memory while its own line is cut.
 *
 * <p>Each round asks the next target of a kind; rounds are {@code intervalMs} apart, a second in the first ten seconds
 * without Internet. HTTP costs others most, so it is asked every 30 s while all is well, and in every round while there
 * is doubt.
 */
final class UplinkWatch implements Engine {
    private static final long MS_NS = 1_000_000L;
    private static final long HTTP_QUIET_NS = 30_000 * MS_NS;
    /** While down for longer than {@link #PATIENCE_NS}, HTTP is asked this often. */
    private static final long HTTP_IDLE_NS = 20_000 * MS_NS;
    private static final long PATIENCE_NS = 60_000 * MS_NS;
    /** Until the host has made an address and its route real. */
    private static final long HOST_NEEDS_NS = 250 * MS_NS;
    /** Without Internet it is asked more often at first, and with less patience: a busy host may have needed longer. */
    private static final long EAGER_NS = 10_000 * MS_NS;
    private static final int EAGER_INTERVAL_MS = 1000;
    private static final int EAGER_TIMEOUT_MS = 1000;
    private static final int TIMEOUT_MS = 2000;
    private static final int HTTP_TIMEOUT_MS = 3000;
    /** A host that never answers is treated as silence so much after the timeout. */
    private static final long HOST_GRACE_NS = 1000 * MS_NS;
    private static final int FAILS_FOR_DOWN = 3;
    private static final int WRONGS_FOR_DOWN = 2;
    private static final int MAX_RESOLVERS = 4;

    private final GatewayConfig config;
    private final String device;
    private final Counters counters;
    private final Rng rng;
    private final IntSupplier nextId;
    private final Consumer<Probe> out;
    private final Question ping = new Question("ping");
    private final Question dns = new Question("dns");
    private final Question http = new Question("http");
    private final List<Question> questions = List.of(ping, dns, http);
    private List<Ip4Address> dnsServers = List.of();
    private List<Ip4Address> resolvers = List.of();
    private Ip4Prefix network;
    private boolean watching;
    private boolean asksNothing;
    private boolean internet;
    private String reason = "no address yet";
    private long roundNs = NEVER;
    private long aliveNs;
    private long downSinceNs;

    /** One kind of question: who is asked next, and what came of the last ones. */
    private static final class Question {
        final String kind;
        int targets;
        int turn;
        int askedId;
        String askedTarget = "";
        boolean askedOutside;
        long deadlineNs = NEVER;
        long askedNs;
        boolean everAsked;
        int failsInRow;
        int wrongsInRow;
        /** Since the uplink came up or Internet was lost. */
        boolean good;
        GatewaySnapshot.Check last;
        long lastNs;

        Question(String kind) {
            this.kind = kind;
        }

        void forget(int newTargets) {
            targets = newTargets;
            turn = 0;
            askedId = 0;
            deadlineNs = NEVER;
            everAsked = false;
            failsInRow = 0;
            wrongsInRow = 0;
            good = false;
            last = null;
        }
    }

    UplinkWatch(GatewayConfig config, String device, Counters counters, Rng rng, IntSupplier nextId,
            Consumer<Probe> out) {
        this.config = config;
        this.device = device;
        this.counters = counters;
        this.rng = rng;
        this.nextId = nextId;
        this.out = out;
    }

    boolean internet() {
        return internet;
    }

    String reason() {
        return reason;
    }

    /** A DNS server that can be asked for names, or null. */
    Ip4Address resolver() {
        return resolvers.isEmpty() ? null : resolvers.getFirst();
    }

    /** The uplink has an address, perhaps another one than before: everything known is forgotten. */
    void begin(Ip4Prefix uplinkNetwork, List<Ip4Address> providersResolvers, long nowNs) {
        network = uplinkNetwork;
        List<Ip4Address> servers = new ArrayList<>(
                providersResolvers.subList(0, Math.min(MAX_RESOLVERS, providersResolvers.size())));
        for (Ip4Address server : config.dnsServers()) {
            if (!servers.contains(server)) {
                servers.add(server);
            }
        }
        dnsServers = List.copyOf(servers);
        resolvers = dnsServers;
        ping.forget(config.pingTargets().size());
        dns.forget(config.dnsName().isEmpty() ? 0 : dnsServers.size());
        http.forget(config.httpTargets().size());
        watching = true;
        internet = false;
        reason = "asking";
        aliveNs = nowNs;
        downSinceNs = nowNs;
        asksNothing = ping.targets == 0 && dns.targets == 0 && http.targets == 0;
        if (asksNothing) {
            internet = true;
            reason = "nothing is asked, so an address is enough";
        } else {
            roundNs = nowNs + HOST_NEEDS_NS;
        }
    }

    /** The uplink lost its address. */
    void end(String why) {
        watching = false;
        internet = false;
        reason = why;
        asksNothing = false;
        roundNs = NEVER;
        for (Question question : questions) {
            question.forget(0);
        }
    }

    void onProbe(ProbeResult result, long nowNs) {
        for (Question question : questions) {
            if (watching && question.askedId == result.id() && question.deadlineNs != NEVER) {
                answer(question, result, nowNs);
                judge(nowNs);
                return;
            }
        }
        counters.of("gateway.probe.late").increment();
    }

    @Override
    public void onTimer(long nowNs) {
        if (!watching || asksNothing) {
            return;
        }
        for (Question question : questions) {
            if (Engine.isDue(question.deadlineNs, nowNs)) {
                answer(question, new ProbeResult(question.askedId, false,
                        (nowNs - question.askedNs) / MS_NS, "no answer"), nowNs);
            }
        }
        judge(nowNs);
        if (Engine.isDue(roundNs, nowNs)) {
            askRound(nowNs);
        }
    }

    @Override
    public long nextDeadlineNs() {
        long nextNs = roundNs;
        for (Question question : questions) {
            nextNs = Engine.earlier(nextNs, question.deadlineNs);
        }
        return watching && internet && !asksNothing
                ? Engine.earlier(nextNs, aliveNs + config.silenceMs() * MS_NS) : nextNs;
    }

    // ---- asking -------------------------------------------------------------------------------------

    private void askRound(long nowNs) {
        int intervalMs = isEager(nowNs) ? Math.min(EAGER_INTERVAL_MS, config.intervalMs()) : config.intervalMs();
        // A tenth of spread, so that the gateways of a town do not ask in step.
        roundNs = nowNs + (intervalMs - rng.nextInt(intervalMs / 10 + 1)) * MS_NS;
        ask(ping, nowNs);
        ask(dns, nowNs);
        if (httpIsDue(nowNs)) {
            ask(http, nowNs);
        }
    }

    private boolean isEager(long nowNs) {
        return !internet && nowNs - downSinceNs < EAGER_NS;
    }

    private boolean httpIsDue(long nowNs) {
        if (!http.everAsked) {
            return true;
        }
        long agoNs = nowNs - http.askedNs;
        if (internet) {
            return http.failsInRow > 0 || inDoubt(nowNs) || agoNs >= HTTP_QUIET_NS;
        }
        boolean signs = ping.good && ping.failsInRow == 0 || dns.good && dns.failsInRow == 0;
        boolean patient = nowNs - downSinceNs > PATIENCE_NS && (!signs || http.wrongsInRow > 0);
        return !patient || agoNs >= HTTP_IDLE_NS;
    }

    /** True when the round before this one brought no sign of life. */
    private boolean inDoubt(long nowNs) {
        return nowNs - aliveNs > config.intervalMs() * MS_NS * 5 / 4;
    }

    private void ask(Question question, long nowNs) {
        if (question.targets == 0 || question.deadlineNs != NEVER) {
            return;
        }
        int turn = question.turn++ % question.targets;
        Probe probe = question == ping ? pingProbe(turn, isEager(nowNs)) : question == dns
                ? dnsProbe(turn, isEager(nowNs)) : httpProbe(turn, isEager(nowNs));
        question.askedId = probe.id();
        question.askedNs = nowNs;
        question.everAsked = true;
        question.deadlineNs = nowNs + probe.timeoutMs() * MS_NS + HOST_GRACE_NS;
        counters.of("gateway.probe." + question.kind).increment();
        out.accept(probe);
    }

    private Probe pingProbe(int turn, boolean eager) {
        Ip4Address target = config.pingTargets().get(turn);
        asking(ping, target.toString(), isOutside(target));
        return new Probe.Ping(nextId.getAsInt(), device, target, eager ? EAGER_TIMEOUT_MS : TIMEOUT_MS);
    }

    private Probe dnsProbe(int turn, boolean eager) {
        Ip4Address server = dnsServers.get(turn);
        asking(dns, server.toString(), isOutside(server));
        return new Probe.Dns(nextId.getAsInt(), device, server, config.dnsName(), eager ? EAGER_TIMEOUT_MS : TIMEOUT_MS);
    }

    private Probe httpProbe(int turn, boolean eager) {
        HttpTarget target = config.httpTargets().get(turn);
        Ip4Address address = target.address();
        Ip4Address resolver = address != null || resolvers.isEmpty() ? null
                : resolvers.get(http.turn % resolvers.size());
        asking(http, target.host(), true);
        return new Probe.Http(nextId.getAsInt(), device, address, resolver, target.host(), target.port(), target.path(),
                target.body(), eager ? TIMEOUT_MS : HTTP_TIMEOUT_MS);
    }

    private static void asking(Question question, String target, boolean outside) {
        question.askedTarget = target;
        question.askedOutside = outside;
    }

    /** Whether an answer of this address proves a line beyond the home network. */
    private boolean isOutside(Ip4Address address) {
        int top = address.bits() >>> 24;
        int two = address.bits() >>> 16;
        boolean home = top == 10 || two == 0xc0a8 || two >>> 4 == 0xac1 || two == 0xa9fe
                || address.bits() >>> 22 == (100 << 2 | 1);
        return !home && (network == null || !network.contains(address));
    }

    // ---- judging ------------------------------------------------------------------------------------

    private void answer(Question question, ProbeResult result, long nowNs) {
        question.deadlineNs = NEVER;
        question.last = new GatewaySnapshot.Check(question.kind, question.askedTarget, result.ok(), result.afterMs(), 0,
                result.detail());
        question.lastNs = nowNs;
        question.failsInRow = result.ok() ? 0 : question.failsInRow + 1;
        question.wrongsInRow = result.outcome() == ProbeResult.Outcome.WRONG ? question.wrongsInRow + 1 : 0;
        if (result.ok()) {
            question.good = true;
            if (question.askedOutside) {
                aliveNs = nowNs;
            }
        } else {
            counters.of("gateway.probe." + question.kind + "_failed").increment();
            // A portal closed, or one page has a bad day: the next page tells, and at once.
            boolean firstWrong = question == http && question.wrongsInRow == 1;
            if (internet && (firstWrong || question != http && inDoubt(nowNs))) {
                ask(http, nowNs);
            }
        }
    }

    private void judge(long nowNs) {
        String fault = fault(nowNs);
        if (fault == null) {
            if (!internet) {
                aliveNs = nowNs;
            }
            internet = true;
            reason = proof();
        } else {
            if (internet) {
                downSinceNs = nowNs;
                http.good = false;
                dns.good = false;
                ping.good = false;
            }
            internet = false;
            reason = fault;
        }
    }

    /** Why there is no Internet, or null when there is. */
    private String fault(long nowNs) {
        if (internet && nowNs - aliveNs >= config.silenceMs() * MS_NS) {
            return silence(nowNs);
        }
        boolean onlyPing = http.targets == 0 && dns.targets == 0;
        for (Question question : onlyPing ? List.of(ping) : List.of(http, dns)) {
            boolean fine = internet
                    ? question.failsInRow < FAILS_FOR_DOWN && question.wrongsInRow < WRONGS_FOR_DOWN
                    : question.good && question.failsInRow == 0;
            if (question.targets > 0 && !fine) {
                boolean nobody = internet && question.wrongsInRow == 0 && nowNs - aliveNs > 2 * config.intervalMs() * MS_NS;
                return nobody ? silence(nowNs) : fault(question);
            }
        }
        return null;
    }

    private String silence(long nowNs) {
        return "silence: nothing outside answered for " + Math.round((nowNs - aliveNs) / (1000.0 * MS_NS)) + " s";
    }

    private String fault(Question question) {
        if (question.last == null) {
            return "asking";
        }
        String words = switch (question.kind) {
            case "http" -> "HTTP fails: ";
            case "dns" -> "DNS fails: ";
            default -> "ping fails: ";
        };
        String last = question.last.ok() ? "no second answer yet" : question.last.detail();
        String sign = question != ping && question.wrongsInRow == 0 && ping.good && ping.failsInRow == 0
                ? ", though ping answers" : "";
        return words + last + " (" + question.last.target() + ")" + sign;
    }

    private String proof() {
        StringBuilder words = new StringBuilder();
        for (Question question : List.of(http, dns, ping)) {
            if (question.targets > 0 && question.last != null) {
                words.append(words.isEmpty() ? "" : ", ").append(question == ping ? "ping" : question.kind.toUpperCase(
                        Locale.ROOT)).append(question.last.ok() ? " answers"
                                : question == ping && !question.good ? " unanswered, perhaps filtered" : " missed one");
            }
        }
        return words.toString();
    }

    /** The last answer of each kind. */
    List<GatewaySnapshot.Check> checks(long nowNs) {
        List<GatewaySnapshot.Check> checks = new ArrayList<>();
        for (Question question : questions) {
            GatewaySnapshot.Check last = question.last;
            if (last != null) {
                checks.add(new GatewaySnapshot.Check(last.kind(), last.target(), last.ok(), last.afterMs(),
                        (nowNs - question.lastNs) / MS_NS, last.detail()));
            }
        }
        return checks;
    }
}
