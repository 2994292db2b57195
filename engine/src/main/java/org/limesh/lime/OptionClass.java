package org.limesh.lime;

/** What becomes of an option here. Everything is kept, whatever its class. */
enum OptionClass {
    /** Decides something in this program. */
    USED,
    /** LibreMesh knows it, another program of the system acts on it (or nothing here needs it). */
    UNDERSTOOD,
    /** Neither LibreMesh nor this program knows it: most likely a typing error. */
    UNKNOWN
}
