package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.TrustEntry;

/**
 * A directory of trusted nodes, as the genuine program keeps it: what counts is the names of the files, their
 * content is of no interest.
 *
 * <pre>
 *   3E0A...(56 hexadecimal digits)            trusted and supported
 *   3E0A...7B.trust=2.support=0               levels 0 to 3; a level of 0 takes the node out of that list
 * </pre>
 *
 * @param trusts   nodes that may pass on what leads here; announced
 * @param supports nodes whose description is kept in any case; announced
 * @param problems sentences about names that are no nodes
 */
public record TrustedNodes(List<TrustEntry> trusts, List<TrustEntry> supports, List<String> problems) {
    /** A list in a description is bounded by the description. */
    public static final int MAX_NODES = 1000;
    private static final int USUAL_LEVEL = 2;
    private static final Pattern NAME = Pattern.compile(
            "([0-9A-Fa-f]{56})((?:\\.[A-Za-z]+=[0-9]+|\\.[A-Za-z0-9_-]+)*)");
    private static final Pattern LEVEL = Pattern.compile("\\.(trust|support)=([0-3])");

    public TrustedNodes {
        trusts = List.copyOf(trusts);
        supports = List.copyOf(supports);
        problems = List.copyOf(problems);
    }

    /** Reads the names of a directory; hidden files are left out. */
    public static TrustedNodes of(List<String> fileNames) {
        List<TrustEntry> trusts = new ArrayList<>();
        List<TrustEntry> supports = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Set<Hash> seen = new LinkedHashSet<>();
        for (String name : fileNames.stream().sorted().toList()) {
            Matcher parts = NAME.matcher(name);
            if (name.startsWith(".")) {
                continue;
            }
            if (!parts.matches()) {
                problems.add("'" + name
                        + "' among the trusted nodes is not named by a node id; write 56 hexadecimal"
                        + " digits, perhaps with .trust=2 or .support=0 behind");
            } else if (seen.size() >= MAX_NODES) {
                problems.add("more than " + MAX_NODES + " trusted nodes; '" + name + "' is left out");
            } else if (!seen.add(Hash.parse(parts.group(1)))) {
                problems.add("'" + name + "' names a trusted node for the second time; it is left out");
            } else {
                add(Hash.parse(parts.group(1)), parts.group(2), trusts, supports);
            }
        }
        return new TrustedNodes(trusts, supports, problems);
    }

    private static void add(Hash id, String suffixes, List<TrustEntry> trusts, List<TrustEntry> supports) {
        int trust = USUAL_LEVEL;
        int support = USUAL_LEVEL;
        Matcher levels = LEVEL.matcher(suffixes);
        while (levels.find()) {
            int level = Integer.parseInt(levels.group(2));
            trust = levels.group(1).equals("trust") ? level : trust;
            support = levels.group(1).equals("support") ? level : support;
        }
        if (trust > 0) {
            trusts.add(new TrustEntry(id, trust));
        }
        if (support > 0) {
            supports.add(new TrustEntry(id, support));
        }
    }
}
