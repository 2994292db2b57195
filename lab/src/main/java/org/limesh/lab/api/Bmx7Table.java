package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A table of bmx7 with the columns of the genuine program. Its text has the columns that the genuine one shows
 * when it is asked for nothing special, its JSON has more.
 *
 * @param title   in capitals, as above the text
 * @param columns all, in the order of the genuine program
 * @param rows    one value per column: {@link String}, {@link Integer} or {@link Long}; null for unknown
 */
record Bmx7Table(String title, List<Column> columns, List<List<Object>> rows) {
    /** What the genuine tables write where there is nothing. */
    static final String NOTHING = "---";

    /** @param shown whether the text has it */
    record Column(String name, boolean shown) {}

    /** {@code shortId +nodeId name}: a plus before those that only the JSON has. */
    static List<Column> columns(String names) {
        List<Column> columns = new ArrayList<>();
        for (String name : names.strip().split("\\s+")) {
            columns.add(new Column(name.replace("+", ""), !name.startsWith("+")));
        }
        return columns;
    }

    /** Title, names, rows; every column as wide as its longest value and one blank. */
    String text(boolean header) {
        List<Integer> shown = new ArrayList<>();
        for (int at = 0; at < columns.size(); at++) {
            if (columns.get(at).shown()) {
                shown.add(at);
            }
        }
        Map<Integer, Integer> widths = new LinkedHashMap<>();
        for (int at : shown) {
            int width = header ? columns.get(at).name().length() : 0;
            for (List<Object> row : rows) {
                width = Math.max(width, cell(row.get(at)).length());
            }
            widths.put(at, width);
        }
        StringBuilder text = new StringBuilder();
        if (header) {
            text.append(title).append(":\n");
            line(text, widths, columns.stream().map(column -> (Object) column.name()).toList());
        }
        rows.forEach(row -> line(text, widths, row));
        return text.toString();
    }

    private static void line(StringBuilder text, Map<Integer, Integer> widths, List<Object> cells) {
        String gap = "";
        for (Map.Entry<Integer, Integer> column : widths.entrySet()) {
            String cell = cell(cells.get(column.getKey()));
            text.append(gap).append(cell).repeat(' ', column.getValue() - cell.length());
            gap = " ";
        }
        text.append('\n');
    }

    private static String cell(Object value) {
        return value == null ? NOTHING : value.toString();
    }

    /** One object per row. */
    ArrayNode json() {
        ArrayNode all = Json.array();
        for (List<Object> row : rows) {
            ObjectNode one = all.addObject();
            for (int at = 0; at < columns.size(); at++) {
                put(one, columns.get(at).name(), row.get(at));
            }
        }
        return all;
    }

    private static void put(ObjectNode json, String name, Object value) {
        switch (value) {
            case null -> json.putNull(name);
            case Integer number -> json.put(name, number);
            case Long number -> json.put(name, number);
            default -> json.put(name, value.toString());
        }
    }
}
