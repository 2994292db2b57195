package org.limesh.batadv;

import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Engine;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

/** Entry of batman-adv: frames, timer, outbox. */
public final class BatadvEngine implements Engine {
    /** Effects of the engine. A frame handed over is never written again by the engine. */
    public interface Outbox {
        /** Sends a whole Ethernet frame (type 0x4305) out of a hard interface. */
        void transmit(int hardif, Frame frame);

        /** Hands a client frame to the mesh interface. */
        void deliver(Frame frame);

        void report(BatadvEvent event);
    }

    private final MacAddress meshMac;

    public BatadvEngine(BatadvConfig config, MacAddress meshMac, Counters counters, Rng rng, Outbox out, long nowNs) {
        this.meshMac = meshMac;
    }

    /** Adds a hard interface; the first one is the primary. Returns its number, counted from 0 in order of adding. */
    public int addHardif(String name, MacAddress mac, int mtuOctets, boolean wifi, long nowNs) {
        return 0;
    }

    /** A frame of type 0x4305 came in on a hard interface, outer Ethernet header included, VLAN tag not. */
    public void onFrame(int hardif, Frame frame, long nowNs) {}

    /** A client frame (whole Ethernet frame) was sent into the mesh interface. */
    public void onMeshFrame(Frame frame, long nowNs) {}

    @Override
    public void onTimer(long nowNs) {}

    @Override
    public long nextDeadlineNs() {
        return NEVER;
    }

    public BatadvSnapshot snapshot(long nowNs) {
        return new BatadvSnapshot(meshMac, "BATMAN_IV", 1000, 0, List.of(), List.of(), List.of(), List.of(), List.of());
    }
}
