package org.limesh.gateway;

/** When a node offers its Internet to others. */
public enum SharePolicy {
    /** Never. */
    OFF,
    /** While its uplink leads to the Internet. */
    AUTO,
    /** As long as its uplink has an address, whatever the probes say. */
    ALWAYS
}
