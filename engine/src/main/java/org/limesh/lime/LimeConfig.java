package org.limesh.lime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.MacAddress;

/**
 * The effective configuration: all layers laid over one another, each value with the place it came from.
 *
 * <p>An option or list of a higher layer replaces the whole option of the same section; options it does not
 * name survive. Named sections meet by name, whatever their type; anonymous ones accumulate. Lists are never
 * joined. Immutable.
 */
public final class LimeConfig {
    /** Where values of {@link #with} claim to come from. */
    public static final String COMMAND_LINE = "--set";

    private final Map<String, UciSection> sections;
    private final List<UciFile> files;
    private final List<Diagnostic> diagnostics;

    private LimeConfig(Map<String, UciSection> sections, List<UciFile> files, List<Diagnostic> diagnostics) {
        this.sections = Collections.unmodifiableMap(sections);
        this.files = List.copyOf(files);
        this.diagnostics = List.copyOf(diagnostics);
    }

    /** LibreMesh's defaults and nothing else. */
    public static LimeConfig builtIn() {
        return of(List.of(), null);
    }

    /**
     * Lays the built-in defaults and these files over one another. Their names decide the order:
     * lime-defaults, lime-community, lime-&lt;mac&gt;, lime-node, then any other name in the order given.
     * {@code lime-autogen} and the file of another MAC are left out.
     *
     * @param primaryMac whose {@code lime-<mac>} counts; null leaves all of them out
     */
    public static LimeConfig of(List<ConfigSource> sources, MacAddress primaryMac) {
        List<ConfigSource> ordered = new ArrayList<>();
        for (Layer layer : EnumSet.complementOf(EnumSet.of(Layer.LEFT_OUT))) {
            sources.stream().filter(source -> Layer.of(source.baseName(),
                    primaryMac) == layer).forEach(ordered::add);
        }
        List<UciFile> files = new ArrayList<>();
        Map<String, UciSection> merged = new LinkedHashMap<>();
        List<Diagnostic> diagnostics = new ArrayList<>();
        lay(merged, LimeDefaults.FILE);
        for (ConfigSource source : ordered) {
            UciFile file = UciReader.read(source);
            files.add(file);
            diagnostics.addAll(file.diagnostics());
            diagnostics.addAll(OptionCheck.of(file));
            lay(merged, file);
        }
        return new LimeConfig(merged, files, diagnostics);
    }

    /**
     * A copy with an assignment on top of everything.
     *
     * @param assignment {@code lime.wifi.ap_ssid=NAME}; the leading {@code lime.} may be left out
     * @throws IllegalArgumentException when the text is not such an assignment
     */
    public LimeConfig with(String assignment) {
        int equals = assignment.indexOf('=');
        String path = equals < 0 ? "" : assignment.substring(0, equals);
        String[] parts = (path.startsWith("lime.") ? path.substring(5) : path).split("\\.", -1);
        if (parts.length != 2 || !UciReader.isName(parts[0]) || !UciReader.isName(parts[1])) {
            throw new IllegalArgumentException("'" + Words.shorten(assignment)
                    + "' is not an assignment; write e.g. lime.wifi.ap_ssid=MyCloud");
        }
        return with(parts[0], parts[1], List.of(assignment.substring(equals + 1)));
    }

    /** A copy with these values on top of everything; one value makes an option, several make a list. */
    public LimeConfig with(String section, String option, List<String> values) {
        Origin origin = new Origin(COMMAND_LINE + " " + section + "." + option, 0, 0, 1, "");
        UciSection known = sections.get(section);
        String type = known == null ? "lime" : known.type();
        // As in uci, setting nothing leaves the one empty value, which hides what lies below.
        values = values.isEmpty() ? List.of("") : values;
        boolean list = values.size() != 1 || KnownOptions.isList(option);
        UciOption laid = new UciOption(option, list, values.stream().map(text -> new UciValue(text,
                origin)).toList());
        UciFile file = new UciFile(origin.file(), List.of(new UciSection(type, section, origin,
                Collections.singletonMap(option, laid))), List.of());
        Map<String, UciSection> merged = new LinkedHashMap<>(sections);
        lay(merged, file);
        List<UciFile> allFiles = new ArrayList<>(files);
        allFiles.add(file);
        List<Diagnostic> all = new ArrayList<>(diagnostics);
        all.addAll(OptionCheck.of(file));
        return new LimeConfig(merged, allFiles, all);
    }

    private static void lay(Map<String, UciSection> merged, UciFile file) {
        for (UciSection section : file.sections()) {
            String key = section.name();
            if (key == null) {
                long sameType = merged.values().stream()
                        .filter(known -> known.name() == null && known.type().equals(section.type())).count();
                key = "@" + section.type() + "[" + sameType + "]";
            }
            UciSection below = merged.get(key);
            if (below == null) {
                merged.put(key, section);
            } else {
                Map<String, UciOption> options = new LinkedHashMap<>(below.options());
                options.putAll(section.options());
                merged.put(key, new UciSection(section.type(), section.name(), below.origin(), options));
            }
        }
    }

    /** Sections by name; anonymous ones are called {@code @type[0]} as uci does. */
    public Map<String, UciSection> sections() {
        return sections;
    }

    /** The files that were laid over the defaults, lowest first. */
    public List<UciFile> files() {
        return files;
    }

    /** Problems of the files themselves; those of their meaning come from {@link AutoConfig}. */
    public List<Diagnostic> diagnostics() {
        return diagnostics;
    }

    /** The option, or null. */
    public UciOption option(String section, String option) {
        UciSection found = sections.get(section);
        return found == null ? null : found.options().get(option);
    }

    /** The text of an option, or the fallback. */
    public String text(String section, String option, String fallback) {
        UciOption found = option(section, option);
        return found == null ? fallback : found.text();
    }

    /** The values of a list; an {@code option} counts as its blank-separated words, as in LibreMesh. */
    public List<UciValue> list(String section, String option) {
        UciSection found = sections.get(section);
        return found == null ? List.of() : list(found, option);
    }

    static List<UciValue> list(UciSection section, String option) {
        UciOption found = section.options().get(option);
        if (found == null) {
            return List.of();
        }
        if (found.list()) {
            return found.values();
        }
        List<UciValue> words = new ArrayList<>();
        for (String word : found.text().strip().split("\\s+")) {
            words.add(new UciValue(word, found.origin()));
        }
        return words;
    }

    /** True for {@code 1}, {@code on}, {@code true}, {@code enabled}; anything else is false. */
    public boolean flag(String section, String option, boolean fallback) {
        UciOption found = option(section, option);
        return found == null ? fallback : List.of("1", "on", "true", "enabled").contains(found.text());
    }

    /** The name of the cloud. */
    public String apSsid() {
        return text("wifi", "ap_ssid", "LibreMesh.org");
    }

    /**
     * The effective options of a radio: general, overlaid by its band, overlaid by its own section. This
     * happens after the merge of the files, so a band value of the defaults beats a general value of
     * lime-node.
     *
     * @param band  {@code 2ghz} or {@code 5ghz}; a 6 GHz radio counts as 5 GHz
     * @param radio e.g. {@code radio0}
     */
    public Map<String, UciOption> radio(String band, String radio) {
        Map<String, UciOption> options = new LinkedHashMap<>();
        for (String name : List.of("wifi", band, radio)) {
            UciSection section = sections.get(name);
            if (section != null) {
                options.putAll(section.options());
            }
        }
        return Collections.unmodifiableMap(options);
    }

    /** Priorities, lowest first. */
    private enum Layer {
        DEFAULTS, COMMUNITY, MAC, CLASSIC_NODE, NODE, GIVEN, LEFT_OUT;

        static Layer of(String name, MacAddress mac) {
            return switch (name) {
                case "lime-defaults" -> DEFAULTS;
                case "lime-community" -> COMMUNITY;
                // The one file of releases until 17.06, which held what lime-node holds today.
                case "lime" -> CLASSIC_NODE;
                case "lime-node" -> NODE;
                case "lime-autogen", "limesh" -> LEFT_OUT;
                default -> name.matches("lime-[0-9a-f]{12}")
                        ? mac != null && name.equals("lime-" + mac.digits()) ? MAC : LEFT_OUT
                        : GIVEN;
            };
        }
    }
}
