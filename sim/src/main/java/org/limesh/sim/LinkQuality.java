package org.limesh.sim;

/**
 * What one direction of a link does to frames.
 *
 * @param loss    probability 0..1 that one transmission is not received
 * @param delayNs time from the last bit sent to the last bit received
 * @param rateBps bits per second, 0 for a link that needs no time per bit
 */
public record LinkQuality(double loss, long delayNs, long rateBps) {
    /** Gigabit cable without loss: 0.1 ms. */
    public static final LinkQuality CABLE = new LinkQuality(0, 100_000, 1_000_000_000);

    public LinkQuality {
        if (!(loss >= 0 && loss <= 1)) {
            throw new IllegalArgumentException("a loss is a probability from 0 to 1, not " + loss);
        }
        if (delayNs < 0 || rateBps < 0) {
            throw new IllegalArgumentException("delay and rate of a link are not negative");
        }
    }

    public LinkQuality withLoss(double newLoss) {
        return new LinkQuality(newLoss, delayNs, rateBps);
    }

    public LinkQuality withDelayNs(long newDelayNs) {
        return new LinkQuality(loss, newDelayNs, rateBps);
    }

    public LinkQuality withRateBps(long newRateBps) {
        return new LinkQuality(loss, delayNs, newRateBps);
    }
}
