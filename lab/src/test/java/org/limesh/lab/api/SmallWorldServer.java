package org.limesh.lab.api;

import java.nio.file.Path;
import java.util.Locale;

/** Serves the barrio of {@link SmallWorld} so that the page can be looked at and driven by a browser. */
public final class SmallWorldServer {
    private SmallWorldServer() {}

    /** @param args port, 0 for a free one, and optionally a directory to announce the laboratory in */
    public static void main(String[] args) throws Exception {
        SmallWorld world = SmallWorld.barrio();
        try (ApiServer server = new ApiServer(world)) {
            int port = server.listenHttp(Integer.parseInt(args[0]));
            if (args.length > 1) {
                server.announceLab(Path.of(args[1]));
            }
            System.out.println(String.format(Locale.ROOT, "http://127.0.0.1:%d/", port));
            System.out.flush();
            for (int tick = 0; System.in.available() == 0; tick++) {
                Thread.sleep(100);
                world.advance(100_000_000L);
                if (tick % 30 == 0) {
                    world.say("plaza", "batadv.route", "changes to norte via cuesta, TQ " + (200 + tick % 50));
                }
            }
        }
    }
}
