package org.limesh.lab.api;

import java.util.function.Function;
import org.limesh.access.AccessEvent;
import org.limesh.alfred.AlfredEvent;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.batadv.BatadvEvent;
import org.limesh.guard.GuardEvent;
import org.limesh.node.NodeEvent;

/**
 * An event of a node in words.
 *
 * @param kind stable, dotted, see {@link EventRecord#kind}
 * @param text for people
 */
public record EventText(String kind, String text) {
    /** @param names gives a MAC the name people know it by, or its text form */
    public static EventText of(NodeEvent event, Function<MacAddress, String> names) {
        return switch (event) {
            case NodeEvent.Batadv(var batadv) -> of(batadv, names);
            case NodeEvent.Access(var access) -> of(access, names);
            case NodeEvent.Alfred(var alfred) -> of(alfred, names);
            case NodeEvent.Bmx7(var bmx7) -> Layer3EventText.of(bmx7, names);
            case NodeEvent.Gateway(var gateway) -> Layer3EventText.of(gateway);
            case NodeEvent.StateExchanged(var asked, var answered) -> new EventText("state.peers",
                    asked == 0 ? "shared-state: no neighbour to exchange leases with"
                            : "shared-state: exchanged leases with " + answered + " of " + asked + " peers");
            case NodeEvent.Guard(var guard) -> of(guard, names);
        };
    }

    private static EventText of(BatadvEvent event, Function<MacAddress, String> names) {
        return switch (event) {
            case BatadvEvent.NeighbourHeard(var hardif, var mac) ->
                    new EventText("batadv.neighbour", "hears " + names.apply(mac) + " on " + hardif);
            case BatadvEvent.NeighbourLost(var hardif, var mac) ->
                    new EventText("batadv.neighbour", "no longer hears " + names.apply(mac) + " on "
                            + hardif);
            case BatadvEvent.OriginatorHeard(var mac) ->
                    new EventText("batadv.originator", "knows " + names.apply(mac) + " now");
            case BatadvEvent.OriginatorLost(var mac) ->
                    new EventText("batadv.originator", "forgets " + names.apply(mac) + ": silent too long");
            case BatadvEvent.RouteChanged(var mac, var from, var to, var tq) ->
                    new EventText("batadv.route", route(names.apply(mac), from, to, tq, names));
            case BatadvEvent.ClientAdded(var mac, var vid) ->
                    new EventText("batadv.client", "client " + names.apply(mac) + vlan(vid) + " is here");
            case BatadvEvent.ClientRemoved(var mac, var vid, var reason) ->
                    new EventText("batadv.client", "client " + names.apply(mac) + vlan(vid) + " is gone: "
                            + reason);
            case BatadvEvent.ClientRoamedHere(var mac, var vid, var from) -> new EventText("batadv.roam",
                    "client " + names.apply(mac) + vlan(vid) + " roamed here from " + names.apply(from));
            case BatadvEvent.ClientRoamedAway(var mac, var vid, var to) -> new EventText("batadv.roam",
                    "client " + names.apply(mac) + vlan(vid) + " roamed away to " + names.apply(to));
            case BatadvEvent.TableRequested(var mac, var full) -> new EventText("batadv.table",
                    "asks " + names.apply(mac) + " for its " + (full ? "whole table" : "last changes")
                            + ": ours did not fit what it announces");
            case BatadvEvent.LimitReached(var table, var limit) -> new EventText("batadv.limit",
                    "the table of " + table + " is full at " + limit + ": something was refused");
        };
    }

    private static String route(
            String originator, MacAddress from, MacAddress to, int tq, Function<MacAddress, String> names) {
        if (to == null) {
            return "no way to " + originator + " any more, was via " + names.apply(from);
        }
        String via = originator + " via " + names.apply(to) + ", TQ " + tq;
        return from == null ? "reaches " + via : "changes to " + via + ", was via " + names.apply(from);
    }

    private static EventText of(AccessEvent event, Function<MacAddress, String> names) {
        return switch (event) {
            case AccessEvent.LeaseGranted(var mac, var address, var hostname, var reason) ->
                    new EventText("access.lease", "gives " + address + " to "
                            + (hostname.isEmpty() ? names.apply(mac) : hostname) + ": " + reason);
            case AccessEvent.LeaseReleased(var mac, var address) -> lease(mac, address, "was given back",
                    names);
            case AccessEvent.LeaseExpired(var mac, var address) -> lease(mac, address, "ran out", names);
            case AccessEvent.AddressDeclined(var mac, var address) ->
                    lease(mac, address, "is in use by somebody else, says the client; set aside", names);
            case AccessEvent.AddressInUse(var address, var user, var mac) -> new EventText("access.in_use",
                    names.apply(user) + " uses " + address + ", which was about to be given to " + names.apply(mac)
                            + "; set aside");
            case AccessEvent.RequestRefused(var mac, var address, var reason) ->
                    new EventText("access.refused", "refuses " + address + " to " + names.apply(mac) + ": "
                            + reason);
            case AccessEvent.PoolExhausted(var mac) -> new EventText("access.refused",
                    "has no address left for " + names.apply(mac));
            case AccessEvent.LeaseConflict(var address, var kept, var refused, var other) ->
                    new EventText("access.conflict", address + " is leased twice: " + names.apply(kept)
                            + " had it first and keeps it, " + names.apply(refused)
                            + " gets another at its next renewal; the other lease is known at " + names.apply(other));
            case AccessEvent.SlicesChanged(var own, var of) -> new EventText("access.slices",
                    "gives new addresses from " + own + " of " + of + " parts of the pool");
            case AccessEvent.LeasesRestored(var leases, var torn) -> new EventText("access.store",
                    "knows " + leases + " leases again from before the restart"
                            + (torn == 0 ? "" : "; records that were cut off: " + torn));
            case AccessEvent.StoreFailed(var reason) -> new EventText("access.store",
                    "cannot write leases down, goes on from memory: " + reason);
        };
    }

    private static EventText of(AlfredEvent event, Function<MacAddress, String> names) {
        return switch (event) {
            case AlfredEvent.RoleChanged(var primary, var reason) -> new EventText("alfred.role",
                    "is " + (primary ? "a primary" : "a secondary") + " for shared data now: " + reason);
            case AlfredEvent.PrimaryHeard(var mac) ->
                    new EventText("alfred.primary", "hears the primary " + names.apply(mac));
            case AlfredEvent.PrimaryLost(var mac) -> new EventText("alfred.primary",
                    "no longer hears the primary " + names.apply(mac));
            case AlfredEvent.RecordChanged(var type, var mac) -> new EventText("alfred.record",
                    names.apply(mac) + " tells something new of type " + type);
            case AlfredEvent.RecordExpired(var type, var mac) -> new EventText("alfred.record",
                    names.apply(mac) + " has not told of type " + type + " for ten minutes; forgotten");
        };
    }

    private static EventText of(GuardEvent event, Function<MacAddress, String> names) {
        return switch (event) {
            case GuardEvent.Misbehaved(var client, var port, var deed, var frames) -> new EventText("guard.alarm",
                    "client " + names.apply(client) + " on " + port + " " + deed + "; " + frames
                            + (frames == 1 ? " frame" : " frames") + " dropped");
            case GuardEvent.MoreMisbehaved(var alarms) -> new EventText("guard.alarm",
                    alarms + " more alarms like these within a minute were not told one by one");
            case GuardEvent.PortChanged(var before, var now) -> new EventText("guard.port", now.name() + " leads to "
                    + now.kind().words() + (now.detail().isEmpty() ? "" : " (" + now.detail() + ")") + ", was: "
                    + before.words() + "; it is " + now.consequence().words());
            case GuardEvent.IsolationBroken(var faults) -> new EventText("guard.isolation",
                    "the gateway is not kept apart: " + String.join("; ", faults));
            case GuardEvent.IsolationRestored unused ->
                    new EventText("guard.isolation", "the gateway is kept apart again");
            case GuardEvent.Warned(var sentence) -> new EventText("guard.warning", sentence);
            case GuardEvent.WarningEnded(var sentence) -> new EventText("guard.warning", "over: " + sentence);
        };
    }

    private static EventText lease(
            MacAddress mac, Ip4Address address, String what, Function<MacAddress, String> names) {
        return new EventText("access.lease", address + " of " + names.apply(mac) + " " + what);
    }

    private static String vlan(int vid) {
        return vid < 0 || (vid & 0x8000) == 0 ? "" : " on VLAN " + (vid & 0xfff);
    }
}
