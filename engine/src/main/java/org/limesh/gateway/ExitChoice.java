package org.limesh.gateway;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.limesh.base.FMetric;
import org.limesh.base.MetricText;

/**
 * Chooses the exit. Pure: offers, the own uplink, what a person wants and what was used before go in; the
 * exit and a sentence about every one come out.
 *
 * <pre>
 *  quality = announced &gt;= wanted ? unlimited : announced            both rounded to the short form of the wire
 *  value   = min(quality, path) · rating/100 · (100 + (in use ? hysteresis : 0))/100
 *  rating  = 1000 for the gateway that the configuration prefers, else 100
 *
 *  order:  1. the exit that a person pinned, as long as it offers and can be reached
 *          2. the own uplink
 *          3. the greatest value; of equals the one in use, then the one with the lowest identity
 * </pre>
 *
 * That is the formula of the genuine BMX7 with the numbers LibreMesh gives it; the pin is ours and absolute.
 */
final class ExitChoice {
    private static final int USUAL_RATING = 100;
    /** What LibreMesh gives the search for the preferred gateway. */
    static final int PREFERRED_RATING = 1000;

    /**
     * What the choice depends on beside the offers.
     *
     * @param ownName   host name of this node
     * @param ownUsable whether the own uplink leads out
     * @param ownReason why it does or not; null without an uplink
     * @param pin       host name that a person chose, or null
     * @param usedId    of the exit in use: of an offer, {@link GatewayEngine#OWN}, or null
     */
    record Situation(GatewayConfig config, String ownName, boolean ownUsable, String ownReason, String pin,
            String usedId) {}

    /**
     * @param id     of the chosen offer, {@link GatewayEngine#OWN}, or null when there is no way out
     * @param name   host name, null without a way out
     * @param pinned whether it is what the pin asks for
     * @param reason the sentence of the chosen one, or why there is none
     * @param exits  all, the chosen one first
     */
    record Result(String id, String name, boolean pinned, String reason, List<Exit> exits) {}

    private record Rated(ExitOffer offer, long valueBps, long plainBps, String sum) {}

    private ExitChoice() {}

    static Result choose(List<ExitOffer> offers, Situation now) {
        List<Rated> rated = new ArrayList<>();
        for (ExitOffer offer : offers) {
            rated.add(rate(offer, now, offer.id().equals(now.usedId())));
        }
        rated.sort(Comparator.comparing(Rated::valueBps, Comparator.reverseOrder())
                .thenComparing(each -> !each.offer.id().equals(now.usedId()))
                .thenComparing(each -> each.offer.id()));
        boolean ownPinned = now.pin != null && now.pin.equals(now.ownName);
        Rated pinned = now.pin == null || ownPinned ? null : firstReachable(rated, now.pin);
        boolean own = now.ownUsable && pinned == null;
        Rated used = own ? null : pinned != null ? pinned : firstReachable(rated, null);
        boolean asPinned = pinned != null || own && ownPinned;
        String reason = reason(used, own, asPinned, rated, now);
        return new Result(own ? GatewayEngine.OWN : used == null ? null : used.offer.id(),
                own ? now.ownName : used == null ? null : used.offer.gateway(), asPinned, reason,
                exits(rated, used, own, reason, now));
    }

    /** @param name that it must have, or null */
    private static Rated firstReachable(List<Rated> rated, String name) {
        for (Rated each : rated) {
            if (each.plainBps > 0 && (name == null || name.equals(each.offer.gateway()))) {
                return each;
            }
        }
        return null;
    }

    private static Rated rate(ExitOffer offer, Situation now, boolean inUse) {
        GatewayConfig config = now.config;
        long wanted = rounded(config.minBandwidthBps());
        boolean enough = offer.bandwidthBps() >= wanted;
        long quality = enough ? FMetric.MAX : offer.bandwidthBps();
        long plain = offer.pathBps() <= 0 ? 0 : Math.min(quality, offer.pathBps());
        boolean preferred = offer.gateway().equals(config.preferredGateway());
        int bonus = inUse ? config.hysteresisPercent() : 0;
        long value = plain * (preferred ? PREFERRED_RATING : USUAL_RATING) / 100 * (100 + bonus) / 100;
        String sum = plain == 0 ? "no path there" : MetricText.of(offer.pathBps()) + " path, "
                + announced(offer.bandwidthBps()) + (enough ? " >= " : " < ") + rate(config.minBandwidthBps()) + " wanted"
                + (preferred ? ", preferred x 10" : "") + (bonus > 0 ? ", in use +" + bonus + " %" : "");
        return new Rated(offer, value, plain, sum);
    }

    /** The value that a bandwidth has once it travelled. */
    static long rounded(long bandwidthBps) {
        return FMetric.decode8(FMetric.encode8(bandwidthBps));
    }

    private static String announced(long bps) {
        return bps <= rounded(GatewayConfig.UNKNOWN_BANDWIDTH_BPS) ? "bandwidth not announced" : rate(bps) + " announced";
    }

    /** A bandwidth for people; those of the wire lie just below the round numbers they were made of. */
    static String rate(long bps) {
        long unit = bps >= 1_000_000_000 ? 1_000_000_000 : bps >= 950_000 ? 1_000_000 : bps >= 950 ? 1000 : 1;
        String name = unit == 1_000_000_000 ? "G" : unit == 1_000_000 ? "M" : unit == 1000 ? "k" : "";
        return Math.max(1, Math.round((double) bps / unit)) + name;
    }

    private static String named(Rated each) {
        return each.offer.gateway() + " " + MetricText.of(each.valueBps);
    }

    private static String reason(Rated used, boolean own, boolean asPinned, List<Rated> rated, Situation now) {
        String missing = now.pin != null && !asPinned ? pinFails(rated, now) : "";
        if (own) {
            String why = "own uplink: " + now.ownReason;
            return missing + (asPinned ? "pinned, " : "") + why;
        }
        if (used == null) {
            String uplink = now.ownReason == null ? "no uplink here" : "own uplink: " + now.ownReason;
            String others = rated.isEmpty() ? "nobody offers Internet" : "no path to " + rated.size() + " that offer Internet";
            return missing + others + "; " + uplink;
        }
        Rated next = null;
        for (Rated each : rated) {
            next = next == null && each != used && each.plainBps > 0 ? each : next;
        }
        String before = next == null ? ", the only one" : (next.valueBps > used.valueBps ? " although " : " before ")
                + named(next);
        return missing + (asPinned ? "pinned: " : "") + named(used) + " (" + used.sum + ")" + before;
    }

    private static String pinFails(List<Rated> rated, Situation now) {
        if (now.pin.equals(now.ownName)) {
            return "pinned " + now.pin + " (this node) leads nowhere; ";
        }
        boolean offers = rated.stream().anyMatch(each -> each.offer.gateway().equals(now.pin));
        return "pinned " + now.pin + (offers ? " cannot be reached; " : " offers no Internet; ");
    }

    private static List<Exit> exits(List<Rated> rated, Rated used, boolean own, String reason, Situation now) {
        List<Exit> exits = new ArrayList<>();
        for (Rated each : rated) {
            String why = each == used ? reason : why(each, used, own, now);
            exits.add(new Exit(each.offer.gateway(), each.offer.id(), false, each.offer.bandwidthBps(),
                    each.offer.pathBps(), each.valueBps, each == used, why));
        }
        if (now.ownReason != null) {
            String why = own ? reason : now.ownUsable ? "leads out, but " + now.pin + " is pinned" : now.ownReason;
            exits.add(new Exit(now.ownName, GatewayEngine.OWN, true, now.config.bandwidthBps(), 0, 0, own, why));
        }
        exits.sort(Comparator.comparing(exit -> !exit.used()));
        return exits;
    }

    private static String why(Rated each, Rated used, boolean own, Situation now) {
        if (each.plainBps == 0) {
            return each.sum;
        }
        String sum = MetricText.of(each.valueBps) + " (" + each.sum + ")";
        if (own) {
            return sum + ", after the own uplink";
        }
        if (used == null) {
            return sum;
        }
        return sum + (used.valueBps >= each.valueBps ? ", after " : ", but pinned is ") + named(used);
    }
}
