package org.limesh.linux.nft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterReport;
import org.limesh.host.FilterRule;

/**
 * Our table as nft prints it.
 *
 * @param rules     chain and text of each rule, counts left out, in order; sets too, without what is in them
 * @param counters  frames dropped, by the rule's name
 * @param offenders who sent what was dropped; {@link FilterReport.Offender#counter} is the name of the set,
 *     see
 *                  {@link #offendersOf}
 */
public record NftTable(List<String> rules, Map<String, Long> counters,
        List<FilterReport.Offender> offenders) {
    private static final Pattern CHAIN = Pattern.compile("\\s*(chain|set) (\\S+) \\{");
    private static final Pattern RULE =
            Pattern.compile("\\s*(.*?) ?counter packets (\\d+) bytes \\d+ drop comment \"([^\"]*)\"\\s*");
    private static final Pattern ELEMENT =
            Pattern.compile("\"([^\"]+)\" \\. ([0-9a-f:]{17}) (?:timeout \\S+ )?(?:expires \\S+ )?"
                    + "counter packets (\\d+)");

    public NftTable {
        rules = List.copyOf(rules);
        offenders = List.copyOf(offenders);
    }

    static NftTable parse(String text) {
        List<String> rules = new ArrayList<>();
        Map<String, Long> counters = new LinkedHashMap<>();
        List<FilterReport.Offender> offenders = new ArrayList<>();
        String chain = "";
        boolean inElements = false;
        for (String line : text.split("\n")) {
            Matcher head = CHAIN.matcher(line);
            Matcher rule = RULE.matcher(line);
            inElements |= line.strip().startsWith("elements = {");
            if (inElements) {
                Matcher element = ELEMENT.matcher(line);
                while (element.find()) {
                    offenders.add(new FilterReport.Offender(chain, element.group(1),
                            MacAddress.parse(element.group(2)), Long.parseLong(element.group(3))));
                }
                inElements = !line.contains("}");
            } else if (head.matches()) {
                chain = head.group(2);
            } else if (line.contains(" hook ")) {
                rules.add(chain + ": " + line.strip());
            } else if (rule.matches()) {
                rules.add(chain + ": " + rule.group(1) + " drop " + rule.group(3));
                counters.merge(rule.group(3), Long.parseLong(rule.group(2)), Long::sum);
            } else if (!line.isBlank() && !line.strip().equals("}") && !line.startsWith("table ")) {
                // Something that is not ours, or a set; a foreign line makes the table differ from what was
                // loaded.
                rules.add(chain + ": " + line.strip());
            }
        }
        return new NftTable(rules, counters, offenders);
    }

    /** The offenders under the names of the rules' counters. */
    public List<FilterReport.Offender> offendersOf(List<FilterRule> wanted) {
        Map<String, String> counterBySet = new LinkedHashMap<>();
        NftCompiler.blamed(wanted).forEach(counter ->
                counterBySet.put(NftCompiler.setName(counter), counter));
        return offenders.stream().filter(offender -> counterBySet.containsKey(offender.counter()))
                .map(offender -> new FilterReport.Offender(counterBySet.get(offender.counter()),
                offender.port(),
                        offender.source(), offender.frames())).toList();
    }

    /** Null when all these rules and no others are in the table, in this order; else what is wrong. */
    String differsFrom(List<FilterRule> wanted) {
        List<String> found = rules.stream().filter(rule -> !rule.startsWith(NftCompiler.SET_PREFIX)
                && !rule.contains(" hook ")).toList();
        List<String> expected = new ArrayList<>();
        for (FilterRule.Hook hook : FilterRule.Hook.values()) {
            String chain = NftCompiler.hookName(hook) + ": |";
            for (FilterRule rule : wanted) {
                if (rule.hook() == hook) {
                    if (rule.blames()) {
                        expected.add(chain + " update @" + NftCompiler.setName(rule.counter())
                                + " { iifname . ether saddr }");
                    }
                    expected.add(chain + " drop " + rule.counter());
                }
            }
        }
        long sets = rules.stream().filter(rule -> rule.startsWith(NftCompiler.SET_PREFIX)
                && rule.contains(" size "))
                .count();
        long hooks = rules.stream().filter(rule -> rule.contains(" hook ")).count();
        if (found.size() != expected.size() || hooks != FilterRule.Hook.values().length
                || sets != NftCompiler.blamed(wanted).size()) {
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
