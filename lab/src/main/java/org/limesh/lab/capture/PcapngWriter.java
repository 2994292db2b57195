package org.limesh.lab.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;

/**
 * Writes Ethernet frames as pcapng (draft-ietf-opsawg-pcapng), little-endian, times in nanoseconds.
 *
 * <pre>
 *   section header    0x0a0d0d0a   byte order, version 1.0, program
 *   interface         1            name, description, resolution; one per captured interface
 *   names             4            addresses with the names of nodes and clients
 *   packet            6            interface, time, octets, direction, comment
 *   statistics        5            frames seen and dropped on an interface
 *
 *   each block        type 4, length 4, body padded to 4, length 4 again
 * </pre>
 *
 * <p>Not thread-safe. Failures of the stream come through as they are. The stream is the caller's to close.
 */
public final class PcapngWriter {
    private static final int SECTION_HEADER = 0x0a0d0d0a;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int INTERFACE = 1;
    private static final int NAMES = 4;
    private static final int STATISTICS = 5;
    private static final int PACKET = 6;
    private static final short LINK_ETHERNET = 1;

    private static final int OPTION_COMMENT = 1;
    private static final int SECTION_PROGRAM = 4;
    private static final int INTERFACE_NAME = 2;
    private static final int INTERFACE_DESCRIPTION = 3;
    private static final int INTERFACE_RESOLUTION = 9;
    private static final int PACKET_FLAGS = 2;
    private static final int STATISTICS_RECEIVED = 4;
    private static final int STATISTICS_DROPPED = 5;
    private static final int NAME_IPV4 = 1;
    private static final int NAME_IPV6 = 2;
    private static final int NAME_MAC = 3;

    private static final byte NANOSECONDS = 9;
    /** Longer texts are cut: an option's length has 16 bits, and nobody reads more in a list of packets. */
    private static final int MAX_TEXT_OCTETS = 4096;
    /** Type, both lengths, and slack for the fixed part of any body. */
    private static final int BLOCK_ROOM_OCTETS = 96;

    /** Way of a frame as seen from its node. */
    public enum Direction {
        UNKNOWN, IN, OUT
    }

    /** An address and what people call it; the address is one of the three kinds. */
    public sealed interface Name {
        String name();

        record Mac(MacAddress address, String name) implements Name {}

        record Ip4(Ip4Address address, String name) implements Name {}

        record Ip6(Ip6Address address, String name) implements Name {}
    }

    private final OutputStream out;
    private final boolean flushEachPacket;
    private ByteBuffer buffer = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    private int interfaceCount;

    /**
     * Begins the file.
     *
     * @param program         name and version of the writing program
     * @param flushEachPacket for a reader that watches live
     */
    public PcapngWriter(OutputStream out, String program, boolean flushEachPacket) throws IOException {
        this.out = out;
        this.flushEachPacket = flushEachPacket;
        byte[] text = text(program);
        begin(SECTION_HEADER, text.length);
        buffer.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
        option(SECTION_PROGRAM, text);
        end();
        out.flush();
    }

    /**
     * Announces an interface; may be called at any time before its first packet.
     *
     * @param name        node and interface, e.g. {@code plaza/wlan0-mesh_29}
     * @param description for people, or empty
     * @return the number to give to {@link #packet}
     */
    public int addInterface(String name, String description) throws IOException {
        byte[] nameText = text(name);
        byte[] descriptionText = text(description);
        begin(INTERFACE, nameText.length + descriptionText.length);
        buffer.putShort(LINK_ETHERNET).putShort((short) 0).putInt(0);
        option(INTERFACE_NAME, nameText);
        option(INTERFACE_DESCRIPTION, descriptionText);
        option(INTERFACE_RESOLUTION, new byte[] {NANOSECONDS});
        end();
        return interfaceCount++;
    }

    /** Names of addresses, for the packets that follow. */
    public void names(List<Name> names) throws IOException {
        int octets = 0;
        for (Name name : names) {
            octets += 4 + Ip6Address.LENGTH_OCTETS + 4 + text(name.name()).length;
        }
        begin(NAMES, octets);
        for (Name name : names) {
            putName(name);
        }
        buffer.putInt(0);
        end();
    }

    private void putName(Name name) {
        byte[] text = text(name.name());
        switch (name) {
            case Name.Mac(var address, var _) -> {
                record(NAME_MAC, MacAddress.LENGTH_OCTETS, text);
                for (int i = 0; i < MacAddress.LENGTH_OCTETS; i++) {
                    buffer.put((byte) address.octet(i));
                }
            }
            case Name.Ip4(var address, var _) -> {
                record(NAME_IPV4, Ip4Address.LENGTH_OCTETS, text);
                buffer.order(ByteOrder.BIG_ENDIAN).putInt(address.bits()).order(ByteOrder.LITTLE_ENDIAN);
            }
            case Name.Ip6(var address, var _) -> {
                record(NAME_IPV6, Ip6Address.LENGTH_OCTETS, text);
                buffer.order(ByteOrder.BIG_ENDIAN).putLong(address.high()).putLong(address.low())
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
        }
        buffer.put(text).put((byte) 0);
        pad();
    }

    private void record(int type, int addressOctets, byte[] text) {
        buffer.putShort((short) type).putShort((short) (addressOctets + text.length + 1));
    }

    /**
     * Writes a frame.
     *
     * @param interfaceNumber as {@link #addInterface} gave it
     * @param epochNs         nanoseconds since 1970
     * @param comment         shown by Wireshark with the packet, e.g. {@code lost: radio}; or empty
     * @throws IllegalArgumentException when the interface was not announced
     */
    public void packet(int interfaceNumber, long epochNs, Direction direction, Frame frame, String comment)
            throws IOException {
        checkInterface(interfaceNumber);
        byte[] text = text(comment);
        begin(PACKET, frame.length() + text.length);
        buffer.putInt(interfaceNumber).putInt((int) (epochNs >>> 32)).putInt((int) epochNs)
                .putInt(frame.length()).putInt(frame.length()).put(frame.array(), frame.offset(), frame.length());
        pad();
        option(OPTION_COMMENT, text);
        if (direction != Direction.UNKNOWN) {
            option(PACKET_FLAGS, new byte[] {(byte) direction.ordinal(), 0, 0, 0});
        }
        end();
        if (flushEachPacket) {
            out.flush();
        }
    }

    /**
     * How many frames an interface had, and how many of them are missing in the file because the writer
     * could not keep up.
     */
    public void statistics(int interfaceNumber, long epochNs, long receivedFrames, long droppedFrames)
            throws IOException {
        checkInterface(interfaceNumber);
        begin(STATISTICS, 0);
        buffer.putInt(interfaceNumber).putInt((int) (epochNs >>> 32)).putInt((int) epochNs);
        number(STATISTICS_RECEIVED, receivedFrames);
        number(STATISTICS_DROPPED, droppedFrames);
        end();
    }

    /** Hands everything written so far to the stream's reader. */
    public void flush() throws IOException {
        out.flush();
    }

    private void checkInterface(int number) {
        if (number < 0 || number >= interfaceCount) {
            throw new IllegalArgumentException("interface " + number + " of a capture was not announced; there are "
                    + interfaceCount);
        }
    }

    private static byte[] text(String text) {
        String cut = text.length() <= MAX_TEXT_OCTETS / 4 ? text : text.substring(0, MAX_TEXT_OCTETS / 4);
        return cut.getBytes(StandardCharsets.UTF_8);
    }

    private void begin(int type, int variableOctets) {
        int room = BLOCK_ROOM_OCTETS + variableOctets;
        if (buffer.capacity() < room) {
            buffer = ByteBuffer.allocate(Math.max(room, 2 * buffer.capacity())).order(ByteOrder.LITTLE_ENDIAN);
        }
        buffer.clear();
        buffer.putInt(type).putInt(0);
    }

    /** An option; an empty one is left out. */
    private void option(int code, byte[] value) {
        if (value.length > 0) {
            buffer.putShort((short) code).putShort((short) value.length).put(value);
            pad();
        }
    }

    private void number(int code, long value) {
        buffer.putShort((short) code).putShort((short) Long.BYTES).putLong(value);
    }

    private void pad() {
        while (buffer.position() % 4 != 0) {
            buffer.put((byte) 0);
        }
    }

    private void end() throws IOException {
        // An end mark even without options in front: allowed, and one case less.
        buffer.putInt(0);
        int length = buffer.position() + 4;
        buffer.putInt(length).putInt(4, length);
        out.write(buffer.array(), 0, length);
    }
}
