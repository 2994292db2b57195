package org.limesh.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.interop.Netns;
import org.limesh.interop.NodeProcess;
import org.limesh.interop.Shell;
import org.limesh.interop.Wait;

/**
 * Questions answered per second, by our node and by dnsmasq on an equal machine, asked by dnsperf.
 *
 * <pre>
 *   client (dnsperf) ── lan0 [ br-lan, anygw: limesh | dnsmasq ] inet ── upstream (dnsmasq)
 * </pre>
 */
final class DnsSpeed {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SECONDS = 5;
    private static final int ROUNDS = 2;
    private static final String SERVER = "10.13.0.1";
    private static final String OWN_NAMES = """
            thisnode.info A
            thisnode.info AAAA
            node-a A
            node-a.thisnode.info A
            minodo.info A
            1.0.13.10.in-addr.arpa PTR
            nobody.thisnode.info A
            """;

    private final Path files;
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Netns client;
    private Netns machine;

    private DnsSpeed(Path files) {
        this.files = files;
    }

    /** @param cpuS processor time of the server for a hundred thousand answers */
    private record Result(double perSecond, long sent, long lost, double cpuS) {}

    private record Results(Result own, Result known) {}

    private interface Means {
        void start(DnsSpeed speed) throws Exception;
    }

    static List<Row> rows() throws Exception {
        for (String reason : new String[] {Netns.whyNot(), Shell.whyNot("dnsperf"), Shell.whyNot("dnsmasq")}) {
            if (reason != null) {
                return List.of(new Row("DNS", reason, "", ""));
            }
        }
        Path files = Path.of("bench", "target", "dns").toAbsolutePath();
        Results limesh = measure(files.resolve("limesh"), DnsSpeed::startLimesh);
        Results dnsmasq = measure(files.resolve("dnsmasq"), DnsSpeed::startPeer);
        List<Row> rows = new ArrayList<>();
        addRows(rows, "names of the cloud", limesh.own, dnsmasq.own);
        addRows(rows, "a hundred foreign names, known", limesh.known, dnsmasq.known);
        return rows;
    }

    private static void addRows(List<Row> rows, String what, Result ours, Result peer) {
        rows.add(Row.compared("DNS, " + what + ": lost " + ours.lost + " of " + ours.sent, ours.perSecond, "per second",
                "dnsmasq, lost " + peer.lost + " of " + peer.sent, peer.perSecond));
        rows.add(Row.compared("DNS, " + what + ": CPU of the server for 100,000 answers (less is better)", ours.cpuS, "s",
                "dnsmasq", peer.cpuS));
    }

    private static Results measure(Path files, Means means) throws Exception {
        Shell.run("rm", "-rf", files.toString());
        Files.createDirectories(files);
        DnsSpeed speed = new DnsSpeed(files);
        try {
            speed.layCables();
            means.start(speed);
            Path own = Files.writeString(files.resolve("own"), OWN_NAMES);
            StringBuilder foreign = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                foreign.append("www").append(i).append(".example.org A\n");
            }
            Path known = Files.writeString(files.resolve("known"), foreign);
            Wait.until("the server answers", PATIENCE, () -> speed.client.ask("dig", "+short", "+time=1", "+tries=1",
                    "@" + SERVER, "www0.example.org").text().strip().equals("198.18.0.7"));
            Results results = new Results(speed.dnsperf(own), speed.dnsperf(known));
            System.err.println("  " + files.getFileName() + ": " + results);
            return results;
        } finally {
            for (AutoCloseable thing : speed.toClose.reversed()) {
                thing.close();
            }
        }
    }

    /** The better of some rounds, after one that is for the compiler and the cache; losses of all are summed up. */
    private Result dnsperf(Path questions) throws Exception {
        once(questions, 2);
        double cpuS = cpuOfServerS();
        Result best = new Result(0, 0, 0, 0);
        for (int i = 0; i < ROUNDS; i++) {
            Result next = once(questions, SECONDS);
            best = new Result(Math.max(best.perSecond, next.perSecond), best.sent + next.sent, best.lost + next.lost, 0);
        }
        return new Result(best.perSecond, best.sent, best.lost, (cpuOfServerS() - cpuS) * 100_000 / best.sent);
    }

    /** Processor time of all processes of the machine up to now. */
    private double cpuOfServerS() throws Exception {
        double sumS = 0;
        for (String pid : Shell.run("ip", "netns", "pids", machine.name()).split("\\s+")) {
            if (!pid.isEmpty()) {
                sumS += ProcessHandle.of(Long.parseLong(pid)).flatMap(process -> process.info().totalCpuDuration())
                        .orElse(Duration.ZERO).toNanos() / 1e9;
            }
        }
        return sumS;
    }

    private Result once(Path questions, int seconds) throws Exception {
        String text = client.run("dnsperf", "-s", SERVER, "-d", questions.toString(), "-l", Integer.toString(seconds),
                "-c", "4");
        return new Result(number(text, "Queries per second: +([0-9.]+)"), (long) number(text, "Queries sent: +([0-9]+)"),
                (long) number(text, "Queries lost: +([0-9]+)"), 0);
    }

    private static double number(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("dnsperf told no result: " + text);
        }
        return Double.parseDouble(found.group(1));
    }

    private <T extends AutoCloseable> T keep(T thing) {
        toClose.add(thing);
        return thing;
    }

    private void layCables() throws Exception {
        client = keep(Netns.create("bdc"));
        machine = keep(Netns.create("bdn"));
        Netns upstream = keep(Netns.create("bdu"));
        Netns.cable(client, "eth0", machine, "lan0");
        Netns.cable(machine, "inet", upstream, "eth0");
        client.run("ip", "addr", "add", "10.13.77.7/16", "dev", "eth0");
        machine.run("ip", "addr", "add", "192.0.2.1/24", "dev", "inet");
        upstream.run("ip", "addr", "add", "192.0.2.53/24", "dev", "eth0");
        startDnsmasq(upstream, "192.0.2.53", "--address=/example.org/198.18.0.7", "--local-ttl=3600");
    }

    private void startDnsmasq(Netns netns, String address, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of("dnsmasq", "-k", "--conf-file=/dev/null", "--user=root",
                "--pid-file=" + files.resolve(netns.name() + ".pid"), "--no-resolv", "--no-hosts",
                "--listen-address=" + address, "--bind-interfaces"));
        command.addAll(List.of(more));
        netns.start(files.resolve(netns.name() + ".log"), command);
        Wait.until("dnsmasq listens", PATIENCE, () -> netns.run("ss", "-lun").contains(address + ":53"),
                () -> Files.readString(files.resolve(netns.name() + ".log")));
    }

    private void startLimesh() throws Exception {
        keep(NodeProcess.start(machine, machine.name(), files.resolve("node"), List.of("inet"), List.of("lan0"),
                "--set", "lime.system.hostname=node-a", "--set", "lime.network.resolvers=192.0.2.53")).awaitReady();
    }

    /** The way LibreMesh sets dnsmasq up, on the same devices. */
    private void startPeer() throws Exception {
        machine.run("ip", "link", "add", "br-lan", "type", "bridge");
        machine.run("ip", "link", "set", "br-lan", "up");
        machine.run("ip", "link", "set", "lan0", "master", "br-lan");
        machine.run("ip", "link", "add", "link", "br-lan", "name", "anygw", "address", "aa:aa:aa:0d:fe:aa", "type",
                "macvlan");
        machine.run("ip", "link", "set", "anygw", "up");
        machine.run("ip", "addr", "add", SERVER + "/16", "dev", "anygw");
        startDnsmasq(machine, SERVER, "--domain=thisnode.info", "--local=/thisnode.info/", "--domain-needed",
                "--bogus-priv", "--stop-dns-rebind", "--cache-size=1000", "--server=192.0.2.53",
                "--host-record=thisnode.info," + SERVER + ",fd0d:fe46:8ce8::1", "--host-record=minodo.info," + SERVER,
                "--host-record=node-a,node-a.thisnode.info,10.13.52.86");
    }
}
