package org.limesh.linux;

import org.limesh.gateway.ProbeResult.Outcome;
import org.limesh.linux.ffi.DeviceSocket;

/**
 * What a question brought, without the number and the time.
 *
 * @param bandwidthBps 0 where nothing was measured
 */
record ProbeAnswer(Outcome outcome, String detail, long bandwidthBps) {
    ProbeAnswer(Outcome outcome, String detail) {
        this(outcome, detail, 0);
    }

    static ProbeAnswer good(String detail) {
        return new ProbeAnswer(Outcome.OK, detail);
    }

    static ProbeAnswer wrong(String detail) {
        return new ProbeAnswer(Outcome.WRONG, detail);
    }

    static ProbeAnswer silent(String detail) {
        return new ProbeAnswer(Outcome.SILENT, detail);
    }

    /** A call failed: nobody answered in time, somebody refused, or there is no way. */
    static ProbeAnswer failed(int result, Patience patience) {
        if (DeviceSocket.isTimeout(result)) {
            return silent("no answer in " + patience.text());
        }
        return result == -DeviceSocket.ECONNREFUSED ? wrong("refused") : silent(DeviceSocket.words(result));
    }
}
