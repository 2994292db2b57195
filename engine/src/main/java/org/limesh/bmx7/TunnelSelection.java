package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.limesh.base.FMetric;
import org.limesh.base.MetricText;
import org.limesh.bmx7.wire.Hash;
import org.limesh.bmx7.wire.IpNet;

/**
 * Chooses tunnels. Pure: searches, offers and what was chosen before go in, choices come out.
 *
 * <pre>
 *  quality   = bandwidth &gt;= minBandwidth ? unlimited : bandwidth          both rounded to the short form
 *  tunMetric = min(quality, path metric) · rating/100 · (100 + (in use ? hysteresis : 0))/100
 * </pre>
 */
public final class TunnelSelection {
    private TunnelSelection() {}

    /** Identity of a choice, for the bonus of the one in use. */
    private record Key(String search, Hash gateway, IpNet offered, IpNet route) {}

    private record Candidate(TunOut search, TunnelOffer offer, IpNet route, long tunMetricBps) {
        Key key() {
            return new Key(search.name(), offer.gateway(), offer.network(), route);
        }
    }

    /** For the same route the first one in this order is used. */
    private static final Comparator<Candidate> ORDER = Comparator
            .comparingInt((Candidate candidate) -> candidate.search.preference())
            .thenComparingInt(candidate -> candidate.search.ipMetric())
            .thenComparing(candidate -> candidate.route.lengthBits(), Comparator.reverseOrder())
            .thenComparing(candidate -> candidate.route.address())
            .thenComparing(Candidate::tunMetricBps, Comparator.reverseOrder())
            .thenComparing(candidate -> candidate.offer.gateway())
            .thenComparing(candidate -> candidate.search.name());

    /**
     * @param own    networks of the own tunnel endpoints: a gateway that limits its sources must accept one
     *               of them
     * @param before the choices so far, for the hysteresis
     * @return every match, best first within its route
     */
    public static List<TunnelChoice> select(List<TunOut> searches, List<TunnelOffer> offers, List<IpNet> own,
            List<TunnelChoice> before) {
        Set<Key> inUse = new LinkedHashSet<>();
        for (TunnelChoice choice : before) {
            if (choice.active()) {
                inUse.add(new Key(choice.search().name(), choice.offer().gateway(), choice.offer().network(),
                        choice.route()));
            }
        }
        List<Candidate> candidates = new ArrayList<>();
        for (TunOut search : searches) {
            for (TunnelOffer offer : offers) {
                if (matches(search, offer, own)) {
                    IpNet route = search.network().lengthBits() >= offer.network().lengthBits()
                            ? search.network() : offer.network();
                    Candidate bare = new Candidate(search, offer, route, 0);
                    candidates.add(new Candidate(search, offer, route,
                            value(search, offer, inUse.contains(bare.key()))));
                }
            }
        }
        candidates.sort(ORDER);
        return decide(candidates);
    }

    private static boolean matches(TunOut search, TunnelOffer offer, List<IpNet> own) {
        IpNet offered = offer.network();
        if (!search.network().overlaps(offered) || offered.lengthBits() > search.greatest()
                || offered.lengthBits() < search.least()
                || search.routeType() != TunOut.ANY_TYPE && search.routeType() != offer.routeType()
                || search.gwName() != null && !search.gwName().equals(offer.hostname())
                || search.gwId() != null && !search.gwId().equals(offer.gateway())) {
            return false;
        }
        if (offer.ingress().isEmpty()) {
            return true;
        }
        boolean sourceFits = search.sourceNet() == null
                || offer.ingress().stream().anyMatch(ingress -> ingress.contains(search.sourceNet()));
        return sourceFits && own.stream().anyMatch(
                address -> offer.ingress().stream().anyMatch(ingress -> ingress.contains(address)));
    }

    private static long value(TunOut search, TunnelOffer offer, boolean inUse) {
        long enough = FMetric.decode8(FMetric.encode8(search.minBandwidthBps()));
        long quality = offer.bandwidthBps() >= enough ? FMetric.MAX : offer.bandwidthBps();
        long endToEnd = Math.min(quality, offer.pathMetricBps());
        return endToEnd * search.ratingPercent() / 100 * (100
                + (inUse ? search.hysteresisPercent() : 0)) / 100;
    }

    private static List<TunnelChoice> decide(List<Candidate> candidates) {
        List<TunnelChoice> choices = new ArrayList<>();
        List<Candidate> winners = new ArrayList<>();
        for (Candidate candidate : candidates) {
            Candidate rival = null;
            for (Candidate winner : winners) {
                boolean sameRoute = winner.route.equals(candidate.route)
                        && winner.search.table() == candidate.search.table();
                if (sameRoute) {
                    rival = winner;
                }
            }
            Candidate cover = candidate.search.overlapping() ? null : cover(candidates, candidate);
            if (candidate.tunMetricBps == 0) {
                choices.add(choice(candidate, false, "no route to the gateway"));
            } else if (rival != null) {
                choices.add(choice(candidate, false, rival.offer.hostname() + " " + worth(rival) + " before "
                        + worth(candidate)));
            } else if (cover != null) {
                choices.add(choice(candidate, false, "covered by " + cover.route + " of "
                        + cover.offer.hostname()));
            } else {
                winners.add(candidate);
                choices.add(choice(candidate, true, "best for " + candidate.route));
            }
        }
        return List.copyOf(choices);
    }

    private static Candidate cover(List<Candidate> candidates, Candidate candidate) {
        for (Candidate other : candidates) {
            if (other.route.lengthBits() < candidate.route.lengthBits()
                    && other.route.contains(candidate.route) && other.tunMetricBps > candidate.tunMetricBps) {
                return other;
            }
        }
        return null;
    }

    /** The value shown has the bonus of the choice that was just made, as the genuine tables do. */
    private static TunnelChoice choice(Candidate candidate, boolean active, String reason) {
        return new TunnelChoice(candidate.search, candidate.offer, candidate.route,
                value(candidate.search, candidate.offer, active), active, reason);
    }

    private static String worth(Candidate candidate) {
        return "(" + MetricText.of(candidate.tunMetricBps) + ", " + candidate.search.name() + ")";
    }
}
