package org.limesh.lime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads UCI text. Never throws: whatever is wrong becomes a diagnostic, and reading goes on behind it, so
 * that one run shows all problems of a file.
 *
 * <pre>
 *  config TYPE [NAME]      opens or continues a section       (c)
 *  option NAME [VALUE]     the last one wins; '' removes it   (o)
 *  list NAME [VALUE]       appends                            (l)
 *  package NAME            accepted, no effect here           (p)
 * </pre>
 */
public final class UciReader {
    /** Real files have 2 to 6 KiB; the limit keeps a wrong file from filling the memory. */
    public static final int MAX_TEXT_CHARS = 1 << 20;
    static final int MAX_SECTIONS = 4096;
    static final int MAX_OPTIONS_PER_SECTION = 1024;
    static final int MAX_VALUES_PER_LIST = 4096;
    /** A file with more problems is not a configuration; the rest is summed up in one line. */
    static final int MAX_DIAGNOSTICS = 100;

    private final UciWords words;
    private final String file;
    private final List<Diagnostic> diagnostics = new ArrayList<>();
    private final List<Draft> sections = new ArrayList<>();
    private final Map<String, Draft> named = new LinkedHashMap<>();
    private Draft current;
    /** True after a broken {@code config} line: its options are checked but belong nowhere. */
    private boolean skipping;

    private UciReader(ConfigSource source) {
        this.file = source.name();
        this.words = new UciWords(source.name(), source.text(), this::report);
    }

    /** The sections and all problems of a text. */
    public static UciFile read(ConfigSource source) {
        if (source.text().length() > MAX_TEXT_CHARS) {
            Origin top = new Origin(source.name(), 0, 0, 1, "");
            return new UciFile(source.name(), List.of(), List.of(Diagnostic.error(top, "the file has "
                    + source.text().length() + " characters; a configuration has at most " + MAX_TEXT_CHARS,
                    null)));
        }
        return new UciReader(source).run();
    }

    private UciFile run() {
        List<UciValue> command;
        while ((command = words.nextCommand()) != null) {
            if (!command.isEmpty()) {
                obey(command);
            }
        }
        return new UciFile(file, sections.stream().map(Draft::finish).toList(), diagnostics);
    }

    private void report(Diagnostic diagnostic) {
        if (diagnostics.size() < MAX_DIAGNOSTICS) {
            diagnostics.add(diagnostic);
        } else if (diagnostics.size() == MAX_DIAGNOSTICS) {
            diagnostics.add(new Diagnostic(Diagnostic.Severity.ERROR, file, 0, 0, 0,
                    "more than " + MAX_DIAGNOSTICS + " problems; the rest is not shown", null, null));
        }
    }

    private void obey(List<UciValue> command) {
        UciValue verb = command.getFirst();
        for (UciValue word : command) {
            // The reader of files puts U+FFFD where octets were no UTF-8. A name's octets decide its cloud.
            if (word.text().indexOf(0xfffd) >= 0) {
                report(Diagnostic.error(word.origin(), "this is not UTF-8 text", "save the file as UTF-8"));
            }
        }
        switch (verb.text()) {
            case "package", "p" -> arguments(command, "package NAME", 1, 1);
            case "config", "c" -> config(command);
            case "option", "o" -> option(command, false);
            case "list", "l" -> option(command, true);
            default -> {
                String close = Words.closest(verb.text(), List.of("config", "option", "list", "package"));
                report(Diagnostic.error(verb.origin(), "'" + Words.shorten(verb.text()) + "' is not a command"
                        + (close == null ? "" : " (did you mean '" + close + "'?)"),
                        "write config, option or list"));
            }
        }
    }

    private boolean arguments(List<UciValue> command, String form, int least, int most) {
        int given = command.size() - 1;
        if (given < least) {
            report(Diagnostic.error(command.getLast().origin(), "the line is not complete", "write " + form));
        } else if (given > most) {
            report(Diagnostic.error(command.get(most + 1).origin(),
                    "'" + Words.shorten(command.get(most + 1).text()) + "' is one word too many",
                    "put a value with blanks in quotes: " + form));
        }
        return given >= least && given <= most;
    }

    private void config(List<UciValue> command) {
        current = null;
        skipping = true;
        if (!arguments(command, "config TYPE 'NAME'", 1, 2)) {
            return;
        }
        UciValue type = command.get(1);
        String name = command.size() > 2 && !command.get(2).text().isEmpty() ? command.get(2).text() : null;
        boolean goodType = !type.text().isEmpty() && type.text().chars().allMatch(c -> c > 0x20 && c < 0x7f);
        if (!goodType) {
            report(Diagnostic.error(type.origin(), "'" + Words.shorten(type.text())
                    + "' cannot be a section type",
                    "use printable ASCII characters"));
        } else if (name != null && !isName(name)) {
            report(badName(command.get(2), "section"));
        } else if (name != null && named.containsKey(name)) {
            current = named.get(name);
            current.type = type.text();
        } else if (sections.size() == MAX_SECTIONS) {
            report(Diagnostic.error(type.origin(), "more than " + MAX_SECTIONS + " sections", null));
        } else {
            current = new Draft(type.text(), name, command.getFirst().origin());
            sections.add(current);
            if (name != null) {
                named.put(name, current);
            }
        }
        skipping = current == null;
    }

    private void option(List<UciValue> command, boolean list) {
        if (!arguments(command, list ? "list NAME 'VALUE'" : "option NAME 'VALUE'", 1, 2)) {
            return;
        }
        UciValue name = command.get(1);
        if (!isName(name.text())) {
            report(badName(name, "option"));
        } else if (current == null && !skipping) {
            report(Diagnostic.error(command.getFirst().origin(), "'" + name.text()
                    + "' stands before any section",
                    "write a line before it such as: config lime 'network'"));
        } else if (current != null) {
            UciValue value = command.size() > 2 ? command.get(2) : new UciValue("", name.origin());
            String fault = current.put(name.text(), value, list);
            if (fault != null) {
                report(Diagnostic.error(name.origin(), fault, null));
            }
        }
    }

    private static Diagnostic badName(UciValue name, String what) {
        return Diagnostic.error(name.origin(), "'" + Words.shorten(name.text()) + "' cannot be the name of "
                + (what.equals("option") ? "an " : "a ") + what, "use letters, digits and _ only");
    }

    static boolean isName(String text) {
        return !text.isEmpty() && text.chars()
                .allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0'
                && c <= '9' || c == '_');
    }

    /** A section while it grows. */
    private static final class Draft {
        private String type;
        private final String name;
        private final Origin origin;
        private final Map<String, List<UciValue>> values = new LinkedHashMap<>();
        private final Map<String, Boolean> lists = new LinkedHashMap<>();

        Draft(String type, String name, Origin origin) {
            this.type = type;
            this.name = name;
            this.origin = origin;
        }

        /** Null, or what limit was met. */
        String put(String option, UciValue value, boolean list) {
            if (!list && value.text().isEmpty()) {
                values.remove(option);
                lists.remove(option);
                return null;
            }
            if (!values.containsKey(option) && values.size() == MAX_OPTIONS_PER_SECTION) {
                return "more than " + MAX_OPTIONS_PER_SECTION + " options in one section";
            }
            List<UciValue> known = values.computeIfAbsent(option, _ -> new ArrayList<>());
            if (!list) {
                known.clear();
            } else if (known.size() == MAX_VALUES_PER_LIST) {
                return "more than " + MAX_VALUES_PER_LIST + " values in one list";
            }
            known.add(value);
            lists.put(option, list);
            return null;
        }

        UciSection finish() {
            Map<String, UciOption> options = new LinkedHashMap<>();
            values.forEach((option, list) -> options.put(option,
                    new UciOption(option, lists.get(option), list)));
            return new UciSection(type, name, origin, options);
        }
    }
}
