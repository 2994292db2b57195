package org.limesh.lab.api;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The one JSON mapper of the interface. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** One line with a line feed, so that {@code --watch --json} gives one object per line. */
    static byte[] bytes(JsonNode node) {
        return (text(node) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static String text(JsonNode node) {
        return MAPPER.writeValueAsString(node);
    }

    /** An object a program sent. */
    static ObjectNode parse(byte[] octets) {
        try {
            if (MAPPER.readTree(octets) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException broken) {
            throw Problem.badRequest("the body is not JSON: " + broken.getOriginalMessage());
        }
        throw Problem.badRequest("the body must be one JSON object");
    }
}
