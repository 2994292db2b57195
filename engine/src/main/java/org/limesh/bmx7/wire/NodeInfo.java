package org.limesh.bmx7.wire;

import java.nio.charset.StandardCharsets;
import org.limesh.base.Decoded;
import org.limesh.base.Octets;

/**
 * INFO entry: for people.
 *
 * <pre>
 *  octet  0      1            2..5            6..17   18            19            20..
 *         type   20 (offset)  code revision   0       name length   mail length   name, mail
 * </pre>
 *
 * @param hostname at most 32 octets of text; anything that is not printable has been replaced by {@code ?}
 */
public record NodeInfo(int codeRevision, String hostname) {
    private static final int FIXED_OCTETS = 20;
    private static final int NAME_OCTETS = 18;
    public static final int MAX_NAME_OCTETS = 32;

    public static Decoded<NodeInfo> parse(byte[] octets) {
        if (octets.length < FIXED_OCTETS || octets[0] != 0
                || Octets.u8(octets, 1) + Octets.u8(octets, NAME_OCTETS) > octets.length) {
            return new Decoded.Malformed<>("info", 0);
        }
        byte[] name = Bytes.part(octets, Octets.u8(octets, 1), Octets.u8(octets, 1)
                + Octets.u8(octets, NAME_OCTETS));
        for (int i = 0; i < name.length; i++) {
            if (name[i] <= 0x20 || name[i] == 0x7f) {
                name[i] = '?';
            }
        }
        return new Decoded.Valid<>(new NodeInfo(Octets.i32(octets, 2),
                new String(name, StandardCharsets.US_ASCII)));
    }

    public byte[] emit() {
        byte[] name = hostname.getBytes(StandardCharsets.US_ASCII);
        byte[] cut = name.length > MAX_NAME_OCTETS ? Bytes.part(name, 0, MAX_NAME_OCTETS) : name;
        byte[] fixed = new byte[FIXED_OCTETS];
        fixed[1] = FIXED_OCTETS;
        Octets.put32(fixed, 2, codeRevision);
        fixed[NAME_OCTETS] = (byte) cut.length;
        return Bytes.join(fixed, cut);
    }
}
