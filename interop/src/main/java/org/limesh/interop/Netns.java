package org.limesh.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A network namespace of ours: a machine of its own as far as the network is concerned. Closing it ends every
 * process that runs in it (by process id, as the kernel lists them) and removes it with everything inside.
 */
public final class Netns implements AutoCloseable {
    /** All names begin like this: a leftover of a killed run is known as ours, and two runs do not collide. */
    public static final String PREFIX = "io-" + ProcessHandle.current().pid() + "-";

    /**
     * No two devices of ours have the same number. Linux takes a cable whose ends have equal numbers (in two
     * namespaces they may) for a plain device, and tells of its carrier up to a second late.
     */
    private static final AtomicInteger NEXT_INDEX = new AtomicInteger(1000);

    private final String name;

    private Netns(String name) {
        this.name = name;
    }

    /** Why no namespaces can be made here, as "skipped: ...", or null when they can. */
    public static String whyNot() {
        try {
            String probe = PREFIX + "probe";
            Shell.Outcome made = Shell.ask(List.of("ip", "netns", "add", probe));
            if (made.exitCode() != 0) {
                return "skipped: no right to make network namespaces (run as root): " + made.text().strip();
            }
            Shell.run("ip", "netns", "del", probe);
            return null;
        } catch (IOException e) {
            return "skipped: ip not found (package iproute2)";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "skipped: interrupted";
        }
    }

    /** Makes a namespace; one of the same name that a killed run left behind is removed first. */
    public static Netns create(String shortName) throws IOException, InterruptedException {
        Netns netns = new Netns(PREFIX + shortName);
        if (Files.exists(Path.of("/run/netns", netns.name))) {
            netns.close();
        }
        Shell.run("ip", "netns", "add", netns.name);
        netns.run("ip", "link", "set", "lo", "up");
        return netns;
    }

    /** A cable between two namespaces; both ends are up. */
    public static void cable(Netns a, String deviceA, Netns b, String deviceB) throws IOException, InterruptedException {
        // MACs from the names, so that every run is like the one before.
        Shell.run("ip", "link", "add", "name", deviceA, "netns", a.name, "index", nextIndex(),
                "address", a.mac(deviceA), "mtu", "1540", "type", "veth",
                "peer", "name", deviceB, "netns", b.name, "index", nextIndex(),
                "address", b.mac(deviceB), "mtu", "1540");
        a.run("ip", "link", "set", deviceA, "up");
        b.run("ip", "link", "set", deviceB, "up");
    }

    private static String nextIndex() {
        return Integer.toString(NEXT_INDEX.getAndIncrement());
    }

    private String mac(String device) {
        int hash = (name + '/' + device).hashCode();
        return "02:10:%02x:%02x:%02x:%02x".formatted(hash >>> 24, hash >>> 16 & 255, hash >>> 8 & 255, hash & 255);
    }

    public String name() {
        return name;
    }

    /** MAC of a device in here. */
    public String macOf(String device) throws IOException, InterruptedException {
        return run("cat", "/sys/class/net/" + device + "/address").strip();
    }

    /** Runs a program in here that has to succeed; returns its standard output. */
    public String run(String... command) throws IOException, InterruptedException {
        return Shell.run(inside(List.of(command)));
    }

    /** Runs a program in here whose failure is an answer. */
    public Shell.Outcome ask(String... command) throws IOException, InterruptedException {
        return Shell.ask(inside(List.of(command)));
    }

    /** Starts a program in here that goes on; everything it prints goes to {@code log}. */
    public Process start(Path log, List<String> command) throws IOException {
        return new ProcessBuilder(inside(command)).redirectErrorStream(true).redirectOutput(log.toFile())
                .redirectInput(Path.of("/dev/null").toFile()).start();
    }

    private List<String> inside(List<String> command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(command);
        return all;
    }

    /** Moves a device (such as a client's cable) to another namespace, where it is down. */
    public void give(String device, Netns to) throws IOException, InterruptedException {
        run("ip", "link", "set", device, "netns", to.name);
    }

    /** IPv4 address of a device as text, or an empty text. */
    public String address4(String device) throws IOException, InterruptedException {
        for (String word : ask("ip", "-4", "-o", "addr", "show", "dev", device).text().split("\\s+")) {
            if (word.matches("[0-9.]+/[0-9]+")) {
                return word.substring(0, word.indexOf('/'));
            }
        }
        return "";
    }

    /** MAC that this machine has learned for an IPv4 address, or an empty text. */
    public String neighbour(String address) throws IOException, InterruptedException {
        String[] words = ask("ip", "neigh", "show", address).text().split("\\s+");
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals("lladdr")) {
                return words[i + 1];
            }
        }
        return "";
    }

    /**
     * Everything a person would look at to see what is left in here, in sorted lines: links with their MTU and master,
     * addresses, rules, routes, filters, forwarding. Waits until no address is still being checked for duplicates.
     */
    public String inventory() throws Exception {
        Wait.until("addresses in " + name + " are checked", Duration.ofSeconds(60),
                () -> !run("ip", "-o", "addr").contains("tentative"), () -> run("ip", "-o", "addr"));
        StringBuilder all = new StringBuilder();
        all.append(run("ip", "-o", "link").replaceAll("(?m)^\\d+: ", "").replaceAll(" qdisc \\S+", "")
                .replaceAll("(?m) qlen.*$", ""));
        all.append(run("ip", "-o", "addr").replaceAll("(?m)^\\d+: ", "").replaceAll("valid_lft.*", ""));
        all.append(run("ip", "rule")).append(run("ip", "-6", "rule"));
        all.append(run("ip", "route", "show", "table", "all")).append(run("ip", "-6", "route", "show", "table", "all"));
        all.append(run("grep", "-H", "", "/proc/sys/net/ipv4/ip_forward",
                "/proc/sys/net/ipv6/conf/all/forwarding"));
        return all.toString().lines().sorted().collect(Collectors.joining("\n", "", "\n"))
                + run("nft", "list", "ruleset");
    }

    /** Ends everything in here and removes it. */
    @Override
    public void close() {
        try {
            for (String signal : List.of("TERM", "KILL")) {
                List<ProcessHandle> inside = new ArrayList<>();
                Shell.ask(List.of("ip", "netns", "pids", name)).text().lines().filter(line -> line.matches("\\d+"))
                        .forEach(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(inside::add));
                for (ProcessHandle process : inside) {
                    boolean unused = signal.equals("KILL") ? process.destroyForcibly() : process.destroy();
                }
                for (ProcessHandle process : inside) {
                    endsWithin(process, 3);
                }
            }
            Shell.ask(List.of("ip", "netns", "del", name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void endsWithin(ProcessHandle process, int seconds) throws InterruptedException {
        try {
            process.onExit().get(seconds, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            // The next, stronger signal follows.
        }
    }
}
