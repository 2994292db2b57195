package org.limesh.lime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Cuts UCI text into commands of words, and remembers where each word stood. */
final class UciWords {
    /** Longer commands have no meaning; the rest is dropped, the command is refused anyway. */
    private static final int MAX_WORDS = 8;

    private static final Pattern SWALLOWED = Pattern.compile("\\n[ \\t]*(?:config|option|list)[ \\t]");

    private final String file;
    private final String text;
    private final Consumer<Diagnostic> problems;
    private int at;
    private int line = 1;
    private int lineStart;
    private String lineText;

    UciWords(String file, String text, Consumer<Diagnostic> problems) {
        this.file = file;
        this.text = text.startsWith("\ufeff") ? text.substring(1) : text;
        this.problems = problems;
    }

    /** The words up to the next line end or {@code ;}: none for an empty line, null at the end. */
    List<UciValue> nextCommand() {
        if (at >= text.length()) {
            return null;
        }
        List<UciValue> words = new ArrayList<>();
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\n') {
                newLine();
                return words;
            } else if (c == ';') {
                at++;
                return words;
            } else if (isBlank(c)) {
                at++;
            } else if (c == '#') {
                skipLine();
            } else {
                UciValue word = word();
                if (word == null) {
                    return List.of();
                }
                if (words.size() < MAX_WORDS) {
                    words.add(word);
                }
            }
        }
        return words;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private void newLine() {
        at++;
        line++;
        lineStart = at;
        lineText = null;
    }

    private void skipLine() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    /** The word that starts here, made of adjacent quoted and unquoted pieces; null after an open quote. */
    private UciValue word() {
        int start = at;
        Origin opening = origin(start, lineStart + lineText().length() - start);
        StringBuilder word = new StringBuilder();
        while (at < text.length() && text.charAt(at) != ';' && !isBlank(text.charAt(at))) {
            char c = text.charAt(at);
            boolean closed = true;
            if (c == '\'' || c == '"') {
                int openedAt = at;
                Origin quote = origin(at, 1);
                closed = c == '\'' ? singleQuoted(word) : doubleQuoted(word);
                if (!closed) {
                    giveUp(quote, openedAt);
                    return null;
                }
                warnOfSwallowedLines(quote, openedAt);
            } else if (c == '\\') {
                escape(word);
            } else if (c == '#') {
                // libuci starts a comment here too, not only before a word: an unquoted SSID loses its tail.
                problems.accept(Diagnostic.warning(origin(at, 1),
                        "the # within a word starts a comment; the value ends before it",
                        "Put the value in quotes."));
                skipLine();
            } else {
                word.append(c);
                at++;
            }
        }
        int end = Math.min(at, start + opening.lengthChars());
        return new UciValue(word.toString(), new Origin(opening.file(), opening.line(), opening.column(),
                Math.max(1, end - start), opening.sourceLine()));
    }

    /** A value may span lines, but hardly ever lines that look like options: a quote is missing before. */
    private void warnOfSwallowedLines(Origin quote, int openedAt) {
        if (line > quote.line() && SWALLOWED.matcher(text).region(openedAt, at).find()) {
            problems.accept(Diagnostic.warning(quote, "the value that begins here with "
                    + text.charAt(openedAt)
                    + " goes on to line " + line + " and contains whole options",
                    "Is its closing quote missing?"));
        }
    }

    /** The quote most likely belongs on its own line: going on behind it shows the other faults. */
    private void giveUp(Origin quote, int openedAt) {
        problems.accept(Diagnostic.error(quote, "the quote " + text.charAt(openedAt) + " is never closed",
                "close it, or write \\" + text.charAt(openedAt) + " for the character itself"));
        line = quote.line();
        lineStart = openedAt - quote.column() + 1;
        at = openedAt;
        skipLine();
        if (at < text.length()) {
            newLine();
        }
    }

    private boolean singleQuoted(StringBuilder word) {
        at++;
        while (at < text.length() && text.charAt(at) != '\'') {
            take(word);
        }
        return close();
    }

    private boolean doubleQuoted(StringBuilder word) {
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            if (text.charAt(at) == '\\') {
                escape(word);
            } else {
                take(word);
            }
        }
        return close();
    }

    private boolean close() {
        boolean closed = at < text.length();
        if (closed) {
            at++;
        }
        return closed;
    }

    /** A backslash takes the next character literally and joins lines. */
    private void escape(StringBuilder word) {
        at++;
        if (text.startsWith("\r\n", at)) {
            at++;
        }
        if (at < text.length()) {
            if (text.charAt(at) == '\n') {
                newLine();
            } else {
                word.append(text.charAt(at++));
            }
        }
    }

    private void take(StringBuilder word) {
        char c = text.charAt(at);
        if (c == '\n') {
            word.append(c);
            newLine();
        } else {
            if (!(c == '\r' && text.startsWith("\n", at + 1))) {
                word.append(c);
            }
            at++;
        }
    }

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        end = end < 0 ? text.length() : end;
        return end > from && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }

    private Origin origin(int start, int lengthChars) {
        return new Origin(file, line, start - lineStart + 1, Math.max(1, lengthChars), lineText());
    }

    /** The whole line; cut once per line, since a line may be a file long and every word asks for it. */
    private String lineText() {
        if (lineText == null) {
            lineText = text.substring(lineStart, Math.max(lineStart, lineEnd(lineStart)));
        }
        return lineText;
    }
}
