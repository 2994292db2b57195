package org.limesh.batadv;

import java.util.List;
import org.limesh.base.MacAddress;

/**
 * State of a mesh interface at one instant, for people and programs. Field meanings are those of the
 * genuine tool {@code batctl}.
 *
 * @param meshMac      MAC of the mesh interface (bat0)
 * @param algorithm    {@code BATMAN_IV}
 * @param origIntervalMs originator interval
 * @param ttvn         own translation table version
 */
public record BatadvSnapshot(
        MacAddress meshMac,
        String algorithm,
        int origIntervalMs,
        int ttvn,
        List<Hardif> hardifs,
        List<Neighbour> neighbours,
        List<Originator> originators,
        List<LocalClient> localClients,
        List<GlobalClient> globalClients) {

    public BatadvSnapshot {
        hardifs = List.copyOf(hardifs);
        neighbours = List.copyOf(neighbours);
        originators = List.copyOf(originators);
        localClients = List.copyOf(localClients);
        globalClients = List.copyOf(globalClients);
    }

    /** @param index the engine's number of the hard interface */
    public record Hardif(int index, String name, MacAddress mac, boolean active, boolean primary) {}

    public record Neighbour(String hardif, MacAddress mac, long lastSeenAgoMs) {}

    /**
     * One neighbour's offer towards an originator.
     *
     * @param best true for the chosen next hop
     */
    public record Originator(
            MacAddress mac, MacAddress nextHop, String hardif, int tq, long lastSeenAgoMs, boolean best) {}

    /** @param flags wire flags plus the local-only ones, see {@code TtFlags} */
    public record LocalClient(MacAddress mac, int vid, int flags, long lastSeenAgoMs, int crc) {}

    /**
     * @param originator node that announces the client
     * @param ttvn       version of that node's table now
     * @param lastTtvn   version at which the client was learned
     * @param best       true for the originator that frames are sent to
     */
    public record GlobalClient(
            MacAddress mac, int vid, int flags, MacAddress originator, int ttvn, int lastTtvn, int crc,
            boolean best) {}
}
