package org.limesh.alfred.wire;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Invariant;
import org.limesh.base.MacAddress;
import org.limesh.base.Octets;

/**
 * A node's part of the map: the data of a record of type 1, version 1, as {@code batadv-vis} of Debian 12 (2023.0)
 * writes and reads it.
 *
 * <pre>
 *  octet  0..5       6           7        8..              then for each entry
 *         node MAC   interfaces  entries  MACs, primary    0..5  6          7
 *                                         first            MAC   interface  quality
 * </pre>
 *
 * An entry is a neighbour, heard on an interface (its place in the list) with a quality of 1 to 255; or a client,
 * with interface 255 and quality 0.
 *
 * @param node       MAC of the mesh interface
 * @param interfaces MACs of the hard interfaces, the primary first
 */
public record VisRecord(MacAddress node, List<MacAddress> interfaces, List<Entry> entries) {
    public static final int TYPE = 1;
    public static final int VERSION = 1;
    /** Both counts have one octet. */
    public static final int MAX_COUNT = 255;
    private static final int CLIENT = 255;
    private static final int HEADER_OCTETS = 8;
    private static final int ENTRY_OCTETS = 8;

    /**
     * @param interfaceIndex place in {@link #interfaces}, or 255
     * @param quality        1 (bad) to 255 (perfect); 0 for a client
     */
    public record Entry(MacAddress mac, int interfaceIndex, int quality) {
        public static Entry client(MacAddress mac) {
            return new Entry(mac, CLIENT, 0);
        }

        public boolean isClient() {
            return interfaceIndex == CLIENT;
        }
    }

    public VisRecord {
        interfaces = List.copyOf(interfaces);
        entries = List.copyOf(entries);
        Invariant.check(interfaces.size() <= MAX_COUNT && entries.size() <= MAX_COUNT, "counts have one octet");
    }

    public byte[] emit() {
        byte[] octets = new byte[HEADER_OCTETS + interfaces.size() * MacAddress.LENGTH_OCTETS
                + entries.size() * ENTRY_OCTETS];
        Octets.putMac(octets, 0, node.bits());
        octets[6] = (byte) interfaces.size();
        octets[7] = (byte) entries.size();
        int at = HEADER_OCTETS;
        for (MacAddress mac : interfaces) {
            Octets.putMac(octets, at, mac.bits());
            at += MacAddress.LENGTH_OCTETS;
        }
        for (Entry entry : entries) {
            Octets.putMac(octets, at, entry.mac.bits());
            octets[at + 6] = (byte) entry.interfaceIndex;
            octets[at + 7] = (byte) entry.quality;
            at += ENTRY_OCTETS;
        }
        return octets;
    }

    /** Entries that make no sense are left out, as batadv-vis does. */
    public static Decoded<VisRecord> parse(byte[] data) {
        if (data.length < HEADER_OCTETS) {
            return new Decoded.Malformed<>("vis_truncated", data.length);
        }
        int interfaceCount = data[6] & 0xff;
        int entryCount = data[7] & 0xff;
        if (interfaceCount == 0) {
            return new Decoded.Malformed<>("vis_interfaces", 6);
        }
        if (data.length < HEADER_OCTETS + interfaceCount * MacAddress.LENGTH_OCTETS + entryCount * ENTRY_OCTETS) {
            return new Decoded.Malformed<>("vis_truncated", data.length);
        }
        int at = HEADER_OCTETS;
        List<MacAddress> interfaces = new ArrayList<>();
        for (int i = 0; i < interfaceCount; i++, at += MacAddress.LENGTH_OCTETS) {
            interfaces.add(new MacAddress(Octets.mac(data, at)));
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < entryCount; i++, at += ENTRY_OCTETS) {
            Entry entry = new Entry(new MacAddress(Octets.mac(data, at)), data[at + 6] & 0xff, data[at + 7] & 0xff);
            if (entry.isClient() || entry.interfaceIndex < interfaceCount && entry.quality > 0) {
                entries.add(entry);
            }
        }
        return new Decoded.Valid<>(new VisRecord(new MacAddress(Octets.mac(data, 0)), interfaces, entries));
    }
}
