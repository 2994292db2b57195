package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.Frame;
import org.limesh.base.MacAddress;
import org.limesh.batadv.GlobalClient.Claim;
import org.limesh.batadv.wire.UnicastPacket;
import org.limesh.packet.Ethernet;

/** Client frames on their way into the mesh. */
final class MeshInterface {
    private static final int MAX_FRAME_OCTETS = 65_535;

    private final Mesh mesh;
    private final ClientTracker tracker;
    private final GlobalTranslationTable global;
    private final UnicastSender sender;
    private final BroadcastFlood flood;
    private final Counter received;
    private final Counter malformed;
    private final Counter meshInMesh;
    private final Counter staysLocal;
    private final Counter unknownClient;
    private final Counter floodLimited;

    MeshInterface(Mesh mesh, ClientTracker tracker, GlobalTranslationTable global, UnicastSender sender,
            BroadcastFlood flood) {
        this.mesh = mesh;
        this.tracker = tracker;
        this.global = global;
        this.sender = sender;
        this.flood = flood;
        this.received = mesh.counter("batadv.mesh.received");
        this.malformed = mesh.counter("drop.mesh.malformed");
        this.meshInMesh = mesh.counter("drop.mesh.mesh_in_mesh");
        this.staysLocal = mesh.counter("drop.mesh.stays_local");
        this.unknownClient = mesh.counter("drop.mesh.unknown_client");
        this.floodLimited = mesh.counter("bcast.limited");
    }

    void onFrame(Frame frame, boolean fromWifi, long nowNs) {
        received.increment();
        if (frame.length() < Ethernet.HEADER_OCTETS || frame.length() > MAX_FRAME_OCTETS
                || mesh.hardifCount() == 0) {
            malformed.increment();
            return;
        }
        byte[] octets = frame.array();
        int at = frame.offset();
        int limit = at + frame.length();
        if (InnerFrame.isMeshTraffic(octets, at, limit)) {
            meshInMesh.increment();
            return;
        }
        int vid = InnerFrame.vid(octets, at, limit);
        long source = InnerFrame.source(octets, at);
        boolean client = isClient(source);
        if (!learn(source, vid, fromWifi ? TtFlags.WIFI : 0, nowNs)) {
            return;
        }
        long destination = InnerFrame.destination(octets, at);
        if (InnerFrame.staysLocal(destination)) {
            staysLocal.increment();
        } else if (MacAddress.isMulticast(destination)) {
            // Gateway handling of DHCP and the multicast optimisation would choose here; all is flooded so
            // far.
            sendFlood(frame, client ? tracker.client(source, vid) : null, nowNs);
        } else {
            sendUnicast(frame, TtKey.of(destination, vid));
        }
    }

    private static boolean isClient(long source) {
        return source != 0 && !MacAddress.isMulticast(source) && !InnerFrame.isLoopDetect(source);
    }

    /** Notes who is behind this node; false when the client is refused. */
    boolean learn(long source, int vid, int flags, long nowNs) {
        return !isClient(source) || tracker.learn(source, vid, flags, nowNs);
    }

    private void sendFlood(Frame frame, LocalClient from, long nowNs) {
        if (from != null && !from.mayFlood(nowNs)) {
            floodLimited.increment();
        } else {
            flood.originate(frame, nowNs);
        }
    }

    private void sendUnicast(Frame frame, long key) {
        Claim claim = global.lookup(key);
        if (claim == null) {
            unknownClient.increment();
            return;
        }
        int ttvn = GlobalTranslationTable.tableOf(claim.originator).ttvn;
        if (global.get(key).has(TtFlags.ROAM)) {
            // Makes the old node look again: it knows by now where the client went.
            ttvn = ttvn - 1 & 0xff;
        }
        Frame packet = frame.copy().prepend(Ethernet.HEADER_OCTETS + UnicastPacket.HEADER_OCTETS);
        UnicastPacket.put(packet.array(), packet.offset() + Ethernet.HEADER_OCTETS, BatadvLimits.TTL, ttvn,
                claim.originator.mac);
        sender.send(claim.originator, 0, packet);
    }
}
