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
         * attached client that ever sent a frame is in every translation table.
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
         * @param to       name of another client, or {@code gateway}
         * @param count    number of echo requests, 200 ms apart
         * @param maxLoss  largest share of answers that may be missing, 0..1
         * @param reachable false when no answer at all may come
         */
        record Ping(String from, String to, int count, double maxLoss, boolean reachable) implements Claim {}

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
