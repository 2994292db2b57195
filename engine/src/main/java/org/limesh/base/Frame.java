package org.limesh.base;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * Octets of one frame with room in front for headers.
 *
 * <pre>
 *  array   |..... headroom .....|....... length ........|... unused ...|
 *                               ^ offset
 * </pre>
 *
 * <p>Ownership: whoever made a frame may write it until it is handed to a sink ({@code transmit},
 * {@code deliver}); afterwards nobody writes it any more, so a radio may hand the very same frame to
 * twenty receivers. Who wants to change a received frame copies it ({@link #copy}).
 *
 * <p>Positions in accessors count from the frame's first octet. They do not check against
 * {@link #length}: a parser checks once, then reads.
 */
public final class Frame {
    /** Enough for Ethernet (14), a VLAN tag (4), the largest batman-adv header in use (20), and some. */
    public static final int HEADROOM_OCTETS = 64;

    private final byte[] array;
    private int offset;
    private int length;

    private Frame(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** A zeroed frame of this length with the usual headroom. */
    public static Frame allocate(int lengthOctets) {
        return new Frame(new byte[HEADROOM_OCTETS + lengthOctets], HEADROOM_OCTETS, lengthOctets);
    }

    /** A frame over these octets, without copying and without headroom. */
    public static Frame wrap(byte[] octets) {
        return new Frame(octets, 0, octets.length);
    }

    /** A frame over a part of {@code array}, without copying; what lies before {@code offset} is headroom. */
    public static Frame wrap(byte[] array, int offset, int length) {
        Invariant.check(offset >= 0 && length >= 0 && offset <= array.length - length, "frame lies inside its array");
        return new Frame(array, offset, length);
    }

    /** A frame with fresh headroom and the same octets. */
    public Frame copy() {
        return copyOf(0, length);
    }

    /** A frame with fresh headroom made of a part of this one. */
    public Frame copyOf(int from, int lengthOctets) {
        Invariant.check(from >= 0 && lengthOctets >= 0 && from <= length - lengthOctets, "part lies inside the frame");
        Frame copy = allocate(lengthOctets);
        System.arraycopy(array, offset + from, copy.array, copy.offset, lengthOctets);
        return copy;
    }

    /** Opens {@code octets} in front; their content is what the headroom held. Only the maker may do this. */
    public Frame prepend(int octets) {
        Invariant.check(octets <= offset, "headroom suffices for the header");
        offset -= octets;
        length += octets;
        return this;
    }

    /** Drops {@code octets} in front. Only the maker may do this. */
    public Frame strip(int octets) {
        Invariant.check(octets <= length, "there is as much to strip");
        offset += octets;
        length -= octets;
        return this;
    }

    public byte[] array() {
        return array;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    public int u8(int at) {
        return array[offset + at] & 0xff;
    }

    public int u16(int at) {
        return Octets.u16(array, offset + at);
    }

    public int i32(int at) {
        return Octets.i32(array, offset + at);
    }

    /** 48 bits of a MAC address. */
    public long mac(int at) {
        return Octets.mac(array, offset + at);
    }

    public void put8(int at, int value) {
        array[offset + at] = (byte) value;
    }

    public void put16(int at, int value) {
        Octets.put16(array, offset + at, value);
    }

    public void put32(int at, int value) {
        Octets.put32(array, offset + at, value);
    }

    public void putMac(int at, long bits) {
        Octets.putMac(array, offset + at, bits);
    }

    public void putBytes(int at, byte[] octets) {
        System.arraycopy(octets, 0, array, offset + at, octets.length);
    }

    /** The octets as an array of their own. */
    public byte[] toBytes() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    public boolean sameOctets(Frame other) {
        return Arrays.equals(array, offset, offset + length, other.array, other.offset, other.offset + other.length);
    }

    @Override
    public String toString() {
        return "Frame[" + length + "] " + HexFormat.of().formatHex(array, offset, offset + Math.min(length, 64));
    }
}
