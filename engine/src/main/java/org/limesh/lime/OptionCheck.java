package org.limesh.lime;

import java.util.ArrayList;
import java.util.List;

/** Says of every section and option of a file what becomes of it here. */
final class OptionCheck {
    private OptionCheck() {}

    static List<Diagnostic> of(UciFile file) {
        List<Diagnostic> diagnostics = new ArrayList<>();
        for (UciSection section : file.sections()) {
            if (KnownOptions.knowsSection(section.type(), section.name())) {
                noteSection(section, diagnostics);
                section.options().values().forEach(option -> check(section, option, diagnostics));
            } else {
                diagnostics.add(unknownSection(section));
            }
        }
        return diagnostics;
    }

    private static String called(UciSection section) {
        return section.name() == null ? "(no name) of type " + section.type() : section.name();
    }

    private static Diagnostic unknownSection(UciSection section) {
        String close = KnownOptions.closestSection(section.type(), section.name());
        return Diagnostic.warning(section.origin(), "unknown section 'config " + Words.shorten(section.type())
                + (section.name() == null ? "" : " " + Words.shorten(section.name())) + "'"
                + (close == null ? "" : " (did you mean '" + close + "'?)") + "; kept, not used", null);
    }

    private static void noteSection(UciSection section, List<Diagnostic> diagnostics) {
        switch (section.type()) {
            case "lime-wifi-band" -> diagnostics.add(Diagnostic.note(section.origin(), "section "
                    + called(section)
                    + " sets up radios; radios are set up by the system here: kept, not used"));
            case "wifi" -> diagnostics.add(Diagnostic.note(section.origin(), "section " + called(section)
                    + " sets up a radio; radios are set up by the system here: kept, not used"));
            case "net" -> noteNet(section, diagnostics);
            default -> { }
        }
    }

    private static void noteNet(UciSection section, List<Diagnostic> diagnostics) {
        UciOption device = section.options().get("linux_name");
        List<String> protocols = LimeConfig.list(section, "protocols").stream().map(UciValue::text).toList();
        if (device == null) {
            diagnostics.add(Diagnostic.note(section.origin(), "section " + called(section)
                    + " names no device (linux_name): kept, not used"));
        } else {
            diagnostics.add(Diagnostic.note(section.origin(), "section " + called(section) + ": "
                    + Words.shorten(device.text()) + (protocols.isEmpty() ? " is left alone (no protocols)"
                    : " gets " + Words.shorten(String.join(" ", protocols))
                    + " instead of the general protocols")));
        }
    }

    private static void check(UciSection section, UciOption option, List<Diagnostic> diagnostics) {
        switch (KnownOptions.classOf(section.type(), section.name(), option.name())) {
            case USED -> { }
            case UNDERSTOOD -> {
                if (option.name().equals("modes")) {
                    checkModes(section, diagnostics);
                } else {
                    diagnostics.add(Diagnostic.note(option.origin(), "option '" + option.name()
                            + "' in section "
                            + called(section) + " is understood and not ours: kept, not used"));
                }
            }
            case UNKNOWN -> {
                String close = KnownOptions.closest(section.type(), section.name(), option.name());
                diagnostics.add(Diagnostic.warning(option.origin(), "unknown option '"
                        + Words.shorten(option.name())
                        + "' in section " + called(section)
                        + (close == null ? "" : " (did you mean '" + close + "'?)") + "; kept, not used",
                        null));
            }
        }
    }

    private static void checkModes(UciSection section, List<Diagnostic> diagnostics) {
        for (UciValue mode : LimeConfig.list(section, "modes")) {
            String text = mode.text();
            if (text.equals("adhoc")) {
                diagnostics.add(Diagnostic.note(mode.origin(),
                        "mode 'adhoc': radios are set up by the system here; "
                        + "an ad-hoc radio carries the mesh when it is named: --dev wlan0-adhoc"));
            } else if (KnownOptions.isWifiMode(text)) {
                diagnostics.add(Diagnostic.note(mode.origin(), "mode '" + text
                        + "': radios are set up by the system here"));
            } else if (!text.isBlank()) {
                String close = Words.closest(text, KnownOptions.wifiModes());
                diagnostics.add(Diagnostic.warning(mode.origin(), "unknown mode '" + Words.shorten(text) + "'"
                        + (close == null ? "" : " (did you mean '" + close + "'?)") + "; kept, not used",
                        null));
            }
        }
    }
}
