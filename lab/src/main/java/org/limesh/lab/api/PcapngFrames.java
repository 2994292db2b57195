package org.limesh.lab.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Captured frames as pcapng: one interface block per interface, at its first frame. */
final class PcapngFrames {
    private final OutputStream out;
    private final long epochNs;
    private final Map<String, Integer> ifaces = new LinkedHashMap<>();

    PcapngFrames(OutputStream out, World world) throws IOException {
        this.out = out;
        this.epochNs = world.epochMs() * 1_000_000;
        ByteBuffer body = buffer(256);
        body.putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0).putLong(-1);
        option(body, 4, text("limesh " + world.version()));
        block(0x0a0d0d0a, body.putInt(0));
    }

    void write(CapturedFrame frame) throws IOException {
        String name = frame.node() + "/" + frame.iface();
        Integer iface = ifaces.get(name);
        if (iface == null) {
            iface = ifaces.size();
            ifaces.put(name, iface);
            byte[] label = text(name);
            ByteBuffer body = buffer(64 + label.length);
            body.putShort((short) 1).putShort((short) 0).putInt(0);
            option(body, 2, label);
            option(body, 9, new byte[] {9});
            block(1, body.putInt(0));
        }
        byte[] comment = text(frame.comment());
        ByteBuffer body = buffer(64 + frame.octets().length + comment.length);
        long ns = epochNs + frame.timeNs();
        body.putInt(iface).putInt((int) (ns >>> 32)).putInt((int) ns)
                .putInt(frame.octets().length).putInt(frame.octets().length).put(frame.octets());
        pad(body);
        if (comment.length > 0) {
            option(body, 1, comment);
        }
        int direction = frame.direction() == CapturedFrame.Direction.IN ? 1 : 2;
        option(body, 2, new byte[] {(byte) direction, 0, 0, 0});
        block(6, body.putInt(0));
    }

    /** @param dropped frames that a slow reader did not get; they are told as a statistics block */
    void end(long dropped) throws IOException {
        for (int iface : ifaces.values()) {
            ByteBuffer body = buffer(64);
            body.putInt(iface).putLong(0);
            option(body, 5, buffer(8).putLong(dropped).array());
            block(5, body.putInt(0));
        }
    }

    private static ByteBuffer buffer(int octets) {
        return ByteBuffer.allocate(octets).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static void option(ByteBuffer body, int code, byte[] value) {
        body.putShort((short) code).putShort((short) value.length).put(value);
        pad(body);
    }

    private static void pad(ByteBuffer body) {
        while (body.position() % 4 != 0) {
            body.put((byte) 0);
        }
    }

    private void block(int type, ByteBuffer body) throws IOException {
        int length = body.position() + 12;
        ByteBuffer whole = buffer(length);
        whole.putInt(type).putInt(length).put(body.flip()).putInt(length);
        out.write(whole.array());
    }
}
