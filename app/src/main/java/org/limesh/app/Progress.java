package org.limesh.app;

import java.io.PrintWriter;

/** One line on a terminal, rewritten at most 5 times a second and gone when finished. Silent elsewhere. */
final class Progress {
    private static final long INTERVAL_NS = 200_000_000L;
    /** Work that takes less time than this needs no progress. */
    private static final long DELAY_NS = 1_000_000_000L;

    private final PrintWriter out;
    private final long beginNs = System.nanoTime();
    private long lastNs;
    private boolean shown;

    /** @param out null for a silent one */
    Progress(PrintWriter out) {
        this.out = out != null && System.console() != null && System.console().isTerminal() ? out : null;
    }

    synchronized void show(String text) {
        long nowNs = System.nanoTime();
        if (out != null && nowNs - beginNs > DELAY_NS && nowNs - lastNs > INTERVAL_NS) {
            lastNs = nowNs;
            shown = true;
            out.print("\r\u001b[K" + text);
            out.flush();
        }
    }

    synchronized void clear() {
        if (shown) {
            shown = false;
            out.print("\r\u001b[K");
            out.flush();
        }
    }
}
