package org.limesh.linux;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.linux.ffi.TapDevice;

/**
 * A VLAN device where the kernel has none: a TAP. What the kernel sends into it leaves with the tag through
 * {@link VlanWire}, and the other way round. Packets of our own tunnels that pass here show their ends which
 * way the kernel sends them; see {@link TunnelEnd}.
 */
final class VlanTap implements FramePort {
    /** More than the tunnels put in within a round, else its queue would overflow. */
    private static final int BATCH_READS = 512;

    private final TapDevice tap;
    private final Tunnels tunnels;
    private final byte[] buffer = new byte[TapDevice.BUFFER_OCTETS];
    private final List<TunnelEnd> passed = new ArrayList<>();
    private final Counter failed;
    private final Counter unserved;
    /** Changed by the keeper when the parent comes back under another number; null while it is away. */
    private volatile VlanWire wire;
    private boolean broken;

    VlanTap(TapDevice tap, Tunnels tunnels, Counters counters) {
        this.tap = tap;
        this.tunnels = tunnels;
        this.failed = counters.of("drop.linux.tap_write_failed");
        this.unserved = counters.of("drop.linux.port_closed");
    }

    VlanWire wire() {
        return wire;
    }

    /** @param next null while the parent is away */
    void connect(VlanWire next) {
        wire = next;
    }

    @Override
    public int fd() {
        return tap.fd();
    }

    @Override
    public boolean receive(FrameSink sink) {
        VlanWire to = wire;
        for (int i = 0; i < BATCH_READS; i++) {
            int length = tap.read();
            if (length <= 0) {
                broken = length < 0;
                tellTheWay(to);
                return false;
            }
            if (to == null) {
                unserved.increment();
                continue;
            }
            tap.copyTo(0, buffer, 0, length);
            TunnelEnd end = tunnels.senderOf(buffer, length);
            if (end != null && !passed.contains(end)) {
                end.willLeaveLike(buffer);
                passed.add(end);
            }
            to.send(buffer, 0, length);
        }
        passed.clear();
        return true;
    }

    /** Only when nothing is left in here that the ends sent before: no packet shall overtake another. */
    private void tellTheWay(VlanWire to) {
        passed.forEach(end -> end.leavesThrough(to));
        passed.clear();
    }

    /** A frame from the wire, without its tag. */
    void write(byte[] array, int offset, int lengthOctets) {
        tap.put(0, array, offset, lengthOctets);
        if (tap.write(lengthOctets) < 0) {
            failed.increment();
        }
    }

    @Override
    public boolean isBroken() {
        return broken;
    }

    @Override
    public void close() {
        tap.close();
    }
}
