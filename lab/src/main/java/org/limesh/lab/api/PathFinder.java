package org.limesh.lab.api;

import java.util.ArrayList;
import java.util.List;

/**
 * Which way a packet takes, there and back, hop by hop, as the tables of the nodes say now.
 *
 * <pre>
 *   client ─ access ─→ its node ─┬─ layer 2 ─→ node of the same cloud ─ access ─→ client
 *                                └─ tunnel over layer 3 ─→ exit ─→ Internet
 *                                                      └→ member of another cloud ─ layer 2 ─→ ...
 * </pre>
 *
 * <p>On a real node only its own tables are known: what others do is said to be beyond its view.
 */
public final class PathFinder {
    private final WorldView view;
    private final PathPlaces places;

    /**
     * @param reachable false when the tables know no way
     * @param note      what is remarkable, or empty
     * @param why       why this exit and no other, a sentence each; empty when no exit is used
     */
    public record Result(String from, String to, boolean reachable, List<Leg> going, List<Leg> back, String note,
            List<String> why) {
        public Result {
            going = List.copyOf(going);
            back = List.copyOf(back);
            why = List.copyOf(why);
        }

        /** All names on the way there, each once. */
        public List<String> namesGoing() {
            return names(going);
        }

        /** All names on the way back, each once. */
        public List<String> namesBack() {
            return names(back);
        }

        private static List<String> names(List<Leg> legs) {
            List<String> all = new ArrayList<>();
            for (Leg leg : legs) {
                for (String hop : leg.hops()) {
                    if (all.isEmpty() || !all.getLast().equals(hop)) {
                        all.add(hop);
                    }
                }
            }
            return all;
        }
    }

    /**
     * A part of the way.
     *
     * @param hops  names; the first leg starts with the sender
     * @param layer {@code access}, {@code anycast}, {@code layer2}, {@code layer3}, {@code internet}, {@code beyond}
     * @param tq    what each hop's sender knows of the way to the end of this leg, in the order of the hops
     * @param text  for people
     * @param steps what is on each link of it
     */
    public record Leg(List<String> hops, String layer, List<Integer> tq, String text, List<Step> steps) {
        public Leg {
            hops = List.copyOf(hops);
            tq = List.copyOf(tq);
            steps = List.copyOf(steps);
        }

        static Leg beyond(String hop, String text) {
            return new Leg(List.of(hop), "beyond", List.of(), text, List.of());
        }
    }

    /** @param headers of a frame on this link, the outermost first */
    public record Step(String from, String to, List<String> headers) {
        public Step {
            headers = List.copyOf(headers);
        }
    }

    private PathFinder(WorldView view) {
        this.view = view;
        this.places = new PathPlaces(view.world());
    }

    /**
     * @param from name, MAC or IPv4 address of a client or a node
     * @param to   likewise, or {@code anycast}, {@code internet} or any IPv4 address
     * @throws Problem when there is no such client or node
     */
    public static Result find(WorldView view, String from, String to) {
        return new PathFinder(view).find(from, to);
    }

    private Result find(String from, String to) {
        PathPlaces.Place start = places.start(from);
        PathPlaces.Place end = places.end(to);
        if (end.anycast()) {
            return anycast(start, end);
        }
        if (start.node() == null || end.node() == null && !end.outside()) {
            return new Result(start.name(), end.name(), false, List.of(nowhere(start.node() == null ? start : end)),
                    List.of(), "", List.of());
        }
        PacketWay going = new PacketWay(view, places, start, end);
        PacketWay back = new PacketWay(view, places, end, start);
        going.walk();
        if (going.arrived() && going.isUnknown()) {
            back.onlyTheLastHop();
        } else if (going.arrived() && end.outside()) {
            back.walkFrom(going.exit());
        } else if (going.arrived()) {
            back.walk();
        }
        return result(going, back, start, end);
    }

    private static Result result(PacketWay going, PacketWay back, PathPlaces.Place start, PathPlaces.Place end) {
        boolean both = going.arrived() && back.arrived();
        Result result = new Result(start.name(), end.name(), both, going.legs(), back.legs(), "", going.why());
        boolean mirrored = result.namesGoing().equals(result.namesBack().reversed());
        String note = !both || mirrored || going.isUnknown() ? ""
                : "differs from the way there: normal" + (going.isTunnelled() || back.isTunnelled()
                        ? ". The tunnel is one-way." : ", each direction takes its own best");
        return new Result(start.name(), end.name(), both, going.legs(), back.legs(), note, going.why());
    }

    private Result anycast(PathPlaces.Place start, PathPlaces.Place gateway) {
        if (start.node() == null) {
            return new Result(start.name(), gateway.name(), false, List.of(nowhere(start)), List.of(), "", List.of());
        }
        Leg leg = new Leg(List.of(start.name(), start.node().name()), "anycast", List.of(),
                places.takenHere(start.node()), List.of(new Step(start.name(), start.node().name(),
                        List.of("Ethernet to " + places.anycastMac(start.node())))));
        Leg home = new Leg(List.of(start.node().name(), start.name()), "access", List.of(), "attached here", List.of());
        return new Result(start.name(), gateway.name(), true, List.of(leg), List.of(home), "", List.of());
    }

    private static Leg nowhere(PathPlaces.Place place) {
        return Leg.beyond(place.name(), place.name() + " is attached to no node");
    }

    /** The look that {@code limesh path} has. */
    public static String text(Result path) {
        return PathText.of(path);
    }
}
