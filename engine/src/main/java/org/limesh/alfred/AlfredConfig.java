package org.limesh.alfred;

import org.limesh.base.MacAddress;

/**
 * Settings.
 *
 * @param mac          MAC of the interface spoken on; source of own records
 * @param interfaceName for the status answer
 * @param batInterface for the status answer
 * @param role         fixed role, or elected
 * @param syncPeriodMs one timer does everything; 10 s
 */
public record AlfredConfig(
        MacAddress mac, String interfaceName, String batInterface, Role role, long syncPeriodMs) {
    /** How the role is found. */
    public enum Role {
        PRIMARY,
        SECONDARY,
        /** Few nodes of a cloud become primary; who, they find out by hearing each other. */
        ELECTED
    }

    public static final long DEFAULT_SYNC_PERIOD_MS = 10_000;
    /** UDP port, source and destination. */
    public static final int PORT = 0x4242;
}
