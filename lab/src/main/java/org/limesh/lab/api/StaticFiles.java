package org.limesh.lab.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The page: a handful of files in the jar, named one by one so that no path can leave the folder. */
final class StaticFiles {
    private static final Map<String, String> TYPES = new LinkedHashMap<>();

    static {
        TYPES.put("/index.html", "text/html; charset=utf-8");
        TYPES.put("/style.css", "text/css; charset=utf-8");
        TYPES.put("/app.js", "text/javascript; charset=utf-8");
        TYPES.put("/state.js", "text/javascript; charset=utf-8");
        TYPES.put("/graph.js", "text/javascript; charset=utf-8");
        TYPES.put("/layout.js", "text/javascript; charset=utf-8");
        for (String script : List.of("panel", "dom", "exits", "follow", "card", "overlay")) {
            TYPES.put("/" + script + ".js", "text/javascript; charset=utf-8");
        }
        TYPES.put("/icon.svg", "image/svg+xml");
    }

    private StaticFiles() {}

    /** Null when there is no such file. */
    static ApiResponse find(String path) {
        String name = path.equals("/") ? "/index.html" : path;
        String type = TYPES.get(name);
        if (type == null) {
            return null;
        }
        try (InputStream in = StaticFiles.class.getResourceAsStream("/web" + name)) {
            if (in == null) {
                return null;
            }
            return ApiResponse.whole(200, type, in.readAllBytes())
                    .with("Content-Security-Policy",
                            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'")
                    .with("X-Content-Type-Options", "nosniff")
                    .with("Referrer-Policy", "no-referrer")
                    .with("Cache-Control", "no-cache");
        } catch (IOException broken) {
            throw new Problem(500, "broken installation", "cannot read " + name + " of the page: "
                    + broken.getMessage());
        }
    }
}
