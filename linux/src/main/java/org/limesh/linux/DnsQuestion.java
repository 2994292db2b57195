package org.limesh.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.limesh.base.Ip4Address;
import org.limesh.base.Octets;
import org.limesh.linux.ffi.DeviceSocket;
import org.limesh.packet.DnsNames;

/**
 * Asks one DNS server for the IPv4 address of a name (RFC 1035).
 *
 * <pre>
 *  octet  0..1  2..3   4..5       6..7     8..9       10..11      12..
 *         id    flags  questions  answers  authority  additional  question: name, type 1, class 1
 * </pre>
 */
final class DnsQuestion {
    private static final int PORT = 53;
    private static final int HEADER_OCTETS = 12;
    private static final int FLAGS = 2;
    private static final int QUESTIONS = 4;
    private static final int ANSWERS = 6;
    private static final int RECURSION_WANTED = 0x0100;
    private static final int RESPONSE = 0x8000;
    private static final int RCODE_MASK = 15;
    private static final int TYPE_A = 1;
    private static final int CLASS_IN = 1;
    /** Type, class, time to live, length of the data. */
    private static final int RECORD_OCTETS = 10;
    private static final int POINTER = 0xc0;
    private static final int MAX_OCTETS = 1232;

    private DnsQuestion() {}

    /** @param address null without one */
    record Found(Ip4Address address, ProbeAnswer answer) {}

    static Found ask(String device, Ip4Address server, String name, Patience patience) {
        if (!DnsNames.isName(name)) {
            return new Found(null, ProbeAnswer.wrong("'" + name + "' is not a name"));
        }
        byte[] question = question(name, ThreadLocalRandom.current().nextInt(0x10000));
        try (DeviceSocket socket = DeviceSocket.udp(device)) {
            int done = socket.connect(server, PORT, patience.leftMs());
            done = done < 0 ? done : socket.send(question);
            return done < 0 ? new Found(null, ProbeAnswer.failed(done, patience))
                    : await(socket, question, patience);
        }
    }

    private static Found await(DeviceSocket socket, byte[] question, Patience patience) {
        byte[] answer = new byte[MAX_OCTETS];
        while (patience.leftMs() > 0) {
            int octets = socket.receive(answer, 0, patience.leftMs());
            if (octets < 0) {
                return new Found(null, ProbeAnswer.failed(octets, patience));
            }
            if (isAnswer(answer, octets, question)) {
                return read(answer, octets, question.length);
            }
        }
        return new Found(null, ProbeAnswer.silent("no answer in " + patience.text()));
    }

    static byte[] question(String name, int id) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        byte[] octets = new byte[HEADER_OCTETS + text.length + 2 + 4];
        Octets.put16(octets, 0, id);
        Octets.put16(octets, FLAGS, RECURSION_WANTED);
        Octets.put16(octets, QUESTIONS, 1);
        int at = HEADER_OCTETS;
        for (String label : name.split("\\.")) {
            octets[at] = (byte) label.length();
            System.arraycopy(label.getBytes(StandardCharsets.US_ASCII), 0, octets, at + 1, label.length());
            at += 1 + label.length();
        }
        Octets.put16(octets, at + 1, TYPE_A);
        Octets.put16(octets, at + 3, CLASS_IN);
        return octets;
    }

    /** The same number and the same question, marked as an answer. */
    static boolean isAnswer(byte[] answer, int octets, byte[] question) {
        return octets >= question.length && Octets.u16(answer, 0) == Octets.u16(question, 0)
                && (Octets.u16(answer, FLAGS) & RESPONSE) != 0 && Octets.u16(answer, QUESTIONS) == 1
                && Arrays.equals(lower(answer, question.length), lower(question, question.length));
    }

    private static byte[] lower(byte[] octets, int end) {
        return new String(octets, HEADER_OCTETS, end - HEADER_OCTETS, StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** @param from behind the question */
    static Found read(byte[] answer, int octets, int from) {
        int rcode = Octets.u16(answer, FLAGS) & RCODE_MASK;
        if (rcode != 0) {
            return new Found(null, ProbeAnswer.wrong("answered with " + switch (rcode) {
                case 2 -> "a failure of its own (SERVFAIL)";
                case 3 -> "no such name (NXDOMAIN)";
                case 5 -> "a refusal (REFUSED)";
                default -> "error " + rcode;
            }));
        }
        int at = from;
        for (int left = Octets.u16(answer, ANSWERS); left > 0; left--) {
            at = behindName(answer, at, octets);
            if (at < 0 || at + RECORD_OCTETS > octets) {
                break;
            }
            int length = Octets.u16(answer, at + 8);
            int data = at + RECORD_OCTETS;
            if (data + length > octets) {
                break;
            }
            if (Octets.u16(answer, at) == TYPE_A && Octets.u16(answer, at + 2) == CLASS_IN
                    && length == Ip4Address.LENGTH_OCTETS) {
                return judged(new Ip4Address(Octets.i32(answer, data)));
            }
            at = data + length;
        }
        return new Found(null, ProbeAnswer.wrong("answered without an address"));
    }

    private static Found judged(Ip4Address address) {
        int top = address.bits() >>> 24;
        boolean home = top == 0 || top == 10 || top == 127 || address.bits() >>> 16 == 0xc0a8
                || address.bits() >>> 20 == 0xac1 || top >= 224;
        return new Found(address, home ? ProbeAnswer.wrong("a portal answered: " + address
                + " for a public name")
                : ProbeAnswer.good(address.toString()));
    }

    /** Position behind a name that may end in a pointer, or -1. */
    private static int behindName(byte[] octets, int from, int end) {
        int at = from;
        while (at < end) {
            int label = octets[at] & 0xff;
            if (label == 0) {
                return at + 1;
            }
            if ((label & POINTER) == POINTER) {
                return at + 2;
            }
            at += 1 + label;
        }
        return -1;
    }
}
