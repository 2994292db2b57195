package org.limesh.lab.scenario;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.limesh.base.Ip4Prefix;

/**
 * Something that must be true.
 *
 * @param claim    what
 * @param withinNs it must become true in this time; 0 for "now"
 * @param forNs    it must stay true for this time; 0 for "at one instant"
 * @param text     as the file has it, for reports
 */
public record Assertion(Claim claim, long withinNs, long forNs, String text, Position position) {
    /** What is claimed. */
    public sealed interface Claim {
        /**
         * Every working node of a cloud that can be reached knows every other one as originator, and every
         * attached client that ever sent a frame is in every translation table. With all clouds, also: every
         * working node has a way to every other one in layer 3.
         *
         * @param cloud null for all clouds
         */
        record Converged(String cloud) implements Claim {}

        /**
         * The client holds an address.
         *
         * @param network null for any
         */
        record Lease(String client, Ip4Prefix network) implements Claim {}

        /**
         * @param to       name of another client, {@code gateway} or {@code internet}
         * @param count    number of echo requests, 200 ms apart
         * @param maxLoss  largest share of answers that may be missing, 0..1
         * @param reachable false when no answer at all may come
         */
        record Ping(String from, String to, int count, double maxLoss, boolean reachable) implements Claim {}

        /**
         * A node, or the node of a client for that client, sends to the Internet through this exit.
         *
         * @param of a node or a client
         * @param is node with an uplink; null for none
         */
        record Exit(String of, String is) implements Claim {}

        /**
         * A client gets answers from the Internet.
         *
         * @param via       exit that the answered requests left through; null for any
         * @param reachable false when no answer at all may come
         */
        record Internet(String from, String via, int count, boolean reachable) implements Claim {}

        /**
         * Mean rate of a stream of its own, as much as it can get.
         *
         * @param from     a client, or {@code internet}
         * @param to       likewise, not both
         * @param aboveBps at least this
         * @param belowBps at most this; {@code Long.MAX_VALUE} for no limit
         */
        record Throughput(String from, String to, long aboveBps, long belowBps) implements Claim {}

        /**
         * The way that packets take by the tables of all nodes.
         *
         * @param via     names on the way there, in this order; others may be between
         * @param back    likewise for the way back
         * @param differs null: does not matter; else whether the way back shall be another one
         */
        record Path(String from, String to, List<String> via, List<String> back, Boolean differs) implements Claim {
            public Path {
                via = List.copyOf(via);
                back = List.copyOf(back);
            }
        }

        /** These properties of the client are what they were before this step's events. */
        record Same(String client, Set<Property> what) implements Claim {
            public Same {
                what = java.util.Collections.unmodifiableSet(new TreeSet<>(what));
            }
        }

        /** The client's longest silence since its last roaming began is shorter than this. */
        record Gap(String client, long belowNs) implements Claim {}

        /** No frame that the filter matches passes a mesh link, from now to the end or for {@code for:}. */
        record Never(FrameFilter frame) implements Claim {}

        /** No address is leased to two clients in one cloud. */
        record LeasesUnique() implements Claim {}

        /** Following the best next hops never returns to a node already passed. */
        record LoopsNone() implements Claim {}
    }

    /** Properties that roaming must not change. */
    public enum Property {
        IPV4("ipv4"),
        GATEWAY("gateway"),
        GATEWAY_MAC("gateway-mac"),
        LEASE("lease");

        private final String word;

        Property(String word) {
            this.word = word;
        }

        /** As in the file. */
        public String word() {
            return word;
        }

        static List<String> words() {
            return java.util.Arrays.stream(values()).map(Property::word).toList();
        }
    }
}
