package org.limesh.lab;

import org.limesh.base.Frame;
import org.limesh.base.VlanTag;
import org.limesh.sim.SimDevice;
import org.limesh.sim.SimObserver;
import org.limesh.sim.SimTime;

/** Watches every frame on the mesh links for one that must not be there. */
final class NeverJudge implements Judge, SimObserver {
    private final FrameMatcher matcher;
    private final long untilNs;
    private final String expected;
    private long watched;
    private long found;
    private boolean over;
    private String first = "";

    /** @param untilNs {@code Long.MAX_VALUE} for the end of the run */
    NeverJudge(FrameMatcher matcher, String filter, long untilNs) {
        this.matcher = matcher;
        this.untilNs = untilNs;
        this.expected = "no frame with " + filter + " on a mesh link";
    }

    @Override
    public boolean wantsFrames() {
        return true;
    }

    @Override
    public void frameSent(SimDevice device, VlanTag tag, Frame frame, long nowNs) {
        if (over) {
            return;
        }
        watched++;
        if (matcher.matches(frame)) {
            if (found == 0) {
                first = "the first at " + SimTime.text(nowNs) + " from " + device.node().name() + " on "
                        + device.name();
            }
            found++;
        }
    }

    @Override
    public Verdict look(long nowNs) {
        return nowNs >= untilNs ? end(nowNs) : null;
    }

    @Override
    public Verdict end(long nowNs) {
        over = true;
        return found == 0 ? Verdict.pass(expected)
                : Verdict.fail(expected, found + " of " + watched + " frames, " + first);
    }

    @Override
    public long nextLookNs(long nowNs) {
        return untilNs > nowNs ? untilNs : nowNs + SimTime.SECOND;
    }
}
