package org.limesh.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes one netlink message. Numbers are in the machine's own order, as the kernel reads them.
 *
 * <pre>
 *  header (16)     length u32  type u16  flags u16  seq u32  port u32
 *  attribute (4+)  length u16  type u16  value, padded to 4
 * </pre>
 */
final class NetlinkWriter {
    static final int HEADER_OCTETS = 16;
    /** Our longest message, a new bridge, has about 130 octets. */
    private static final int CAPACITY_OCTETS = 1024;
    private static final int NESTED = 0x8000;

    private final ByteBuffer buffer = ByteBuffer.allocate(CAPACITY_OCTETS).order(ByteOrder.nativeOrder());

    NetlinkWriter(int type, int flags, int seq) {
        buffer.putInt(0).putShort((short) type).putShort((short) flags).putInt(seq).putInt(0);
    }

    NetlinkWriter u8(int value) {
        buffer.put((byte) value);
        return this;
    }

    NetlinkWriter u16(int value) {
        buffer.putShort((short) value);
        return this;
    }

    NetlinkWriter u32(int value) {
        buffer.putInt(value);
        return this;
    }

    NetlinkWriter attribute(int type, byte[] value) {
        buffer.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        while (buffer.position() % 4 != 0) {
            buffer.put((byte) 0);
        }
        return this;
    }

    NetlinkWriter attribute8(int type, int value) {
        return attribute(type, new byte[] {(byte) value});
    }

    NetlinkWriter attribute32(int type, int value) {
        buffer.putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    /** A text with the zero octet that C wants. */
    NetlinkWriter attributeText(int type, String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        return attribute(type, Arrays.copyOf(octets, octets.length + 1));
    }

    /** Opens an attribute that holds attributes; hand the answer to {@link #end}. */
    int begin(int type) {
        int at = buffer.position();
        buffer.putShort((short) 0).putShort((short) (type | NESTED));
        return at;
    }

    NetlinkWriter end(int at) {
        buffer.putShort(at, (short) (buffer.position() - at));
        return this;
    }

    byte[] toBytes() {
        buffer.putInt(0, buffer.position());
        return Arrays.copyOf(buffer.array(), buffer.position());
    }
}
