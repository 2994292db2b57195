package org.limesh.lab.api;

import java.util.Map;

/** The last net under the handler: a bug of ours becomes an answer, not a hanging connection. */
final class Answers {
    private Answers() {}

    static ApiResponse of(ApiHandler handler, String method, String target, Map<String, String> headers,
            byte[] body, boolean trusted) {
        try {
            return handler.handle(ApiRequest.of(method, target, headers, body, trusted));
        } catch (Problem broken) {
            return failure(broken.status(), broken.title(), broken.getMessage());
        } catch (RuntimeException bug) {
            System.getLogger(Answers.class.getName())
                    .log(System.Logger.Level.ERROR, "answering " + method + " " + target, bug);
            return failure(500, "internal error", "this is a fault of limesh: " + bug);
        }
    }

    private static ApiResponse failure(int status, String title, String detail) {
        return ApiResponse.whole(status, "application/problem+json", Json.bytes(Json.object()
                .put("type", "about:blank").put("title", title).put("status", status).put("detail", detail)));
    }
}
