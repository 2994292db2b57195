package org.limesh.linux.offload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What the kernel writes in front of a frame of a TAP with offloads ({@code struct virtio_net_hdr}), in the
 * machine's own byte order.
 *
 * <pre>
 *  octet  0      1         2..3           4..5      6..7        8..9
 *         flags  gso type  header octets  gso size  csum start  csum offset
 * </pre>
 */
public final class OffloadHeader {
    public static final int OCTETS = 10;
    static final int FLAG_NEEDS_CHECKSUM = 1;
    static final int FLAG_CHECKSUM_GOOD = 2;
    static final int GSO_NONE = 0;
    static final int GSO_TCP4 = 1;
    static final int GSO_TCP6 = 4;
    static final int GSO_ECN = 0x80;
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());

    private OffloadHeader() {}

    static int flags(byte[] octets, int at) {
        return octets[at] & 0xff;
    }

    static int gsoType(byte[] octets, int at) {
        return octets[at + 1] & 0xff & ~GSO_ECN;
    }

    static int gsoSize(byte[] octets, int at) {
        return (short) SHORT.get(octets, at + 4) & 0xffff;
    }

    static int checksumStart(byte[] octets, int at) {
        return (short) SHORT.get(octets, at + 6) & 0xffff;
    }

    static int checksumOffset(byte[] octets, int at) {
        return (short) SHORT.get(octets, at + 8) & 0xffff;
    }

    /**
     * Makes the header fit a frame with so many octets more in front, or less: a TUN's packets have no
     * Ethernet header, what cuts and joins counts from one.
     */
    public static void shift(byte[] octets, int at, int moreOctets) {
        if ((flags(octets, at) & FLAG_NEEDS_CHECKSUM) != 0) {
            SHORT.set(octets, at + 6, (short) (checksumStart(octets, at) + moreOctets));
        }
        if (gsoType(octets, at) != GSO_NONE) {
            SHORT.set(octets, at + 2, (short) ((short) SHORT.get(octets, at + 2) + moreOctets));
        }
    }

    static void write(byte[] octets, int flags, int gsoType, int headerOctets, int gsoSize, int start,
            int offset) {
        octets[0] = (byte) flags;
        octets[1] = (byte) gsoType;
        SHORT.set(octets, 2, (short) headerOctets);
        SHORT.set(octets, 4, (short) gsoSize);
        SHORT.set(octets, 6, (short) start);
        SHORT.set(octets, 8, (short) offset);
    }
}
