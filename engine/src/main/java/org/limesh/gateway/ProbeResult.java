package org.limesh.gateway;

/**
 * What came of a {@link Probe}.
 *
 * @param id      of the probe
 * @param outcome whether the Internet answered, somebody else, or nobody
 * @param afterMs how long it took
 * @param detail  for people, e.g. {@code no answer in 2 s} or {@code a portal answered: 302 to http://login.example/}
 * @param bandwidthBps what was measured, bits per second; 0 where nothing was
 */
public record ProbeResult(int id, Outcome outcome, long afterMs, String detail, long bandwidthBps) {
    /** Who answered. */
    public enum Outcome {
        /** The Internet: the answer is what was asked for. */
        OK,
        /** Somebody, but not with what the Internet would say: a portal, a refusal, a lie about a name. */
        WRONG,
        /** Nobody. */
        SILENT
    }

    /** A result without a measurement. */
    public ProbeResult(int id, Outcome outcome, long afterMs, String detail) {
        this(id, outcome, afterMs, detail, 0);
    }

    /** A result of somebody who does not tell wrong answers from none. */
    public ProbeResult(int id, boolean ok, long afterMs, String detail) {
        this(id, ok ? Outcome.OK : Outcome.SILENT, afterMs, detail, 0);
    }

    /** Whether the answer is what the Internet would say. */
    public boolean ok() {
        return outcome == Outcome.OK;
    }
}
