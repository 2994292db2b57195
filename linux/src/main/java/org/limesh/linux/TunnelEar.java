package org.limesh.linux;

import org.limesh.base.Counters;
import org.limesh.base.Counters.Counter;
import org.limesh.linux.ffi.RawSocket6;

/** Hears what comes to this machine wrapped, of all tunnels, by whatever device, and unwraps it. */
final class TunnelEar implements FramePort {
    private final RawSocket6 in;
    private final int nextHeader;
    private final Tunnels tunnels;
    private final byte[] buffer = new byte[RawSocket6.SLOT_OCTETS];
    private final Counter foreign;
    private final Counter malformed;
    private boolean broken;

    TunnelEar(int nextHeader, Tunnels tunnels, Counters counters) {
        this.in = RawSocket6.hearing(nextHeader);
        this.nextHeader = nextHeader;
        this.tunnels = tunnels;
        this.foreign = counters.of("drop.linux.tunnel_foreign");
        this.malformed = counters.of("drop.linux.tunnel_malformed");
    }

    @Override
    public int fd() {
        return in.fd();
    }

    @Override
    public boolean receive(FrameSink sink) {
        int count = in.receive();
        if (count < 0) {
            broken = true;
            return false;
        }
        for (int i = 0; i < count; i++) {
            TunnelEnd end = tunnels.from(in.source(i), in.destination(i));
            if (end == null) {
                foreign.increment();
            } else if (in.isTruncated(i) || in.lengthOctets(i) == 0) {
                malformed.increment();
            } else {
                in.copyTo(i, buffer, 0);
                tunnels.unwrap(end, nextHeader, in.trafficClass(i), buffer, 0, in.lengthOctets(i));
            }
        }
        return count == RawSocket6.BATCH_PACKETS;
    }

    @Override
    public boolean isBroken() {
        return broken;
    }

    @Override
    public void close() {
        in.close();
    }
}
