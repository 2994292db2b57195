package org.limesh.lab.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.base.MacAddress;

/** What nodes and clients have in common in a file: names, numbered names, addresses that none has twice. */
final class Names {
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\\*(\\d{1,5}))?");

    /** Words that stand for something else where a node or a client is named. */
    private static final List<String> RESERVED = List.of(Scenario.INTERNET, "gateway", "random", "all", "none");

    private final Problems problems;
    private final Map<String, Scenario.Cloud> clouds;
    private final Map<MacAddress, String> macOwners = new LinkedHashMap<>();

    Names(Problems problems, Map<String, Scenario.Cloud> clouds) {
        this.problems = problems;
        this.clouds = clouds;
    }

    /** The address at the key {@code mac}, or null. */
    MacAddress mac(Fields fields, String owner, int copies) {
        MacAddress mac = fields.read("mac", null, MacAddress::parse);
        if (mac != null && (mac.isMulticast() || mac.isZero())) {
            problems.add(fields.position("mac"), "'" + mac + "' of " + owner
                    + " is not the address of a device: it is "
                    + (mac.isZero() ? "zero" : "a multicast address"));
        }
        if (mac != null && copies > 1) {
            problems.add(fields.position("mac"), owner + ": one MAC for " + copies
                    + "; leave 'mac' out here");
            return null;
        }
        return mac;
    }

    /** The given MAC, or one made from the place in the list; never one that is taken. */
    MacAddress own(MacAddress given, long base, int index, String owner, Position position) {
        MacAddress mac = given;
        for (int at = index; mac == null || given == null && macOwners.containsKey(mac); at++) {
            // Lowest octet 1..250: an address of all zeros or ones in the low octets would collide with the
            // network's or the anycast address.
            mac = new MacAddress(base | (long) (at / 250 + 1) << 8 | at % 250 + 1);
        }
        String other = macOwners.putIfAbsent(mac, owner);
        if (other != null) {
            problems.add(position, owner + " has the same MAC as " + other);
        }
        return mac;
    }

    /** The names that one key stands for: {@code grove*12} for twelve. Empty after a problem. */
    List<String> of(YamlValue.Entry entry, String kind, int limit) {
        Matcher name = NAME.matcher(entry.key());
        if (!name.matches()) {
            problems.add(entry.position(), "'" + entry.key() + "' is not a name for a " + kind
                    + ": letters, digits, '.', '-', '_' inside; 'name*12' for twelve");
            return List.of();
        }
        if (RESERVED.contains(entry.key())) {
            problems.add(entry.position(), "'" + entry.key() + "' has a meaning of its own in scenarios and cannot "
                    + "be the name of a " + kind);
            return List.of();
        }
        if (name.group(2) == null) {
            return List.of(entry.key());
        }
        int count = Integer.parseInt(name.group(2));
        if (count < 1 || count > limit) {
            problems.add(entry.position(), "'" + entry.key() + "': 1 to " + limit + " are possible");
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            names.add(name.group(1) + i);
        }
        return names;
    }

    /** The keys of one entry, none when nothing stands there; null after a problem. */
    YamlValue.Mapping mappingOrEmpty(YamlValue.Entry entry, String owner) {
        return switch (entry.value()) {
            case YamlValue.Mapping mapping -> mapping;
            case YamlValue.Scalar(var text, var position) when text.isEmpty() ->
                    new YamlValue.Mapping(List.of(), entry.position());
            case YamlValue other -> {
                problems.add(other.position(), owner + " needs a group of keys, not " + other.describe());
                yield null;
            }
        };
    }

    String knownCloud(Fields fields, String owner, String otherwise) {
        String cloud = fields.text("cloud", otherwise);
        if (fields.has("cloud") && cloud != null && !clouds.containsKey(cloud)) {
            problems.add(fields.position("cloud"), owner + " is in '" + cloud + "', which is not a cloud"
                    + Suggest.didYouMean(cloud, clouds.keySet()));
        }
        return cloud;
    }
}
