package org.limesh.linux.nft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.host.FilterRule;

/**
 * Our table as nft prints it.
 *
 * @param rules    chain and text of each rule, counts left out, in order
 * @param counters frames dropped, by the rule's name
 */
public record NftTable(List<String> rules, Map<String, Long> counters) {
    private static final Pattern CHAIN = Pattern.compile("\\s*chain (\\S+) \\{");
    private static final Pattern RULE =
            Pattern.compile("\\s*(.*?) ?counter packets (\\d+) bytes \\d+ drop comment \"([^\"]*)\"\\s*");

    public NftTable {
        rules = List.copyOf(rules);
    }

    static NftTable parse(String text) {
        List<String> rules = new ArrayList<>();
        Map<String, Long> counters = new LinkedHashMap<>();
        String chain = "";
        for (String line : text.split("\n")) {
            Matcher head = CHAIN.matcher(line);
            Matcher rule = RULE.matcher(line);
            if (head.matches()) {
                chain = head.group(1);
            } else if (line.contains(" hook ")) {
                rules.add(chain + ": " + line.strip());
            } else if (rule.matches()) {
                rules.add(chain + ": " + rule.group(1) + " drop " + rule.group(3));
                counters.merge(rule.group(3), Long.parseLong(rule.group(2)), Long::sum);
            } else if (!line.isBlank() && !line.strip().equals("}") && !line.startsWith("table ")) {
                // Something that is not ours; it makes the table differ from what was loaded.
                rules.add(chain + ": " + line.strip());
            }
        }
        return new NftTable(rules, counters);
    }

    /** Null when all these rules and no others are in the table, in this order; else what is wrong. */
    String differsFrom(List<FilterRule> wanted) {
        List<String> found = rules.stream().filter(rule -> rule.contains(" drop ")).toList();
        List<String> expected = new ArrayList<>();
        for (FilterRule.Hook hook : FilterRule.Hook.values()) {
            wanted.stream().filter(rule -> rule.hook() == hook)
                    .forEach(rule -> expected.add(NftCompiler.hookName(hook) + ": | drop " + rule.counter()));
        }
        if (found.size() != expected.size() || rules.size() != expected.size() + FilterRule.Hook.values().length) {
            return expected.size() + " rules were loaded, " + found.size() + " are there";
        }
        for (int i = 0; i < found.size(); i++) {
            String chain = expected.get(i).substring(0, expected.get(i).indexOf('|'));
            String end = expected.get(i).substring(expected.get(i).indexOf('|') + 1);
            if (!found.get(i).startsWith(chain) || !found.get(i).endsWith(end)) {
                return "rule " + (i + 1) + " reads '" + found.get(i) + "'";
            }
        }
        return null;
    }
}
