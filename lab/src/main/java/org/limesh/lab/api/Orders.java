package org.limesh.lab.api;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a program may order in a laboratory, in the words of a scenario's timeline. */
final class Orders {
    private static final String WORDS = "roam, fail, heal, plug, unplug, move, pin, unpin";

    private Orders() {}

    /** {@code {"roam": {"client": "ana", "to": "mercado"}}}, {@code {"fail": "plaza"}}, and so on. */
    static void action(LabControl control, ObjectNode order) throws LabControl.Refused {
        if (order.size() != 1) {
            throw Problem.badRequest("order exactly one thing: " + WORDS);
        }
        String word = order.propertyNames().iterator().next();
        JsonNode what = order.get(word);
        switch (word) {
            case "roam" -> control.roam(text(what, "client"), text(what, "to"));
            case "fail" -> {
                for (JsonNode one : each(what)) {
                    control.fail(word(one));
                }
            }
            case "heal" -> {
                for (JsonNode one : each(what)) {
                    control.heal(word(one));
                }
            }
            case "plug" -> {
                for (JsonNode one : each(what)) {
                    control.plug(word(one));
                }
            }
            case "unplug" -> {
                for (JsonNode one : each(what)) {
                    control.unplug(word(one));
                }
            }
            case "move" -> {
                JsonNode to = what.get("to");
                if (to == null || !to.isArray() || to.size() != 2 || !to.get(0).isNumber()
                        || !to.get(1).isNumber()) {
                    throw Problem.badRequest("'move' needs 'node' and 'to': [x, y] in metres");
                }
                control.move(text(what, "node"), finite(to.get(0)), finite(to.get(1)));
            }
            default -> throw Problem.badRequest("unknown action '" + word + "': " + WORDS);
        }
    }

    /** True for the orders that a real node takes too. */
    static boolean isChoice(ObjectNode order) {
        return order.size() == 1 && (order.has("pin") || order.has("unpin"));
    }

    /**
     * {@code {"pin": {"node": "plaza", "exit": "sur"}}}, {@code {"pin": {"client": "ana", "exit": "sur"}}},
     * {@code {"unpin": {"node": "plaza"}}}; on a real node the node is left out.
     */
    static void choose(ExitControl control, ObjectNode order) throws LabControl.Refused {
        boolean pin = order.has("pin");
        JsonNode what = order.get(pin ? "pin" : "unpin");
        control.pin(optional(what, "node"), optional(what, "client"), pin ? text(what, "exit") : null);
    }

    private static String optional(JsonNode what, String key) {
        JsonNode value = what.get(key);
        return value == null || value.isNull() ? null : text(what, key);
    }

    private static Iterable<JsonNode> each(JsonNode what) {
        return what.isArray() ? what : Json.array().add(what);
    }

    /** {@code {"state": "paused" | "running", "speed": 2, "step_ms": 100}}; any of them. */
    static void time(LabControl control, ObjectNode order) throws LabControl.Refused {
        for (String word : order.propertyNames()) {
            JsonNode value = order.get(word);
            switch (word) {
                case "state" -> {
                    switch (value.asString("")) {
                        case "paused" -> control.pause();
                        case "running" -> control.resume();
                        default -> throw Problem.badRequest("'state' is 'paused' or 'running'");
                    }
                }
                case "speed" -> control.speed(number(value, "speed"));
                case "step_ms" -> control.step((long) (number(value, "step_ms") * 1e6));
                case "step" -> control.step(0);
                default -> throw Problem.badRequest("unknown '" + word + "': state, speed, step, step_ms");
            }
        }
    }

    private static double number(JsonNode value, String name) {
        double number = value.isNumber() ? finite(value) : -1;
        if (number < 0) {
            throw Problem.badRequest("'" + name + "' must be a number, 0 or above");
        }
        return number;
    }

    private static double finite(JsonNode value) {
        double number = value.asDouble();
        if (!Double.isFinite(number) || Math.abs(number) > 1e9) {
            throw Problem.badRequest(value + " is out of range");
        }
        return number;
    }

    private static String text(JsonNode what, String key) {
        JsonNode value = what.get(key);
        if (value == null || !value.isString()) {
            throw Problem.badRequest("'" + key + "' is missing");
        }
        return value.asString();
    }

    private static String word(JsonNode value) {
        if (!value.isString()) {
            throw Problem.badRequest("name a node, 'link ID' or 'all'");
        }
        return value.asString();
    }
}
