package org.limesh.bmx7;

/** Kind of a device: decides rate, channel and how much of the rate is usable. */
public enum LinkLayer {
    LAN(1_000_000_000L),
    WLAN(56_000_000L);

    /** Rate assumed unless something better is known, bits per second. */
    final long defaultRateBps;

    LinkLayer(long defaultRateBps) {
        this.defaultRateBps = defaultRateBps;
    }
}
