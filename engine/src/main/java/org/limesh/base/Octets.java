package org.limesh.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian reading and writing in a {@code byte[]}; the caller has checked the length. */
public final class Octets {
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Octets() {}

    public static int u8(byte[] octets, int at) {
        return octets[at] & 0xff;
    }

    public static int u16(byte[] octets, int at) {
        return (short) SHORT.get(octets, at) & 0xffff;
    }

    /** 32 bits as they are; read unsigned with {@code & 0xffff_ffffL}. */
    public static int i32(byte[] octets, int at) {
        return (int) INT.get(octets, at);
    }

    public static long i64(byte[] octets, int at) {
        return (long) LONG.get(octets, at);
    }

    /** 48 bits of a MAC address. */
    public static long mac(byte[] octets, int at) {
        return (long) u16(octets, at) << 32 | i32(octets, at + 2) & 0xffff_ffffL;
    }

    public static void put8(byte[] octets, int at, int value) {
        octets[at] = (byte) value;
    }

    public static void put16(byte[] octets, int at, int value) {
        SHORT.set(octets, at, (short) value);
    }

    public static void put32(byte[] octets, int at, int value) {
        INT.set(octets, at, value);
    }

    public static void put64(byte[] octets, int at, long value) {
        LONG.set(octets, at, value);
    }

    public static void putMac(byte[] octets, int at, long bits) {
        put16(octets, at, (int) (bits >>> 32));
        put32(octets, at + 2, (int) bits);
    }
}
