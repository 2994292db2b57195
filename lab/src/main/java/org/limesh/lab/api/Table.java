package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.List;

/** Rows for people and for spreadsheets. */
final class Table {
    private final String[] header;
    private final List<String[]> rows = new ArrayList<>();

    Table(String... header) {
        this.header = header;
    }

    Table row(String... cells) {
        rows.add(cells);
        return this;
    }

    /** Columns two blanks apart, nothing after the last cell of a line. */
    String toText(boolean withHeader) {
        int[] width = new int[header.length];
        for (int column = 0; column < header.length; column++) {
            width[column] = withHeader ? header[column].length() : 0;
            for (String[] row : rows) {
                width[column] = Math.max(width[column], row[column].length());
            }
        }
        StringBuilder text = new StringBuilder();
        if (withHeader) {
            appendLine(text, header, width);
        }
        rows.forEach(row -> appendLine(text, row, width));
        return text.toString();
    }

    private static void appendLine(StringBuilder text, String[] cells, int[] width) {
        int start = text.length();
        for (int column = 0; column < cells.length; column++) {
            text.append(cells[column]).repeat(' ', width[column] - cells[column].length() + 2);
        }
        int end = text.length();
        while (end > start && text.charAt(end - 1) == ' ') {
            end--;
        }
        text.setLength(end);
        text.append('\n');
    }

    /** RFC 4180, but with a line feed alone. */
    String toCsv(boolean withHeader) {
        StringBuilder text = new StringBuilder();
        if (withHeader) {
            appendCsv(text, header);
        }
        rows.forEach(row -> appendCsv(text, row));
        return text.toString();
    }

    private static void appendCsv(StringBuilder text, String[] cells) {
        for (int column = 0; column < cells.length; column++) {
            String cell = cells[column];
            boolean quoted = cell.indexOf(',') >= 0 || cell.indexOf('"') >= 0 || cell.indexOf('\n') >= 0;
            text.append(column == 0 ? "" : ",")
                    .append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
        }
        text.append('\n');
    }
}
