package org.limesh.batadv;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Frame;
import org.limesh.base.Octets;

/** Captures of genuine nodes, see captures/batadv/README.md. */
final class Pcap {
    static final List<String> ALL = List.of("iv-two", "iv-lossy-n1", "iv-lossy-n2", "iv-lossy-n3",
            "iv-line-n1",
            "iv-line-n2b", "iv-roam-n1", "iv-roam-n3", "iv-twoif-l1", "iv-twoif-l2", "iv-vlan-1ad",
            "iv-vlan-1q",
            "iv-frag-n3", "iv-gw-n1", "iv-tp", "iv-isola", "iv-mcast612-n1", "iv-nc-n1", "v-two");

    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;

    /** @param whole false when the capture kept only the beginning of the frame */
    record Captured(long atNs, byte[] octets, boolean whole) {
        Frame frame() {
            return Frame.wrap(octets);
        }

        long source() {
            return Octets.mac(octets, 6);
        }

        boolean isBatadv() {
            return octets.length >= 14 && Octets.u16(octets, 12) == 0x4305;
        }

        int type() {
            return octets.length > 14 ? octets[14] & 0xff : -1;
        }
    }

    private Pcap() {}

    static byte[] resource(String name) {
        try (InputStream in = Pcap.class.getResourceAsStream("/captures/batadv/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All frames; one VLAN tag of the link is taken off, as a hard interface on a VLAN would see them. */
    static List<Captured> read(String name) {
        ByteBuffer file = ByteBuffer.wrap(resource(name + ".pcap")).order(ByteOrder.LITTLE_ENDIAN);
        long unit = file.getInt(0) == 0xa1b23c4d ? 1 : 1000;
        List<Captured> frames = new ArrayList<>();
        int at = FILE_HEADER;
        while (at + RECORD_HEADER <= file.capacity()) {
            long ns = (file.getInt(at) & 0xffff_ffffL) * 1_000_000_000L + file.getInt(at + 4) * unit;
            int length = file.getInt(at + 8);
            boolean whole = length == file.getInt(at + 12);
            byte[] octets = new byte[length];
            file.get(at + RECORD_HEADER, octets);
            frames.add(new Captured(ns, untagged(octets), whole));
            at += RECORD_HEADER + length;
        }
        return frames;
    }

    private static byte[] untagged(byte[] octets) {
        int type = octets.length < 18 ? 0 : Octets.u16(octets, 12);
        if (type != 0x88a8 && type != 0x8100) {
            return octets;
        }
        byte[] plain = new byte[octets.length - 4];
        System.arraycopy(octets, 0, plain, 0, 12);
        System.arraycopy(octets, 16, plain, 12, plain.length - 12);
        return plain;
    }
}
