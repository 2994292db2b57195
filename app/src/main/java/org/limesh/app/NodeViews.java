package org.limesh.app;

import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** What a running node shows beside its socket. */
final class NodeViews {
    private static final String DEFAULT_PORT = "8080";

    @Option(names = "--http", paramLabel = "PORT", arity = "0..1", fallbackValue = DEFAULT_PORT,
            description = "Show the page at http://127.0.0.1:PORT/, for this machine only. "
                    + "Default: 8080; 0 for a free one.")
    private Integer port;

    @Option(names = "--bmx7-json",
            description = "Keep the files of bmx7's JSON plugin in the run directory, below json/.")
    private boolean bmx7Files;

    /** After the node has started. */
    void open(NodeDaemon daemon, PrintWriter out) throws IOException {
        if (port != null) {
            out.println("page: " + daemon.listenHttp(port));
        }
        if (bmx7Files) {
            daemon.keepBmx7Files();
        }
    }
}
