package org.limesh.guard;

import java.util.List;
import org.limesh.base.MacAddress;

/**
 * The guard at one instant.
 *
 * @param ports     the client ports
 * @param offenders who sent what was dropped, last first
 * @param isolation result of the last self-test
 * @param warnings  sentences a person can act upon
 */
public record GuardSnapshot(
        List<PortView> ports, List<Offender> offenders, Isolation isolation, List<String> warnings) {
    public GuardSnapshot {
        ports = List.copyOf(ports);
        offenders = List.copyOf(offenders);
        warnings = List.copyOf(warnings);
    }

    /** @param lastNs when its frames were seen to be dropped last */
    public record Offender(MacAddress client, String port, String deed, long frames, long lastNs) {}

    /**
     * @param tests  how many self-tests there were
     * @param failed how many of them found a fault
     * @param lastNs when the last one ended; meaningless without one
     * @param faults of the last one; empty when all was in order
     */
    public record Isolation(long tests, long failed, long lastNs, List<String> faults) {
        public Isolation {
            faults = List.copyOf(faults);
        }
    }
}
