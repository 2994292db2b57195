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
        SimLink existing = between(a, b);
        if (existing != null && existing.isAutomatic()) {
            remove(existing);
        }
        return add(new SimLink(sim, a, b, kind, false, there, back));
    }

    private SimLink add(SimLink link) {
        all.add(link);
        link.a().addEnd(link.there, link.kind());
        link.b().addEnd(link.back, link.kind());
        sim.changed("link " + link.name() + " made");
        return link;
    }

    void remove(SimLink link) {
        if (all.remove(link)) {
            link.there.up = false;
            link.back.up = false;
            link.a().removeEnd(link.there);
            link.b().removeEnd(link.back);
            sim.changed("link " + link.name() + " gone");
        }
    }

    private SimLink between(SimDevice a, SimDevice b) {
        for (SimLink link : all) {
            if (link.a() == a && link.b() == b || link.a() == b && link.b() == a) {
                return link;
            }
        }
        return null;
    }

    void healAll() {
        for (SimLink link : all()) {
            link.heal();
        }
    }

    /** Looks at every pair anew: after a node came, one moved, or the model changed. */
    void radiosChanged() {
        List<SimNode> nodes = sim.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            radiosChanged(nodes, nodes.get(i), i);
        }
    }

    /** Looks at the pairs of one node anew. */
    void radiosChanged(SimNode moved) {
        List<SimNode> nodes = sim.nodes();
        radiosChanged(nodes, moved, nodes.size());
    }

    private void radiosChanged(List<SimNode> nodes, SimNode moved, int limit) {
        for (int i = 0; i < limit; i++) {
            SimNode other = nodes.get(i);
            if (other != moved) {
                pair(other, moved);
            }
        }
    }

    private void pair(SimNode a, SimNode b) {
        double dx = a.xM() - b.xM();
        double dy = a.yM() - b.yM();
        LinkQuality quality = model.quality(StrictMath.sqrt(dx * dx + dy * dy));
        for (SimDevice device : a.devices()) {
            // Radios of one name are on one channel.
            SimDevice other = device.isRadio() ? b.deviceOrNull(device.name()) : null;
            if (other == null || !other.isRadio()) {
                continue;
            }
            SimLink link = device.linkTo(other) == null ? null : between(device, other);
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
