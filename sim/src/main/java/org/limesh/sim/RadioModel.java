package org.limesh.sim;

/** Says which radios hear each other. Another model is another class; it must use {@code StrictMath} only. */
public interface RadioModel {
    /** No radio links but those made by hand. */
    RadioModel NONE = distanceM -> null;

    /** Quality of both directions at this distance, or null when out of reach. */
    LinkQuality quality(double distanceM);

    /**
     * Reach with a loss that grows with the fourth power of the distance.
     *
     * @param reachM  beyond this nothing is heard
     * @param lossAtM distance at which {@code loss} is met
     * @param loss    probability at that distance; 0 for a radio that loses nothing within its reach
     */
    record Range(double reachM, double lossAtM, double loss, long delayNs,
            long rateBps) implements RadioModel {
        /** Nothing is lost within {@code reachM}; 54 Mbit/s, 1 ms. */
        public static Range perfect(double reachM) {
            return new Range(reachM, reachM, 0, 1_000_000, 54_000_000);
        }

        @Override
        public LinkQuality quality(double distanceM) {
            if (distanceM > reachM) {
                return null;
            }
            double ratio = distanceM / lossAtM;
            double lost = loss * ratio * ratio * ratio * ratio;
            return new LinkQuality(Math.min(lost, 1), delayNs, rateBps);
        }
    }
}
