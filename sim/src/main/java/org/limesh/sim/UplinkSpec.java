package org.limesh.sim;

/**
 * The line of a provider.
 *
 * @param downBps bits per second towards the node, 0 for no limit
 * @param upBps   bits per second from the node, 0 for no limit
 * @param delayNs one way, all the way to whoever is asked
 * @param loss    probability 0..1 that a packet is lost, each way
 */
public record UplinkSpec(long downBps, long upBps, long delayNs, double loss) {
    /** 20 and 5 Mbit/s, 15 ms, no loss. */
    public static final UplinkSpec USUAL = new UplinkSpec(20_000_000, 5_000_000, 15 * SimTime.MS, 0);

    public UplinkSpec {
        if (!(loss >= 0 && loss <= 1)) {
            throw new IllegalArgumentException("a loss is a probability from 0 to 1, not " + loss);
        }
        if (downBps < 0 || upBps < 0 || delayNs < 0) {
            throw new IllegalArgumentException("rates and delay of an uplink are not negative");
        }
    }
}
