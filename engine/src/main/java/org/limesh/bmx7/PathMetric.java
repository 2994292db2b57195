package org.limesh.bmx7;

import org.limesh.base.FMetric;
import org.limesh.bmx7.wire.HopHistory;
import org.limesh.bmx7.wire.MetricParameters;

/**
 * Sums of metrics, in bits per second. Which sums is the originator's choice.
 *
 * <pre>
 *  link    quality of both directions --> curve --> share of the rate
 *  path    claimed metric + link --> vector bandwidth --> capacity of channels --> penalty --> strictly below the claim
 * </pre>
 */
final class PathMetric {
    /** Channel of a device that shares the air with nobody. */
    static final int EXCLUSIVE = 0;
    /** Channel that is not known: it may be any. */
    static final int UNKNOWN_CHANNEL = 255;

    private static final int FULL_INDEPENDENCE = 31;
    private static final int FULL_QUALITY = 255;

    private static final Result NO_ROUTE = new Result(0, HopHistory.NONE);

    private PathMetric() {}

    /** What came out, with the history to pass on. */
    record Result(long metric, HopHistory history) {
        boolean isRoute() {
            return metric > FMetric.NOT_ROUTABLE;
        }
    }

    /** Throughput of a link. @param tq @param rq qualities 0..255 */
    static double linkThroughput(MetricParameters parameters, int tq, int rq, long rateMax,
            boolean wireless) {
        double t = power(tq / (double) FULL_QUALITY, parameters.txNumerator(), parameters.txDivisor());
        double r = power(rq / (double) FULL_QUALITY, parameters.rxNumerator(), parameters.rxDivisor());
        int product = (int) (FULL_QUALITY * t * r);
        int x = parameters.thresholdX();
        int y = parameters.thresholdY();
        int one = parameters.thresholdOne();
        int quality;
        if (product >= one) {
            quality = FULL_QUALITY;
        } else if (product >= x) {
            quality = y + (product - x) * (FULL_QUALITY - y) / (one - x);
        } else {
            quality = product * y / x;
        }
        double throughput = (double) rateMax * quality / FULL_QUALITY;
        return wireless ? throughput * parameters.efficiencyPercent() / 100 : throughput;
    }

    private static double power(double base, int numerator, int divisor) {
        double root = switch (divisor) {
            case 2 -> Math.sqrt(base);
            case 3 -> StrictMath.cbrt(base);
            default -> base;
        };
        double product = 1;
        for (int i = 0; i < numerator; i++) {
            product *= root;
        }
        return product;
    }

    /**
     * Metric of a path that a neighbour claims, over a link to it. @param history as it came, nearest hop
     * first
     */
    static Result overLink(MetricParameters parameters, long claimed, HopHistory history,
            double linkThroughput, int channel) {
        if (claimed <= FMetric.NOT_ROUTABLE || linkThroughput < 1) {
            return NO_ROUTE;
        }
        double metric = claimed;
        HopHistory hops = HopHistory.NONE;
        int algorithm = parameters.algorithm();
        for (int bit = Integer.highestOneBit(algorithm); bit != 0; bit >>>= 1) {
            if ((algorithm & bit) == 0) {
                continue;
            }
            switch (bit) {
                case MetricParameters.ALGORITHM_VECTOR_BANDWIDTH -> metric = 1 / Math.sqrt(
                        1 / (metric * metric) + 1 / (linkThroughput * linkThroughput));
                case MetricParameters.ALGORITHM_CAPACITY -> {
                    hops = extend(parameters, history, linkThroughput, channel);
                    metric = Math.min(metric, capacity(parameters, hops, linkThroughput));
                }
                // What is not known is rated as the sum of reciprocals, the most cautious of the known ones.
                default -> metric = 1 / (1 / metric + 1 / linkThroughput);
            }
        }
        metric = parameters.hopPenalty() == 0 ? metric : metric * (255 - parameters.hopPenalty()) / 256;
        long whole = Math.min((long) metric, FMetric.nextBelow(claimed));
        boolean usable = whole > FMetric.NOT_ROUTABLE && whole >= parameters.minimum();
        return usable ? new Result(whole, hops) : NO_ROUTE;
    }

    private static HopHistory extend(MetricParameters parameters, HopHistory history, double linkThroughput,
            int channel) {
        return channel == EXCLUSIVE ? history.cut(parameters.historyHops())
                : history.behind((long) linkThroughput, channel, parameters.historyHops());
    }

    private static double capacity(MetricParameters parameters, HopHistory hops, double linkThroughput) {
        double least = linkThroughput;
        for (int i = 0; i < hops.size(); i++) {
            double time = 0;
            for (int j = 0; j < hops.size(); j++) {
                int independence = i == j ? 0 : independence(parameters, hops, i, j);
                time += (FULL_INDEPENDENCE - independence) / (double) FULL_INDEPENDENCE / hops.metric(j);
            }
            least = Math.min(least, Math.min(hops.metric(i), 1 / time));
        }
        return least;
    }

    private static int independence(MetricParameters parameters, HopHistory hops, int i, int j) {
        int a = hops.channel(i);
        int b = hops.channel(j);
        return a == UNKNOWN_CHANNEL || b == UNKNOWN_CHANNEL ? 0
                : parameters.independence(Math.abs(a - b), Math.abs(i - j));
    }
}
