package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.FMetric;
import org.limesh.bmx7.wire.Bmx7Frame.OgmAdv.Hop;
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

    private PathMetric() {}

    /** What came out, with the history to pass on. */
    record Result(long metric, List<Hop> history) {
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
    static Result overLink(MetricParameters parameters, long claimed, List<Hop> history,
            double linkThroughput, int channel) {
        if (claimed <= FMetric.NOT_ROUTABLE || linkThroughput < 1) {
            return new Result(0, List.of());
        }
        double metric = claimed;
        List<Hop> hops = List.of();
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
        return usable ? new Result(whole, hops) : new Result(0, List.of());
    }

    private static List<Hop> extend(MetricParameters parameters, List<Hop> history, double linkThroughput,
            int channel) {
        if (history.isEmpty() && channel == EXCLUSIVE) {
            return List.of();
        }
        List<Hop> hops = new ArrayList<>();
        if (channel != EXCLUSIVE) {
            hops.add(new Hop((long) linkThroughput, channel));
        }
        hops.addAll(history);
        return hops.size() <= parameters.historyHops() ? List.copyOf(hops)
                : List.copyOf(hops.subList(0, parameters.historyHops()));
    }

    private static double capacity(MetricParameters parameters, List<Hop> hops, double linkThroughput) {
        double least = linkThroughput;
        List<MetricParameters.Rule> rules = hops.isEmpty() ? List.of() : parameters.rules();
        for (int i = 0; i < hops.size(); i++) {
            double time = 0;
            for (int j = 0; j < hops.size(); j++) {
                int independence = i == j ? 0 : independence(rules, hops, i, j);
                time += (FULL_INDEPENDENCE - independence) / (double) FULL_INDEPENDENCE / hops.get(j)
                        .metric();
            }
            least = Math.min(least, Math.min(hops.get(i).metric(), 1 / time));
        }
        return least;
    }

    private static int independence(List<MetricParameters.Rule> rules, List<Hop> hops, int i, int j) {
        int a = hops.get(i).channel();
        int b = hops.get(j).channel();
        int best = 0;
        if (a != UNKNOWN_CHANNEL && b != UNKNOWN_CHANNEL) {
            for (MetricParameters.Rule rule : rules) {
                if (Math.abs(a - b) >= rule.channelDistance() && Math.abs(i - j) >= rule.hopDistance()) {
                    best = Math.max(best, rule.independence());
                }
            }
        }
        return best;
    }
}
