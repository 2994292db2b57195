package org.limesh.interop.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.limesh.base.Frame;

/**
 * What an engine lives through, as octets that a fuzzer can change piece by piece.
 *
 * <pre>
 *  octet  0      1             2..3           4..
 *         port   wait, 1/16 s  frame octets   frame       and so on; a last piece may be short
 * </pre>
 */
record Script(List<Step> steps) {
    private static final int HEADER_OCTETS = 4;
    private static final long SIXTEENTH_NS = 62_500_000L;
    /** Longer lives find nothing that shorter ones do not, and are slow. */
    private static final int MAX_STEPS = 64;

    record Step(int port, long waitNs, Frame frame) {}

    static Script of(byte[] input) {
        List<Step> steps = new ArrayList<>();
        int at = 0;
        while (at + HEADER_OCTETS <= input.length && steps.size() < MAX_STEPS) {
            int octets = (input[at + 2] & 0xff) << 8 | input[at + 3] & 0xff;
            int from = at + HEADER_OCTETS;
            int end = Math.min(from + octets, input.length);
            steps.add(new Step(input[at] & 0xff, (input[at + 1] & 0xff) * SIXTEENTH_NS,
                    Frame.wrap(Arrays.copyOfRange(input, from, end))));
            at = end;
        }
        return new Script(steps);
    }

    /** The input that makes these frames arrive on a port, a quarter of a second apart. */
    static byte[] seed(int port, List<Frame> frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Frame frame : frames) {
            out.write(port);
            out.write(4);
            out.write(frame.length() >>> 8);
            out.write(frame.length());
            out.writeBytes(frame.toBytes());
        }
        return out.toByteArray();
    }
}
