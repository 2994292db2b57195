package org.limesh.batadv;

import org.limesh.base.Counters.Counter;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;
import org.limesh.batadv.GlobalClient.Claim;
import org.limesh.batadv.wire.RoamTvlv;
import org.limesh.batadv.wire.TtTvlv;
import org.limesh.batadv.wire.Tvlv;
import org.limesh.batadv.wire.UnicastTvlvPacket;

/**
 * Learns clients from the frames they send, and tells the node they came from.
 *
 * <pre>
 *  client sends here, known behind A  ──→ roaming advertisement to A
 *  A: local entry pending, "gone, roamed" in its next diff; frames that still come to A are sent on to us
 * </pre>
 */
final class ClientTracker {
    private final Mesh mesh;
    private final LocalTranslationTable local;
    private final GlobalTranslationTable global;
    private final UnicastSender sender;
    private final RoamingLimiter sentLimiter = new RoamingLimiter();
    private final RoamingLimiter receivedLimiter = new RoamingLimiter();
    private final Counter reserved;
    private final Counter unknownVlan;
    private final Counter full;
    private final Counter limited;
    private final Counter advertised;
    private final Counter received;
    private final Counter malformed;

    ClientTracker(Mesh mesh, LocalTranslationTable local, GlobalTranslationTable global,
            UnicastSender sender) {
        this.mesh = mesh;
        this.local = local;
        this.global = global;
        this.sender = sender;
        this.reserved = mesh.counter("drop.mesh.anycast_source");
        this.unknownVlan = mesh.counter("drop.mesh.unknown_vlan");
        this.full = mesh.counter("drop.mesh.local_table_full");
        this.limited = mesh.counter("roam.limited");
        this.advertised = mesh.counter("batadv.roaming.sent");
        this.received = mesh.counter("batadv.roaming.received");
        this.malformed = mesh.counter("drop.batadv.roaming_malformed");
    }

    /** Announces an address of the node itself, for ever. */
    void addOwn(long mac, int vid, long nowNs) {
        long key = TtKey.of(mac, vid);
        if (local.get(key) == null) {
            local.add(key, TtFlags.NO_PURGE, ms(nowNs));
        }
    }

    private static int ms(long nowNs) {
        return (int) (nowNs / BatadvLimits.MS);
    }

    /**
     * A client sent a frame into the mesh interface.
     *
     * @param syncFlags {@link TtFlags#WIFI} when it is attached by radio, else 0
     * @return false when it was refused and the frame must not go on
     */
    boolean learn(long mac, int vid, int syncFlags, long nowNs) {
        if (mesh.config.isAnycast(mac)) {
            reserved.increment();
            return false;
        }
        long key = TtKey.of(mac, vid);
        LocalClient client = local.get(key);
        boolean roamedBack = false;
        boolean isNew = client == null;
        if (isNew) {
            client = admit(key, vid, syncFlags, nowNs);
            if (client == null) {
                return false;
            }
        } else {
            client.lastSeenMs = ms(nowNs);
            if (client.has(TtFlags.PENDING)) {
                local.revive(client);
            }
            if (client.has(TtFlags.ROAM)) {
                client.flags &= ~TtFlags.ROAM;
                roamedBack = true;
            }
            local.setSyncFlags(client, syncFlags);
        }
        GlobalClient elsewhere = global.get(key);
        boolean roamedHere = elsewhere != null && !elsewhere.has(TtFlags.ROAM | TtFlags.REFUSED);
        if (roamedHere) {
            Claim from = elsewhere.claims;
            mesh.out.report(new BatadvEvent.ClientRoamedHere(new MacAddress(mac), vid,
                    new MacAddress(from.originator.mac)));
            leave(elsewhere, roamedBack, nowNs);
        } else if (isNew) {
            mesh.out.report(new BatadvEvent.ClientAdded(new MacAddress(mac), vid));
        }
        return true;
    }

    LocalClient client(long mac, int vid) {
        return local.get(TtKey.of(mac, vid));
    }

    private LocalClient admit(long key, int vid, int syncFlags, long nowNs) {
        if (!local.knowsVlan(vid)) {
            unknownVlan.increment();
            return null;
        }
        if (local.isFull()) {
            full.increment();
            mesh.reportLimit("local clients", local.size(), nowNs);
            return null;
        }
        return local.add(key, syncFlags, ms(nowNs));
    }

    /** Tells everybody who claims the client that it is here. */
    private void leave(GlobalClient client, boolean roamedBack, long nowNs) {
        for (Claim claim = client.claims; claim != null; claim = claim.next) {
            if (!sentLimiter.permits(client.key, nowNs)) {
                limited.increment();
                break;
            }
            byte[] container = new byte[Tvlv.HEADER_OCTETS + RoamTvlv.VALUE_OCTETS];
            Tvlv.put(container, 0, Tvlv.ROAMING, 1, RoamTvlv.VALUE_OCTETS);
            Octets.putMac(container, Tvlv.HEADER_OCTETS + RoamTvlv.CLIENT, TtKey.mac(client.key));
            Octets.put16(container, Tvlv.HEADER_OCTETS + RoamTvlv.VID, TtKey.vid(client.key));
            if (sender.sendTvlv(claim.originator, mesh.primaryMac(), container)) {
                advertised.increment();
            }
        }
        if (roamedBack) {
            global.drop(client);
        } else {
            global.markRoamed(client, ms(nowNs));
        }
    }

    /** A roaming advertisement for us: one of our clients is with the sender now. */
    void onAdvertisement(byte[] octets, int packetAt, int at, int valueOctets, long nowNs) {
        if (valueOctets < RoamTvlv.VALUE_OCTETS || !TtTvlv.legalVid(Octets.u16(octets, at + RoamTvlv.VID))
                || MacAddress.isMulticast(Octets.mac(octets, at + RoamTvlv.CLIENT))) {
            malformed.increment();
            return;
        }
        Originator from = mesh.originators.get(Octets.mac(octets, packetAt + UnicastTvlvPacket.SOURCE));
        long key = TtKey.of(Octets.mac(octets, at + RoamTvlv.CLIENT), Octets.u16(octets, at + RoamTvlv.VID));
        if (from == null) {
            malformed.increment();
        } else if (!receivedLimiter.permits(key, nowNs)) {
            limited.increment();
        } else {
            received.increment();
            int version = GlobalTranslationTable.tableOf(from).ttvn + 1 & 0xff;
            global.add(from, key, TtFlags.ROAM, version, nowNs);
        }
    }

    /** Slow work, every few seconds. */
    void expire(long nowNs) {
        local.expire(ms(nowNs));
        global.expire(ms(nowNs));
        sentLimiter.expire(nowNs);
        receivedLimiter.expire(nowNs);
    }
}
