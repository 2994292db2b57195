package org.limesh.sim;

import java.util.ArrayList;
import java.util.List;

/** All links of a simulation; keeps the automatic ones in step with positions and radio model. */
final class RadioLinks {
    private final Simulation sim;
    private final List<SimLink> all = new ArrayList<>();
    private RadioModel model = RadioModel.NONE;

    RadioLinks(Simulation sim) {
        this.sim = sim;
    }

    RadioModel model() {
        return model;
    }

    void setModel(RadioModel newModel) {
        model = newModel;
        radiosChanged();
    }

    List<SimLink> all() {
        return List.copyOf(all);
    }

    SimLink addByHand(SimDevice a, SimDevice b, SimLink.Kind kind, LinkQuality there, LinkQuality back) {
        if (a == b) {
            throw new IllegalArgumentException("device " + a + " cannot be linked with itself");
        }
        a.checkKind(kind);
        b.checkKind(kind);
        SimLink existing = between(a, b);
        if (existing != null && !existing.isAutomatic()) {
            throw new IllegalArgumentException(a + " and " + b
                    + " are linked already; change that link instead");
        }
        if (existing != null) {
            remove(existing);
        }
        return add(new SimLink(sim, a, b, kind, false, there, back));
    }

    private SimLink add(SimLink link) {
        all.add(link);
        link.a().addEnd(link.there);
        link.b().addEnd(link.back);
        sim.topologyChanged("link " + link.name() + " made");
        return link;
    }

    void remove(SimLink link) {
        if (all.remove(link)) {
            link.there.up = false;
            link.back.up = false;
            link.a().removeEnd(link.there);
            link.b().removeEnd(link.back);
            sim.topologyChanged("link " + link.name() + " gone");
        }
    }

    private static SimLink between(SimDevice a, SimDevice b) {
        LinkEnd end = a.linkTo(b);
        return end == null ? null : end.link;
    }

    void healAll() {
        for (SimLink link : all()) {
            link.heal();
        }
    }

    /** Looks at every pair anew: after the model changed. */
    void radiosChanged() {
        for (int i = 0; i < sim.nodeCount(); i++) {
            for (int j = 0; j < i; j++) {
                pair(sim.nodeAt(j), sim.nodeAt(i));
            }
        }
    }

    /** Looks at the pairs of one node anew: after it came, moved or got other devices. */
    void radiosChanged(SimNode moved) {
        for (int i = 0; i < sim.nodeCount(); i++) {
            if (sim.nodeAt(i) != moved) {
                pair(sim.nodeAt(i), moved);
            }
        }
    }

    private void pair(SimNode a, SimNode b) {
        double dx = a.xM() - b.xM();
        double dy = a.yM() - b.yM();
        LinkQuality quality = model.quality(StrictMath.sqrt(dx * dx + dy * dy));
        for (SimDevice device : a.deviceList()) {
            // Radios of one name are on one channel.
            SimDevice other = device.isRadio() ? b.deviceOrNull(device.name()) : null;
            if (other == null || !other.isRadio()) {
                continue;
            }
            SimLink link = between(device, other);
            if (link != null && !link.isAutomatic()) {
                continue;
            }
            if (quality == null) {
                if (link != null) {
                    remove(link);
                }
            } else if (link == null) {
                add(new SimLink(sim, device, other, SimLink.Kind.RADIO, true, quality, quality));
            } else {
                link.setOwnQuality(quality);
            }
        }
    }
}
