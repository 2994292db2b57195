package org.limesh.lab.api;

import java.util.List;
import org.limesh.node.NodeSnapshot;
import tools.jackson.databind.node.ObjectNode;

/** Answers {@code /nodes/NAME/bmx7/...}: the genuine tool's tables, as text and as JSON. */
final class Bmx7Answers {
    private Bmx7Answers() {}

    /** @param names tables, in this order; {@code d8} for the five favourites */
    static String text(NodeSnapshot node, List<String> names, boolean header) {
        StringBuilder text = new StringBuilder();
        for (String name : known(node, names)) {
            text.append(name.equals("parameters") ? new Bmx7Parameters(node).text()
                    : table(node, name, names.size() == 1 && !names.getFirst().equals("d8"), header));
        }
        return text.toString();
    }

    /** Where nothing is to be said, the genuine tool says nothing, unless just that was asked for. */
    private static String table(NodeSnapshot node, String name, boolean alone, boolean header) {
        Bmx7Table table = new Bmx7Tables(node).of(name);
        return table.rows().isEmpty() && !alone ? "" : table.text(header);
    }

    static ObjectNode json(NodeSnapshot node, List<String> names) {
        ObjectNode json = Json.object();
        for (String name : known(node, names)) {
            if (name.equals("parameters")) {
                json.set("OPTIONS", new Bmx7Parameters(node).json());
            } else if (name.equals("status")) {
                json.set(name, new Bmx7Tables(node).of(name).json().get(0));
            } else {
                json.set(name, new Bmx7Tables(node).of(name).json());
            }
        }
        return json;
    }

    private static List<String> known(NodeSnapshot node, List<String> names) {
        if (node.bmx7() == null) {
            throw Problem.notFound(node.plan().hostname() + " runs no bmx7");
        }
        for (String name : names) {
            if (!Bmx7Tables.ALL.contains(name) && !name.equals("d8")) {
                throw Problem.badRequest("bmx7 has no table '" + name + "'; there are "
                        + String.join(", ", Bmx7Tables.ALL) + ", and d8 for the first five");
            }
        }
        return names.contains("d8") ? Bmx7Tables.FAVOURITES : names;
    }
}
