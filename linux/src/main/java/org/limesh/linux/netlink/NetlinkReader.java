package org.limesh.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes the kernel's messages apart. What does not fit is left out; the kernel is trusted to mean well. */
final class NetlinkReader {
    private static final int TYPE_MASK = 0x3fff;

    private NetlinkReader() {}

    /** One message without its header. */
    record Message(int type, int seq, ByteBuffer body) {}

    static List<Message> messages(byte[] packet) {
        List<Message> messages = new ArrayList<>();
        ByteBuffer all = ByteBuffer.wrap(packet).order(ByteOrder.nativeOrder());
        int at = 0;
        while (at + NetlinkWriter.HEADER_OCTETS <= packet.length) {
            int length = all.getInt(at);
            if (length < NetlinkWriter.HEADER_OCTETS || length > packet.length - at) {
                break;
            }
            ByteBuffer body = all.slice(at + NetlinkWriter.HEADER_OCTETS,
                    length - NetlinkWriter.HEADER_OCTETS)
                    .order(ByteOrder.nativeOrder());
            messages.add(new Message(all.getShort(at + 4) & 0xffff, all.getInt(at + 8), body));
            at += length + 3 & ~3;
        }
        return messages;
    }

    /** Attributes from {@code at} to the end, by type. */
    static Map<Integer, ByteBuffer> attributes(ByteBuffer body, int at) {
        Map<Integer, ByteBuffer> attributes = new LinkedHashMap<>();
        while (at + 4 <= body.limit()) {
            int length = body.getShort(at) & 0xffff;
            if (length < 4 || length > body.limit() - at) {
                break;
            }
            attributes.put(body.getShort(at + 2) & TYPE_MASK,
                    body.slice(at + 4, length - 4).order(ByteOrder.nativeOrder()));
            at += length + 3 & ~3;
        }
        return attributes;
    }

    static int u32(Map<Integer, ByteBuffer> attributes, int type, int otherwise) {
        ByteBuffer value = attributes.get(type);
        return value == null || value.limit() < 4 ? otherwise : value.getInt(0);
    }

    static String text(Map<Integer, ByteBuffer> attributes, int type) {
        ByteBuffer value = attributes.get(type);
        if (value == null) {
            return "";
        }
        int length = 0;
        while (length < value.limit() && value.get(length) != 0) {
            length++;
        }
        byte[] octets = new byte[length];
        value.get(0, octets);
        return new String(octets, StandardCharsets.UTF_8);
    }
}
