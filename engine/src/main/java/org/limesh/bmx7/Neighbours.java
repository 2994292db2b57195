package org.limesh.bmx7;

import java.util.List;
import org.limesh.base.Engine;
import org.limesh.base.Ip6Address;
import org.limesh.bmx7.wire.Bmx7Frame.HelloReply;

/** Links to nodes that proved who they are: made by a proven packet, gone after 20 s without a hello. */
final class Neighbours {
    private final Core core;
    private final PathChooser chooser;
    private final OgmExchange exchange;

    Neighbours(Core core, PathChooser chooser, OgmExchange exchange) {
        this.core = core;
        this.chooser = chooser;
        this.exchange = exchange;
    }

    /** A proven packet came over this link. Null when a table is full. */
    Link onProven(Peer peer, Device device, int theirIndex, Ip6Address source, long nowNs) {
        if (peer.neighbour == null) {
            if (core.neighbours.size() >= Bmx7Limits.MAX_NEIGHBOURS) {
                core.drop("neighbour_limit");
                return null;
            }
            peer.neighbour = new Neighbour(peer);
            core.neighbours.add(peer.neighbour);
        }
        Neighbour neighbour = peer.neighbour;
        Link link = neighbour.find(device, theirIndex);
        if (link != null && !link.address.equals(source)) {
            drop(link, nowNs);
            return onProven(peer, device, theirIndex, source, nowNs);
        }
        if (link == null) {
            if (neighbour.links.size() >= Bmx7Limits.MAX_LINKS_PER_NEIGHBOUR) {
                core.drop("link_limit");
                return null;
            }
            link = new Link(neighbour, device, theirIndex, source, nowNs);
            neighbour.links.add(link);
            core.nextGreetingNs = Engine.earlier(core.nextGreetingNs, nowNs);
            core.out.report(new Bmx7Event.LinkUp(peer.id, peer.hostname(), device.name, source));
        }
        return link;
    }

    /**
     * Prepares a quick hello on every device that has a new neighbour; when the next one is due, or NEVER.
     */
    long greet(long nowNs) {
        boolean any = false;
        for (Neighbour neighbour : core.neighbours) {
            for (Link link : neighbour.links) {
                if (link.isGreeted(nowNs)) {
                    link.device.outgoing.greeting = true;
                    any = true;
                }
            }
        }
        return any ? nowNs + Bmx7Limits.GREETING_INTERVAL_NS : Engine.NEVER;
    }

    void onReplies(Link link, HelloReply replies, long nowNs) {
        for (HelloReply.Entry entry : replies.entries()) {
            if (entry.receiverDevIdx() == link.device.wireIndex()
                    && entry.destDescHash().equals(core.identity.descriptionHash())) {
                link.quality.onReport(entry.rxLq(), nowNs);
            }
        }
    }

    /**
     * What this node tells its neighbours on a device about how it hears them.
     *
     * @param newOnly those that are greeted
     */
    List<HelloReply.Entry> replies(Device device, boolean newOnly, long nowNs) {
        return core.neighbours.stream().flatMap(neighbour -> neighbour.links.stream())
                .filter(link -> link.device == device && link.quality.hasHello())
                .filter(link -> !newOnly || link.isGreeted(nowNs))
                .map(link -> new HelloReply.Entry(link.neighbour.peer.facts.hash(), link.quality.rq(nowNs),
                link.theirIndex))
                .toList();
    }

    /** Links that were silent too long. */
    void onRound(long nowNs) {
        for (Neighbour neighbour : List.copyOf(core.neighbours)) {
            for (Link link : List.copyOf(neighbour.links)) {
                if (link.quality.isDead(nowNs, link.bornNs)) {
                    drop(link, nowNs);
                }
            }
        }
    }

    void drop(Link link, long nowNs) {
        Neighbour neighbour = link.neighbour;
        neighbour.links.remove(link);
        core.out.report(new Bmx7Event.LinkDown(neighbour.peer.id, neighbour.peer.hostname(), link.device.name,
                link.address));
        boolean last = neighbour.links.isEmpty();
        if (last) {
            core.neighbours.remove(neighbour);
            neighbour.peer.neighbour = null;
            exchange.expire(neighbour, true, nowNs);
        }
        chooser.onLinkGone(link, last, nowNs);
    }

    /** The node starts anew: nothing that it said of others holds any more. */
    void drop(Peer peer, long nowNs) {
        if (peer.neighbour != null) {
            for (Link link : List.copyOf(peer.neighbour.links)) {
                drop(link, nowNs);
            }
        }
    }

    void dropDevice(Device device, long nowNs) {
        for (Neighbour neighbour : List.copyOf(core.neighbours)) {
            for (Link link : List.copyOf(neighbour.links)) {
                if (link.device == device) {
                    drop(link, nowNs);
                }
            }
        }
    }

    void maintain(long nowNs) {
        core.neighbours.forEach(neighbour -> exchange.expire(neighbour, false, nowNs));
    }
}
