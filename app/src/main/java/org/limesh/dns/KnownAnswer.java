package org.limesh.dns;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Octets;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * An answer, ready to be given to clients again and again: as octets without id and OPT, with the places where
 * times to live stand. It is one of another server, checked, or one of our own, whose times do not run down.
 *
 * <p>The question's name comes first and uncompressed, so the letters of each client's own question can be put
 * over it.
 */
public final class KnownAnswer {
    /** One day, for names; an hour for names that do not exist. */
    private static final long MAX_TTL_SECONDS = 86_400;
    private static final long MAX_NEGATIVE_TTL_SECONDS = 3600;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int OPT_OCTETS = 11;
    private static final int MAX_OCTETS = 65_535;
    /** The library makes some hundred octets of memory of each; no honest answer has so many. */
    private static final int MAX_RECORDS = 1024;
    private static final int POINTER = 0xc0;
    /** Type, class, time to live, length of data. */
    private static final int RECORD_HEADER_OCTETS = 10;

    private final byte[] wire;
    private final int questionEnd;
    private final int[] ttlOffsets;
    private final int rcode;
    private final boolean truncated;
    private final boolean rebinding;
    private final long ttlSeconds;
    private final long receivedNs;

    private KnownAnswer(byte[] wire, int questionEnd, int[] ttlOffsets, Message message, boolean truncated, long nowNs) {
        this.wire = wire;
        this.questionEnd = questionEnd;
        this.ttlOffsets = ttlOffsets;
        this.rcode = message.getRcode();
        this.truncated = truncated;
        this.rebinding = namesPrivateAddress(message.getSection(Section.ANSWER));
        this.ttlSeconds = ttlSeconds(message);
        this.receivedNs = nowNs;
    }

    /**
     * Reads what claims to be the answer to a question.
     *
     * @param id       of the question as it was sent
     * @param question as it was sent
     */
    public static Decoded<KnownAnswer> parse(byte[] octets, int length, int id, Record question, long nowNs) {
        if (length < Query.HEADER_OCTETS) {
            return new Decoded.Malformed<>("answer_truncated", length);
        }
        if (Octets.u16(octets, 6) + Octets.u16(octets, 8) + Octets.u16(octets, 10) > MAX_RECORDS) {
            return new Decoded.Malformed<>("answer_too_long", 6);
        }
        if (Octets.u16(octets, 0) != id || (octets[2] & 0xf8) != 0x80 || Octets.u16(octets, 4) > 1) {
            return new Decoded.Malformed<>("answer_mismatch", 0);
        }
        try {
            Message message = new Message(Arrays.copyOf(octets, length));
            Record answered = message.getQuestion();
            if (answered == null || !answered.getName().equals(question.getName())
                    || answered.getType() != question.getType() || answered.getDClass() != question.getDClass()) {
                return new Decoded.Malformed<>("answer_mismatch", Query.HEADER_OCTETS);
            }
            byte[] wire = rewritten(message, question).toWire();
            if (wire.length > MAX_OCTETS) {
                return new Decoded.Malformed<>("answer_too_long", MAX_OCTETS);
            }
            int questionEnd = questionEnd(question);
            return new Decoded.Valid<>(new KnownAnswer(wire, questionEnd, ttlOffsets(wire, questionEnd), message,
                    message.getHeader().getFlag(Flags.TC), nowNs));
        } catch (IOException | RuntimeException unreadable) {
            return new Decoded.Malformed<>("answer_malformed", Query.HEADER_OCTETS);
        }
    }

    private static int questionEnd(Record question) {
        return Query.HEADER_OCTETS + question.getName().length() + 4;
    }

    /** @param message without OPT */
    static KnownAnswer own(Message message) {
        return new KnownAnswer(message.toWire(), questionEnd(message.getQuestion()), new int[0], message, false, 0);
    }

    /** The same records, without what belongs to the way between us and that server. */
    private static Message rewritten(Message message, Record question) {
        Message copy = new Message(0);
        copy.getHeader().setFlag(Flags.QR);
        copy.getHeader().setFlag(Flags.RA);
        // Whether the data is authentic only the server next to us says; we cannot prove it, so AD stays off.
        copy.getHeader().setRcode(message.getHeader().getRcode());
        if (message.getHeader().getFlag(Flags.TC)) {
            // Where it could not be had over TCP either, the client has to know that it is not all.
            copy.getHeader().setFlag(Flags.TC);
        }
        copy.addRecord(question, Section.QUESTION);
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
            for (Record record : message.getSection(section)) {
                if (record.getType() != Type.OPT && record.getType() != Type.TSIG && record.getType() != Type.SIG) {
                    copy.addRecord(record, section);
                }
            }
        }
        return copy;
    }

    private static int[] ttlOffsets(byte[] wire, int from) {
        int count = Octets.u16(wire, 6) + Octets.u16(wire, 8) + Octets.u16(wire, 10);
        int[] offsets = new int[count];
        int at = from;
        for (int i = 0; i < count; i++) {
            while (wire[at] != 0 && (wire[at] & POINTER) != POINTER) {
                at += (wire[at] & 0xff) + 1;
            }
            at += wire[at] == 0 ? 1 : 2;
            offsets[i] = at + 4;
            at += RECORD_HEADER_OCTETS + Octets.u16(wire, at + 8);
        }
        return offsets;
    }

    private static long ttlSeconds(Message message) {
        Record question = message.getQuestion();
        long leastSeconds = MAX_TTL_SECONDS;
        boolean found = false;
        for (Record record : message.getSection(Section.ANSWER)) {
            leastSeconds = Math.min(leastSeconds, record.getTTL());
            found |= record.getType() == question.getType() || question.getType() == Type.ANY;
        }
        int rcode = message.getRcode();
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN || message.getHeader().getFlag(Flags.TC)) {
            return 0;
        }
        if (found && rcode == Rcode.NOERROR) {
            return leastSeconds;
        }
        // RFC 2308: how long "there is none" holds, says the zone's SOA; without one, not at all.
        for (Record record : message.getSection(Section.AUTHORITY)) {
            if (record instanceof SOARecord soa) {
                return Math.min(Math.min(leastSeconds, MAX_NEGATIVE_TTL_SECONDS), Math.min(soa.getTTL(), soa.getMinimum()));
            }
        }
        return 0;
    }

    private static boolean namesPrivateAddress(List<Record> records) {
        for (Record record : records) {
            if (record.getDClass() == DClass.IN && (record instanceof ARecord a && Addresses.isPrivate(a.getAddress())
                    || record instanceof AAAARecord aaaa && Addresses.isPrivate(aaaa.getAddress()))) {
                return true;
            }
        }
        return false;
    }

    int rcode() {
        return rcode;
    }

    /** The whole of it has to be asked for over TCP. */
    boolean isTruncated() {
        return truncated;
    }

    /** It would send a client's browser to an address of this network under a foreign name. */
    boolean isRebinding() {
        return rebinding;
    }

    /** 0 for what is not to be kept. */
    long ttlSeconds() {
        return ttlSeconds;
    }

    int octets() {
        return wire.length;
    }

    boolean isOld(long nowNs) {
        return nowNs - receivedNs >= ttlSeconds * SECOND_NS;
    }

    /**
     * The octets for a client.
     *
     * @param query     asks for the same name, type and class
     * @param maxOctets a longer answer is cut down to "ask over TCP"
     */
    public byte[] answerTo(Query query, int maxOctets, long nowNs) {
        int optOctets = query.edns() == null ? 0 : OPT_OCTETS;
        boolean fits = wire.length + optOctets <= maxOctets;
        int octets = fits ? wire.length : questionEnd;
        byte[] answer = new byte[octets + optOctets];
        System.arraycopy(wire, 0, answer, 0, octets);
        Octets.put16(answer, 0, query.id());
        int flags = Octets.u16(wire, 2) | query.flags() & (Query.FLAG_RECURSION_DESIRED | Query.FLAG_CHECKING_DISABLED);
        Octets.put16(answer, 2, fits ? flags : flags | 0x0200);
        byte[] name = query.question().getName().toWire();
        System.arraycopy(name, 0, answer, Query.HEADER_OCTETS, name.length);
        if (fits) {
            age(answer, Math.max(0, nowNs - receivedNs) / SECOND_NS);
        } else {
            Arrays.fill(answer, 6, Query.HEADER_OCTETS, (byte) 0);
        }
        if (optOctets > 0) {
            Octets.put16(answer, 10, Octets.u16(answer, 10) + 1);
            int at = answer.length - OPT_OCTETS;
            Octets.put16(answer, at + 1, Type.OPT);
            Octets.put16(answer, at + 3, Query.EDNS_OCTETS);
            Octets.put16(answer, at + 5, rcode >>> 4 << 8);
            Octets.put16(answer, at + 7, query.wantsSignatures() ? ExtendedFlags.DO : 0);
        }
        return answer;
    }

    private void age(byte[] answer, long ageSeconds) {
        for (int offset : ttlOffsets) {
            long ttl = (long) Octets.u16(answer, offset) << 16 | Octets.u16(answer, offset + 2);
            long left = Math.max(0, Math.min(ttl, MAX_TTL_SECONDS) - ageSeconds);
            Octets.put16(answer, offset, (int) (left >>> 16));
            Octets.put16(answer, offset + 2, (int) left & 0xffff);
        }
    }
}
