package org.limesh.bmx7.wire;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Octets;

/**
 * A UDP payload of port 6270.
 *
 * <pre>
 *  octet  0         1          2..29            30..
 *         version   reserved   sender's node id   frames
 * </pre>
 *
 * @param sender node id of the sender
 * @param frames types never decrease; types above 8 stand behind a {@link Bmx7Frame.SignatureAdv}
 * @param signed the octets behind the signature frame, which it covers; empty without one
 */
public record Bmx7Packet(Hash sender, List<Bmx7Frame> frames, byte[] signed) {
    public static final int PORT = 6270;
    public static final int VERSION = 21;
    public static final int HEADER_OCTETS = 30;
    /** 1280 octets of the smallest IPv6 MTU less IPv6 and UDP headers. */
    public static final int MAX_OCTETS = 1232;

    public Bmx7Packet {
        frames = List.copyOf(frames);
    }

    /** The packet as octets. */
    public static byte[] emit(Hash sender, List<Bmx7Frame> frames) {
        byte[] header = new byte[HEADER_OCTETS];
        header[0] = VERSION;
        sender.write(header, 2);
        byte[] octets = header;
        for (Bmx7Frame frame : frames) {
            octets = Bytes.join(octets, frame.emit());
        }
        return octets;
    }

    /**
     * Reads a payload. A rest of one or two octets behind the last frame is a fault: the genuine daemon dies
     * of it, so nobody may pass it on.
     */
    public static Decoded<Bmx7Packet> parse(byte[] octets) {
        if (octets.length != HEADER_OCTETS && octets.length < HEADER_OCTETS + Bmx7Frame.HEADER_OCTETS
                || octets.length > MAX_OCTETS) {
            return malformed("length", 0);
        }
        int version = Octets.u8(octets, 0);
        if (version < VERSION - 1 || version > VERSION + 1) {
            return malformed("version", 0);
        }
        List<Bmx7Frame> frames = new ArrayList<>();
        byte[] signed = new byte[0];
        int lastType = 0;
        boolean vouched = false;
        for (int at = HEADER_OCTETS; at < octets.length; ) {
            if (octets.length - at < Bmx7Frame.HEADER_OCTETS + 1) {
                return malformed("trailing_octets", at);
            }
            int header = Octets.u16(octets, at);
            int type = header >>> 11;
            int length = header & Bmx7Frame.MAX_OCTETS;
            if (length < Bmx7Frame.HEADER_OCTETS + 1 || length > octets.length - at) {
                return malformed("frame_length", at);
            }
            if (type < lastType) {
                return malformed("frame_order", at);
            }
            lastType = type;
            vouched |= type == Bmx7Frame.SIGNATURE_ADV;
            if (type > Bmx7Frame.SIGNATURE_ADV && !vouched) {
                return malformed("unsigned_frame", at);
            }
            byte[] body = Bytes.part(octets, at + Bmx7Frame.HEADER_OCTETS, at + length);
            at += length;
            switch (Bmx7Frame.parse(type, body)) {
                case Decoded.Malformed<Bmx7Frame>(String fault, int unused) -> {
                    return malformed(fault, at - length);
                }
                case Decoded.Valid<Bmx7Frame>(Bmx7Frame frame) -> frames.add(frame);
            }
            if (type == Bmx7Frame.SIGNATURE_ADV) {
                signed = Bytes.part(octets, at, octets.length);
            }
        }
        return new Decoded.Valid<>(new Bmx7Packet(Hash.read(octets, 2), frames, signed));
    }

    private static Decoded<Bmx7Packet> malformed(String fault, int offsetOctets) {
        return new Decoded.Malformed<>(fault, offsetOctets);
    }
}
