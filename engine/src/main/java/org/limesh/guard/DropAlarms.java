package org.limesh.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.limesh.base.MacAddress;
import org.limesh.host.FilterReport;

/**
 * Turns counts of dropped frames into alarms: the first at once, then one a minute while it goes on.
 *
 * <p>Bounds: {@value #MAX_OFFENDERS} offenders (the one that was quiet longest is forgotten first),
 * {@value #ALARMS_PER_MINUTE} alarms a minute; what is beyond is told as a number.
 */
final class DropAlarms {
    static final int MAX_OFFENDERS = 256;
    static final int ALARMS_PER_MINUTE = 20;
    private static final long MINUTE_NS = 60_000_000_000L;
    /** How long a deed is shown after its last frame. */
    static final long SHOWN_NS = 10 * MINUTE_NS;

    private record Key(String counter, String port, MacAddress client) {}

    private static final class Offender {
        /** As the host counts. */
        long counted;
        long frames;
        long untold;
        long lastNs;
        long toldNs;
        boolean told;
    }

    private final Set<String> meshPorts;
    private final Consumer<GuardEvent> out;
    private final Map<Key, Offender> offenders = new LinkedHashMap<>();
    private long minuteNs;
    private int toldThisMinute;
    private long suppressed;

    /** @param meshPorts ports where mesh frames and tags are nothing special */
    DropAlarms(Set<String> meshPorts, Consumer<GuardEvent> out, long nowNs) {
        this.meshPorts = meshPorts;
        this.out = out;
        this.minuteNs = nowNs;
    }

    /** What the host counts now, for each offender. */
    void onReport(List<FilterReport.Offender> report, long nowNs) {
        for (FilterReport.Offender now : report) {
            String deed = deed(now.counter());
            boolean usual = meshPorts.contains(now.port()) && isMesh(now.counter());
            if (deed != null && !usual) {
                onCount(new Key(now.counter(), now.port(), now.source()), now.frames(), nowNs);
            }
        }
        onTimer(nowNs);
    }

    /** These frames were nobody's fault; what the host counts from here on may be. */
    void excuse(FilterReport.Offender now) {
        Offender offender = offenders.computeIfAbsent(new Key(now.counter(), now.port(), now.source()),
                unused -> new Offender());
        offender.counted = now.frames();
        if (offenders.size() > MAX_OFFENDERS) {
            offenders.remove(offenders.keySet().iterator().next());
        }
    }

    private void onCount(Key key, long counted, long nowNs) {
        // Taken out and put in again, so that the first one is who was quiet longest.
        Offender offender = offenders.get(key);
        if (offender == null) {
            offender = new Offender();
        }
        long more = counted >= offender.counted ? counted - offender.counted : counted;
        offender.counted = counted;
        if (more > 0) {
            offender.frames += more;
            offender.untold += more;
            offender.lastNs = nowNs;
            offenders.remove(key);
            offenders.put(key, offender);
            if (offenders.size() > MAX_OFFENDERS) {
                offenders.remove(offenders.keySet().iterator().next());
            }
        }
    }

    void onTimer(long nowNs) {
        if (nowNs - minuteNs >= MINUTE_NS) {
            minuteNs = nowNs;
            toldThisMinute = 0;
            if (suppressed > 0) {
                out.accept(new GuardEvent.MoreMisbehaved(suppressed));
                suppressed = 0;
            }
        }
        offenders.forEach((key, offender) -> {
            boolean due = !offender.told || nowNs - offender.toldNs >= MINUTE_NS;
            if (offender.untold > 0 && due) {
                tell(key, offender, nowNs);
            }
        });
    }

    private void tell(Key key, Offender offender, long nowNs) {
        offender.told = true;
        offender.toldNs = nowNs;
        if (toldThisMinute >= ALARMS_PER_MINUTE) {
            suppressed++;
            offender.untold = 0;
            return;
        }
        toldThisMinute++;
        out.accept(new GuardEvent.Misbehaved(key.client, key.port, deed(key.counter), offender.untold));
        offender.untold = 0;
    }

    /** Who did what in the last ten minutes, last first. */
    List<GuardSnapshot.Offender> offenders(long nowNs) {
        List<GuardSnapshot.Offender> all = new ArrayList<>();
        offenders.forEach((key, offender) -> {
            if (offender.frames > 0 && nowNs - offender.lastNs < SHOWN_NS) {
                all.addFirst(new GuardSnapshot.Offender(key.client, key.port, deed(key.counter), offender.frames,
                        offender.lastNs));
            }
        });
        return all;
    }

    private static boolean isMesh(String counter) {
        return counter.equals("from_client.mesh_frame") || counter.equals("from_client.vlan_tag");
    }

    /** What a client does whose frames this rule drops; null for a rule that says nothing about anybody. */
    static String deed(String counter) {
        return switch (counter) {
            case "from_client.anycast_source" -> "pretends to be the gateway: Ethernet address";
            case "from_client.arp_sender" -> "pretends to be the gateway: ARP";
            case "from_client.neighbour_advertisement" -> "pretends to be the gateway: IPv6 neighbour advertisement";
            case "from_client.ip_source" -> "pretends to be the gateway: IPv4 packets from its address";
            case "from_client.ip6_source" -> "pretends to be the gateway: IPv6 packets from its address";
            case "from_client.router_advertisement" -> "pretends to be a router: router advertisement";
            case "from_client.redirect" -> "pretends to be a router: IPv6 redirect";
            case "from_client.dhcp_answer" -> "pretends to be a DHCP server";
            case "from_client.dhcp6_answer" -> "pretends to be a DHCPv6 server";
            case "from_client.mesh_frame" -> "speaks batman-adv on a client port";
            case "from_client.vlan_tag" -> "sends frames with a VLAN tag on a client port";
            case "from_client.alfred" -> "speaks A.L.F.R.E.D. on a client port";
            case "from_client.shared_state" -> "speaks shared-state on a client port";
            case "from_client.bmx7" -> "speaks BMX7 on a client port";
            case "from_client.tunnel" -> "sends as a node does through a tunnel to a gateway";
            default -> null;
        };
    }
}
