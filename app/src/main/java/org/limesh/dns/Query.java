package org.limesh.dns;

import java.io.IOException;
import java.util.Arrays;
import org.limesh.base.Decoded;
import org.limesh.base.Octets;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * A question as a client sends it (RFC 1035, RFC 6891).
 *
 * <pre>
 *  octet  0..1  2..3   4..5   6..7   8..9   10..11  12..
 *         id    flags  1      0      0      0..2    question, then OPT
 * </pre>
 *
 * @param flags    second word of the header
 * @param question name, type and class; the name in the client's letters
 * @param edns     null without
 */
public record Query(int id, int flags, Record question, OPTRecord edns) {
    static final int HEADER_OCTETS = 12;
    /** Longer than any sensible question, with options. */
    static final int MAX_OCTETS = 4096;
    private static final int MAX_ADDITIONAL = 2;
    private static final int WITHOUT_EDNS_OCTETS = 512;
    /** What passes every path without fragments. */
    static final int EDNS_OCTETS = 1232;
    static final int FLAG_RESPONSE = 0x8000;
    static final int FLAG_RECURSION_DESIRED = 0x0100;
    static final int FLAG_CHECKING_DISABLED = 0x0010;

    public static Decoded<Query> parse(byte[] octets, int length) {
        if (length < HEADER_OCTETS) {
            return new Decoded.Malformed<>("truncated", length);
        }
        if (length > MAX_OCTETS) {
            return new Decoded.Malformed<>("too_long", MAX_OCTETS);
        }
        if ((octets[2] & 0x80) != 0) {
            return new Decoded.Malformed<>("not_a_query", 2);
        }
        // Before the library reads anything: the counts bound what it has to keep.
        if (Octets.u16(octets, 4) != 1 || Octets.u16(octets, 6) != 0 || Octets.u16(octets, 8) != 0
                || Octets.u16(octets, 10) > MAX_ADDITIONAL) {
            return new Decoded.Malformed<>("counts", 4);
        }
        try {
            Message message = new Message(Arrays.copyOf(octets, length));
            Record question = message.getQuestion();
            return question == null ? new Decoded.Malformed<>("malformed", HEADER_OCTETS)
                    : new Decoded.Valid<>(new Query(Octets.u16(octets, 0), Octets.u16(octets, 2), question, message.getOPT()));
        } catch (IOException | RuntimeException unreadable) {
            // Some texts of records the library refuses with an unchecked exception.
            return new Decoded.Malformed<>("malformed", HEADER_OCTETS);
        }
    }

    int opcode() {
        return flags >>> 11 & 0xf;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    boolean wantsSignatures() {
        return edns != null && (edns.getFlags() & ExtendedFlags.DO) != 0;
    }

    boolean isInternet() {
        return question.getDClass() == DClass.IN;
    }

    /** How long an answer over UDP may be. */
    int answerOctets() {
        return edns == null ? WITHOUT_EDNS_OCTETS
                : Math.clamp(edns.getPayloadSize(), WITHOUT_EDNS_OCTETS, EDNS_OCTETS);
    }

    /** An answer without records. */
    Message answer(int rcode) {
        Message answer = new Message(id);
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setOpcode(opcode());
        answer.getHeader().setFlag(Flags.RA);
        if (has(FLAG_RECURSION_DESIRED)) {
            answer.getHeader().setFlag(Flags.RD);
        }
        if (has(FLAG_CHECKING_DISABLED)) {
            answer.getHeader().setFlag(Flags.CD);
        }
        answer.getHeader().setRcode(rcode & 0xf);
        answer.addRecord(question, Section.QUESTION);
        if (edns != null) {
            answer.addRecord(new OPTRecord(EDNS_OCTETS, rcode >>> 4, 0, wantsSignatures() ? ExtendedFlags.DO : 0),
                    Section.ADDITIONAL);
        }
        return answer;
    }
}
