package org.limesh.batadv;

/**
 * Flags of a client in the translation tables. The low octet travels on the wire; the rest is local.
 *
 * <pre>
 *  bit   0       1     4     5          8         9    10       11    12
 *        delete  roam  wifi  isolated   no-purge  new  pending  temp  refused
 * </pre>
 */
public final class TtFlags {
    public static final int DELETE = 0x01;
    public static final int ROAM = 0x02;
    public static final int WIFI = 0x10;
    public static final int ISOLATED = 0x20;
    /** These are part of the checksum of a table. */
    public static final int SYNC_MASK = 0xf0;
    public static final int WIRE_MASK = 0xff;

    /** Never expires: an address of the node itself. */
    public static final int NO_PURGE = 0x100;
    /** Not announced yet; counts from the next commit on. */
    public static final int NEW = 0x200;
    /** Gone, but still announced until the next commit. */
    public static final int PENDING = 0x400;
    /** Learned from a client frame before its node announced it. */
    public static final int TEMPORARY = 0x800;
    /** Kept for the checksum only, never used for forwarding: an address that must not come from outside. */
    public static final int REFUSED = 0x1000;

    private static final String LOCAL_LETTERS = "RPNXWI";
    private static final int[] LOCAL_ORDER = {ROAM, NO_PURGE, NEW, PENDING, WIFI, ISOLATED};
    private static final String GLOBAL_LETTERS = "RWIT";
    private static final int[] GLOBAL_ORDER = {ROAM, WIFI, ISOLATED, TEMPORARY};

    private TtFlags() {}

    /** As {@code batctl tl} prints them, e.g. {@code .P....}. */
    public static String localText(int flags) {
        return text(flags, LOCAL_LETTERS, LOCAL_ORDER);
    }

    /** As {@code batctl tg} prints them, e.g. {@code ....}. */
    public static String globalText(int flags) {
        return text(flags, GLOBAL_LETTERS, GLOBAL_ORDER);
    }

    private static String text(int flags, String letters, int[] order) {
        StringBuilder text = new StringBuilder(order.length);
        for (int i = 0; i < order.length; i++) {
            text.append((flags & order[i]) != 0 ? letters.charAt(i) : '.');
        }
        return text.toString();
    }

    /** The VLAN number as {@code batctl} prints it: -1 for untagged. */
    public static int printedVlan(int vid) {
        return vid == 0 ? -1 : vid & 0xfff;
    }
}
