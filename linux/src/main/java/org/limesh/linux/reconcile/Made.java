package org.limesh.linux.reconcile;

import java.util.List;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Prefix;

/** One thing that was changed and how it was before: a line of the journal. */
sealed interface Made {
    /** An interface was made. */
    record Link(String name) implements Made {}

    /** An interface that was down was brought up. */
    record Up(String name) implements Made {}

    record Mtu(String name, int beforeOctets) implements Made {}

    /** An interface that was in no bridge became a port. */
    record Port(String name) implements Made {}

    record Sysctl(String path, String before) implements Made {}

    record Address4(String device, Ip4Prefix address) implements Made {}

    record Address6(String device, Ip6Prefix address) implements Made {}

    /** @param priority 0 where the kernel chose */
    record Rule4(Ip4Prefix from, int table, int priority) implements Made {}

    record Rule6(Ip6Prefix from, int table, int priority) implements Made {}

    record Route4(Ip4Prefix destination, String device, int table, long metric) implements Made {}

    record Route6(Ip6Prefix destination, String device, int table, long metric) implements Made {}

    /** The filter table was loaded. */
    record Filters() implements Made {}

    /** The rules for forwarded packets were loaded. */
    record Nat() implements Made {}

    /** Words separated by blanks; neither interface names nor paths nor values of ours have any. */
    default String line() {
        return switch (this) {
            case Link(var name) -> "link " + name;
            case Up(var name) -> "up " + name;
            case Mtu(var name, var before) -> "mtu " + name + " " + before;
            case Port(var name) -> "port " + name;
            case Sysctl(var path, var before) -> "sysctl " + path + " " + before;
            case Address4(var device, var address) -> "address4 " + device + " " + address;
            case Address6(var device, var address) -> "address6 " + device + " " + address;
            case Rule4(var from, var table, var priority) -> "rule4 " + from + " " + table + " " + priority;
            case Rule6(var from, var table, var priority) -> "rule6 " + from + " " + table + " " + priority;
            case Route4(var to, var device, var table, var metric) ->
                    "route4 " + to + " " + device + " " + table + " " + metric;
            case Route6(var to, var device, var table, var metric) ->
                    "route6 " + to + " " + device + " " + table + " " + metric;
            case Filters() -> "filters";
            case Nat() -> "nat";
        };
    }

    /** A journal is undone by root: it shall name no file but a setting of the network. */
    private static String setting(String path) {
        if (!path.matches("net/(ipv[46]|bridge)/[A-Za-z0-9_./@:-]+") || path.contains("..")) {
            throw new IllegalArgumentException("not a setting of the network: " + path);
        }
        return path;
    }

    /** @throws IllegalArgumentException when the line is none of ours, for example cut short */
    static Made parse(String line) {
        List<String> words = List.of(line.split(" "));
        try {
            return switch (words.getFirst()) {
                case "link" -> new Link(words.get(1));
                case "up" -> new Up(words.get(1));
                case "mtu" -> new Mtu(words.get(1), Integer.parseInt(words.get(2)));
                case "port" -> new Port(words.get(1));
                case "sysctl" -> new Sysctl(setting(words.get(1)), words.get(2));
                case "address4" -> new Address4(words.get(1), Ip4Prefix.parse(words.get(2)));
                case "address6" -> new Address6(words.get(1), Ip6Prefix.parse(words.get(2)));
                case "rule4" -> new Rule4(Ip4Prefix.parse(words.get(1)), Integer.parseInt(words.get(2)),
                        Integer.parseInt(words.get(3)));
                case "rule6" -> new Rule6(Ip6Prefix.parse(words.get(1)), Integer.parseInt(words.get(2)),
                        Integer.parseInt(words.get(3)));
                case "route4" -> new Route4(Ip4Prefix.parse(words.get(1)), words.get(2),
                        Integer.parseInt(words.get(3)), Long.parseLong(words.get(4)));
                case "route6" -> new Route6(Ip6Prefix.parse(words.get(1)), words.get(2),
                        Integer.parseInt(words.get(3)), Long.parseLong(words.get(4)));
                case "filters" -> new Filters();
                case "nat" -> new Nat();
                default -> throw new IllegalArgumentException("unknown word");
            };
        } catch (IndexOutOfBoundsException cutShort) {
            throw new IllegalArgumentException("line is cut short: " + line, cutShort);
        }
    }
}
