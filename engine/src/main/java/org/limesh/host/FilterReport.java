package org.limesh.host;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.limesh.base.MacAddress;

/**
 * What a host's filter rules have done, as read back from where they are in force.
 *
 * @param fault     what was not as wanted when the host looked, whether or not it has been repaired since (rules
 *                  gone, a kernel setting changed); null when all was in order
 * @param dropped   frames by the rule's counter name, since the rules were loaded
 * @param offenders who sent what rules dropped, of the rules that blame
 */
public record FilterReport(String fault, Map<String, Long> dropped, List<Offender> offenders) {
    public FilterReport {
        dropped = Collections.unmodifiableMap(new LinkedHashMap<>(dropped));
        offenders = List.copyOf(offenders);
    }

    /**
     * Sender of dropped frames.
     *
     * @param counter of the rule
     * @param port    of the bridge
     * @param source  Ethernet source of the frames: what the client claims to be
     * @param frames  since it was first seen; begins anew when it was forgotten meanwhile
     */
    public record Offender(String counter, String port, MacAddress source, long frames) {}
}
