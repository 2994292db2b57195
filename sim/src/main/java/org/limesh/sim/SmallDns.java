package org.limesh.sim;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.limesh.base.Ip4Address;
import org.limesh.base.Octets;

/** As much of DNS (RFC 1035) as a question for an IPv4 address and its answer need. */
final class SmallDns {
    private static final int HEADER_OCTETS = 12;
    private static final int ANSWER_OCTETS = 16;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RESPONSE = 0x8180;
    private static final int TYPE_A = 1;
    private static final int CLASS_IN = 1;
    private static final int TTL_SECONDS = 60;

    private SmallDns() {}

    static byte[] question(int id, String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        byte[] message = new byte[HEADER_OCTETS + text.length + 2 + 4];
        Octets.put16(message, 0, id);
        Octets.put16(message, 2, RECURSION_DESIRED);
        Octets.put16(message, 4, 1);
        int at = HEADER_OCTETS;
        for (String label : name.split("\\.")) {
            message[at++] = (byte) label.length();
            for (int i = 0; i < label.length(); i++) {
                message[at++] = (byte) label.charAt(i);
            }
        }
        Octets.put16(message, at + 1, TYPE_A);
        Octets.put16(message, at + 3, CLASS_IN);
        return message;
    }

    /**
     * The answer to a question; a public address made of the name, or {@code always}. Null for no question.
     */
    static byte[] answer(byte[] question, Ip4Address always) {
        int end = HEADER_OCTETS;
        while (end < question.length && question[end] != 0) {
            end += 1 + (question[end] & 0xff);
        }
        end += 5;
        if (end > question.length || Octets.u16(question, 4) != 1) {
            return null;
        }
        byte[] message = Arrays.copyOf(question, end + ANSWER_OCTETS);
        Octets.put16(message, 2, RESPONSE);
        Octets.put16(message, 6, 1);
        Octets.put16(message, 8, 0);
        Octets.put16(message, 10, 0);
        // A pointer to the name of the question.
        Octets.put16(message, end, 0xc000 | HEADER_OCTETS);
        Octets.put16(message, end + 2, TYPE_A);
        Octets.put16(message, end + 4, CLASS_IN);
        Octets.put32(message, end + 6, TTL_SECONDS);
        Octets.put16(message, end + 10, 4);
        int made = 0;
        for (int i = HEADER_OCTETS; i < end; i++) {
            made = made * 31 + question[i];
        }
        // 198.51.x.y: nobody's, so everybody's.
        Octets.put32(message, end + 12, always != null ? always.bits() : 0xc633_0000 | made & 0xffff);
        return message;
    }

    /** The address in an answer to the question of this number; null when it is none. */
    static Ip4Address addressIn(byte[] message, int id) {
        if (message.length < HEADER_OCTETS + 4 + ANSWER_OCTETS || Octets.u16(message, 0) != id
                || Octets.u16(message, 6) < 1) {
            return null;
        }
        return new Ip4Address(Octets.i32(message, message.length - 4));
    }
}
