package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.List;

/** The look that {@code limesh path} has. */
final class PathText {
    private static final int TITLE_WIDTH = 8;

    private PathText() {}

    static String of(PathFinder.Result path) {
        StringBuilder text = new StringBuilder();
        append(text, "going", path.going());
        append(text, "back", path.back());
        if (!path.note().isEmpty()) {
            text.append(path.note()).append('\n');
        }
        for (int at = 0; at < path.why().size(); at++) {
            title(text, at == 0 ? "why" : "").append(path.why().get(at)).append('\n');
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String title, List<PathFinder.Leg> legs) {
        String last = "";
        int width = 0;
        List<String> left = new ArrayList<>();
        for (PathFinder.Leg leg : legs) {
            List<String> hops = leg.hops();
            boolean joined = !last.isEmpty() && hops.getFirst().equals(last);
            String way = (last.isEmpty() ? "" : "> ")
                    + String.join(" > ", joined ? hops.subList(1, hops.size()) : hops);
            left.add(way);
            width = Math.max(width, way.length());
            last = hops.getLast();
        }
        for (int at = 0; at < legs.size(); at++) {
            String way = left.get(at);
            title(text, at == 0 ? title : "").append(way).repeat(' ', width - way.length() + 2)
                    .append(legs.get(at).text()).append('\n');
        }
    }

    private static StringBuilder title(StringBuilder text, String title) {
        return text.append(title).repeat(' ', TITLE_WIDTH - title.length());
    }
}
