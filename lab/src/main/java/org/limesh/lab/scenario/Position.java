package org.limesh.lab.scenario;

/**
 * A place in a file.
 *
 * @param line   from 1
 * @param column from 1; 0 when the whole line is meant
 */
public record Position(int line, int column) {
    /** The same line without a column. */
    public Position wholeLine() {
        return new Position(line, 0);
    }

    @Override
    public String toString() {
        return column == 0 ? Integer.toString(line) : line + ":" + column;
    }
}
