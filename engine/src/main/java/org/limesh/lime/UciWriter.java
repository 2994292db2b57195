package org.limesh.lime;

import java.util.regex.Pattern;

/** Writes sections as libuci does: a blank line before each, a tab before options, single quotes. */
public final class UciWriter {
    /** libuci writes types as they are; one with a quote, backslash, # or ; would then read differently. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

    private UciWriter() {}

    /** The text of a file; reading it gives the same sections. */
    public static String write(Iterable<UciSection> sections) {
        StringBuilder text = new StringBuilder();
        for (UciSection section : sections) {
            text.append("\nconfig ")
                    .append(PLAIN.matcher(section.type()).matches() ? section.type() : quote(section.type()));
            if (section.name() != null) {
                text.append(' ').append(quote(section.name()));
            }
            text.append('\n');
            for (UciOption option : section.options().values()) {
                for (UciValue value : option.values()) {
                    text.append(option.list() ? "\tlist " : "\toption ").append(option.name()).append(' ')
                            .append(quote(value.text())).append('\n');
                }
            }
        }
        return text.toString();
    }

    /** A word in single quotes; a single quote inside becomes {@code '\''}. */
    public static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
