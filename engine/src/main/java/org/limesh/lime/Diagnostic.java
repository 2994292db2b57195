package org.limesh.lime;

import java.util.Locale;

/**
 * One problem of a configuration, for a person: what is wrong, where, why it matters, what to do.
 *
 * @param severity   how bad
 * @param file       source; never null
 * @param line       1-based, 0 when unknown
 * @param column     1-based, 0 when the whole line is meant
 * @param lengthChars length of the faulty word, for the carets
 * @param message    what is wrong, without position
 * @param sourceLine the line to show with carets; null shows none
 * @param advice     what to do; null when the message says it
 */
public record Diagnostic(
        Severity severity,
        String file,
        int line,
        int column,
        int lengthChars,
        String message,
        String sourceLine,
        String advice) {

    /** How bad a problem is. Only an error keeps a node from starting. */
    public enum Severity {
        /** Cannot be carried out: exit code 2. */
        ERROR,
        /** Carried out differently than written, or not at all. */
        WARNING,
        /** Understood, and somebody else's business; shown with {@code -v}. */
        NOTE
    }

    private static final int TAB_COLUMNS = 4;
    private static final int MAX_EXCERPT_CHARS = 200;

    /** An error at a word, shown with carets; the advice stands behind the carets. */
    static Diagnostic error(Origin at, String message, String advice) {
        return new Diagnostic(Severity.ERROR, at.file(), at.line(), at.column(), at.lengthChars(), message,
                at.sourceLine(), advice);
    }

    /** A warning about a line; the advice stands on the next line. */
    static Diagnostic warning(Origin at, String message, String advice) {
        return new Diagnostic(Severity.WARNING, at.file(), at.line(), 0, 0, message, null, advice);
    }

    static Diagnostic note(Origin at, String message) {
        return new Diagnostic(Severity.NOTE, at.file(), at.line(), 0, 0, message, null, null);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /**
     * The text people see, without a final line feed:
     * <pre>
     * error: lime-community:14:30: 'main_ipv4_address' is '10.%N1.0.0': the mask is missing
     *   14 |     option main_ipv4_address '10.%N1.0.0'
     *      |                              ^^^^^^^^^^^^ write e.g. '10.%N1.0.0/16'
     * </pre>
     */
    public String render() {
        StringBuilder text = new StringBuilder(severity.name().toLowerCase(Locale.ROOT));
        text.append(": ").append(file);
        if (line > 0) {
            text.append(':').append(line);
        }
        if (column > 0) {
            text.append(':').append(column);
        }
        text.append(": ").append(message);
        if (sourceLine != null && column > 0 && column <= sourceLine.length() + 1) {
            appendExcerpt(text);
        } else if (advice != null) {
            text.append("\n  ").append(advice);
        }
        return text.toString();
    }

    private void appendExcerpt(StringBuilder text) {
        String number = String.format(Locale.ROOT, "%4d", line);
        String before = printable(sourceLine.substring(0, column - 1));
        int end = Math.min(sourceLine.length(), column - 1 + Math.max(1, lengthChars));
        String word = printable(sourceLine.substring(column - 1, end));
        String after = printable(sourceLine.substring(end));
        if (before.length() + word.length() + after.length() > MAX_EXCERPT_CHARS) {
            before = before.length() <= MAX_EXCERPT_CHARS / 4 ? before
                    : "..." + before.substring(before.length() - MAX_EXCERPT_CHARS / 4);
            word = clip(word, MAX_EXCERPT_CHARS / 2);
            after = clip(after, MAX_EXCERPT_CHARS / 4);
        }
        text.append('\n').append(number).append(" | ").append(before).append(word).append(after);
        text.append('\n').append(" ".repeat(number.length())).append(" | ")
                .append(" ".repeat(before.length())).append("^".repeat(Math.max(1, word.length())));
        if (advice != null) {
            text.append(' ').append(advice);
        }
    }

    private static String clip(String text, int limit) {
        return text.length() <= limit ? text : text.substring(0, limit - 3) + "...";
    }

    /** A terminal must not be steered by a file's control characters. */
    static String printable(String text) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\t') {
                result.append(" ".repeat(TAB_COLUMNS));
            } else {
                result.append(Character.isISOControl(c) ? '?' : c);
            }
        }
        return result.toString();
    }
}
