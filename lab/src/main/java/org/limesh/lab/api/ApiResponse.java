package org.limesh.lab.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An answer, whole or as it comes.
 *
 * @param body null when {@code stream} is set
 */
record ApiResponse(int status, String type, Map<String, String> headers, byte[] body, Stream stream) {
    static final String JSON = "application/json";
    static final String TEXT = "text/plain; charset=utf-8";

    /** Writes until the reader goes away or the server closes. */
    interface Stream {
        void writeTo(OutputStream out) throws IOException;
    }

    static ApiResponse whole(int status, String type, byte[] body) {
        return new ApiResponse(status, type, Map.of(), body, null);
    }

    static ApiResponse json(JsonNode node) {
        return whole(200, JSON, Json.bytes(node));
    }

    static ApiResponse text(String text) {
        return whole(200, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    static ApiResponse stream(String type, Stream stream) {
        return new ApiResponse(200, type, Map.of(), null, stream);
    }

    ApiResponse with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ApiResponse(status, type, more, body, stream);
    }
}
