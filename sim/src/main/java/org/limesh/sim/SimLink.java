package org.limesh.sim;

/**
 * Connection of two devices, with a quality of its own in each direction.
 *
 * <p>On a {@link Kind#CABLE} every frame goes to the other end once. On a {@link Kind#RADIO} a multicast
 * is one transmission that every link of the sending device hears or loses by itself, and a unicast is
 * repeated up to seven times, as 802.11 does.
 */
public final class SimLink {
    /** What the link is made of. */
    public enum Kind { CABLE, RADIO }

    private final Simulation sim;
    private final SimDevice a;
    private final SimDevice b;
    private final Kind kind;
    private final boolean automatic;
    final LinkEnd there;
    final LinkEnd back;
    private LinkQuality thereOwn;
    private LinkQuality backOwn;
    private boolean touched;
    private boolean up = true;

    SimLink(Simulation sim, SimDevice a, SimDevice b, Kind kind, boolean automatic, LinkQuality there,
            LinkQuality back) {
        this.sim = sim;
        this.a = a;
        this.b = b;
        this.kind = kind;
        this.automatic = automatic;
        this.thereOwn = there;
        this.backOwn = back;
        this.there = new LinkEnd(sim, this, a, b, there);
        this.back = new LinkEnd(sim, this, b, a, back);
    }

    /** First device; "there" is from it to {@link #b}. */
    public SimDevice a() {
        return a;
    }

    public SimDevice b() {
        return b;
    }

    public Kind kind() {
        return kind;
    }

    /** True when the radio model made it, false when a person did. */
    public boolean isAutomatic() {
        return automatic;
    }

    public boolean isUp() {
        return up;
    }

    /** Name for people, in the form of scenario files: {@code plaza-cuesta}. */
    public String name() {
        return a.node().name() + "-" + b.node().name();
    }

    /** Quality from {@link #a} to {@link #b}. */
    public LinkQuality there() {
        return there.quality;
    }

    /** Quality from {@link #b} to {@link #a}. */
    public LinkQuality back() {
        return back.quality;
    }

    /** Interrupts or restores both directions. Frames in flight are lost. */
    public void setUp(boolean nowUp) {
        if (up != nowUp) {
            up = nowUp;
            there.up = nowUp;
            back.up = nowUp;
            touchedEnds();
            sim.topologyChanged("link " + name() + (nowUp ? " up" : " down"));
        }
    }

    /** Changes both directions; the radio model no longer does until {@link #heal}. */
    public void setQuality(LinkQuality newThere, LinkQuality newBack) {
        touched = true;
        there.quality = newThere;
        back.quality = newBack;
        touchedEnds();
        sim.topologyChanged("link " + name() + " loses " + percent(newThere) + " there, " + percent(newBack)
                + " back");
    }

    /** Changes the loss of both directions only. */
    public void setLoss(double newThere, double newBack) {
        setQuality(there.quality.withLoss(newThere), back.quality.withLoss(newBack));
    }

    /** Up again, with the quality that it was made with or that the radio model gives. */
    public void heal() {
        setUp(true);
        if (touched) {
            setQuality(thereOwn, backOwn);
            touched = false;
        }
    }

    /** Takes the link away for good. */
    public void remove() {
        sim.radioLinks().remove(this);
    }

    void setOwnQuality(LinkQuality quality) {
        thereOwn = quality;
        backOwn = quality;
        if (!touched && !quality.equals(there.quality)) {
            there.quality = quality;
            back.quality = quality;
            touchedEnds();
            sim.topologyChanged("link " + name() + " loses " + percent(quality));
        }
    }

    private void touchedEnds() {
        a.linksChanged();
        b.linksChanged();
    }

    private static String percent(LinkQuality quality) {
        return Math.round(quality.loss() * 100) + " %";
    }

    @Override
    public String toString() {
        return name() + (up ? "" : " (down)");
    }
}
