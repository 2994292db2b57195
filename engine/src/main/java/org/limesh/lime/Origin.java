package org.limesh.lime;

/**
 * The place a word of a configuration came from.
 *
 * @param file        name of the source
 * @param line        1-based; 0 when the source has no lines
 * @param column      1-based, in characters, of the first character of the word, its quote included
 * @param lengthChars characters of the word as written on that line, at least 1
 * @param sourceLine  the whole line, for excerpts
 */
public record Origin(String file, int line, int column, int lengthChars, String sourceLine) {
    /** {@code file:line}, or only the file when it has no lines. */
    @Override
    public String toString() {
        return line == 0 ? file : file + ":" + line;
    }
}
