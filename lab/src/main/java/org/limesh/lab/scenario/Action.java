package org.limesh.lab.scenario;

import java.util.List;

/** Something that is done to the laboratory. */
public sealed interface Action {
    /** A client attaches to another node. */
    record Roam(String client, String to) implements Action {}

    /** Nodes or links stop working. */
    record Fail(List<Target> targets) implements Action {
        public Fail {
            targets = List.copyOf(targets);
        }
    }

    /** They work again. */
    record Heal(List<Target> targets) implements Action {
        public Heal {
            targets = List.copyOf(targets);
        }
    }

    /** Everything works again: nodes, links and partitions. */
    record HealAll() implements Action {}

    /** A node stands somewhere else; radio links follow. */
    record Move(String node, double x, double y) implements Action {}

    /** Properties of a link change; NaN and -1 leave one as it is. */
    record SetLink(Target.Link link, double lossThere, double lossBack, long rateBps,
            long delayNs) implements Action {}

    /** Links between nodes of different groups stop working. Nodes in no group form one more. */
    record Partition(List<List<String>> groups) implements Action {
        public Partition {
            groups = groups.stream().map(List::copyOf).toList();
        }
    }

    /** Nodes lose all state and start again. */
    record Reboot(List<String> nodes) implements Action {
        public Reboot {
            nodes = List.copyOf(nodes);
        }
    }

    /** The cables of these nodes' uplinks are plugged in. */
    record Plug(List<String> nodes) implements Action {
        public Plug {
            nodes = List.copyOf(nodes);
        }
    }

    /** They are pulled: the nodes notice at once. */
    record Unplug(List<String> nodes) implements Action {
        public Unplug {
            nodes = List.copyOf(nodes);
        }
    }

    /** The line of an uplink changes; -1, NaN and null leave a property as it is. */
    record SetUplink(String node, long downBps, long upBps, long delayNs, double loss, Boolean portal,
            Boolean silent) implements Action {}

    /**
     * Somebody chooses a way to the Internet.
     *
     * @param of   a node, for all behind it; or a client, for itself alone
     * @param exit node with an uplink; null to take the choice back
     */
    record Pin(String of, String exit) implements Action {}

    /** A caption. */
    record Say(String text) implements Action {}

    /** The test ends here. */
    record End() implements Action {}

    /** What fails or heals. */
    sealed interface Target {
        record Node(String name) implements Target {
            @Override
            public String toString() {
                return name;
            }
        }

        /** Every link between the two nodes. */
        record Link(String a, String b) implements Target {
            @Override
            public String toString() {
                return "link " + a + "-" + b;
            }
        }
    }
}
