package org.limesh.bmx7.wire;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.FMetric;
import org.limesh.base.Invariant;
import org.limesh.base.Octets;

/**
 * A frame of a packet.
 *
 * <pre>
 *  octet  0..1                                      2..
 *         type (5 bits), length (11 bits, all octets)  body
 * </pre>
 */
public sealed interface Bmx7Frame {
    int HEADER_OCTETS = 2;
    int MAX_OCTETS = 0x7ff;

    int DESC_ADV = 2;
    int CONTENT_ADV = 4;
    int SIGNATURE_ADV = 8;
    int OGM_AGG_SQN_ADV = 9;
    int HELLO_ADV = 12;
    int HELLO_REPLY = 13;
    int IID_ADV = 19;
    int OGM_ADV = 21;
    int OGM_REQ = 27;
    int IID_REQ = 28;
    int DESC_REQ = 29;
    int CONTENT_REQ = 30;

    int type();

    /** The body, without the header. */
    byte[] body();

    /** Header and body. */
    default byte[] emit() {
        byte[] body = body();
        byte[] octets = new byte[HEADER_OCTETS + body.length];
        Invariant.check(octets.length <= MAX_OCTETS, "a frame has at most 2047 octets");
        Octets.put16(octets, 0, type() << 11 | octets.length);
        System.arraycopy(body, 0, octets, HEADER_OCTETS, body.length);
        return octets;
    }

    /** A whole description; see {@link Description}. */
    record DescAdv(byte[] description) implements Bmx7Frame {
        @Override
        public int type() {
            return DESC_ADV;
        }

        @Override
        public byte[] body() {
            return description;
        }
    }

    /**
     * A content, known by the hash over flags and body.
     *
     * @param flags bits 2..1 nesting (above 0: the body is a list of hashes), bit 0 compressed
     */
    record ContentAdv(int flags, byte[] content) implements Bmx7Frame {
        @Override
        public int type() {
            return CONTENT_ADV;
        }

        @Override
        public byte[] body() {
            byte[] body = new byte[1 + content.length];
            body[0] = (byte) flags;
            System.arraycopy(content, 0, body, 1, content.length);
            return body;
        }

        public int nesting() {
            return flags >>> 1 & 3;
        }

        public Hash hash() {
            return Hash.ofContent(flags, content);
        }
    }

    /**
     * Who vouches for the frames behind it.
     *
     * <pre>
     *  octet  0..3       4..7       8                   9..
     *         descSqn    burstSqn   index of the device   signatures, each: type 1, octets by type
     * </pre>
     *
     * @param signatures as they stand
     */
    record SignatureAdv(int descSqn, int burstSqn, int devIdx, byte[] signatures) implements Bmx7Frame {
        public static final int FIXED_OCTETS = 9;

        @Override
        public int type() {
            return SIGNATURE_ADV;
        }

        /** The nine octets that are signed. */
        public byte[] fixedPart() {
            byte[] fixed = new byte[FIXED_OCTETS];
            Octets.put32(fixed, 0, descSqn);
            Octets.put32(fixed, 4, burstSqn);
            fixed[8] = (byte) devIdx;
            return fixed;
        }

        @Override
        public byte[] body() {
            return Bytes.join(fixedPart(), signatures);
        }
    }

    /** @param max newest aggregation number; @param size how many of the latest are valid, 1..256 */
    record OgmAggSqnAdv(int max, int size) implements Bmx7Frame {
        @Override
        public int type() {
            return OGM_AGG_SQN_ADV;
        }

        @Override
        public byte[] body() {
            byte[] body = new byte[4];
            Octets.put16(body, 0, max);
            Octets.put16(body, 2, size);
            return body;
        }
    }

    /** @param sqn number of the hello on this device */
    record HelloAdv(int sqn) implements Bmx7Frame {
        @Override
        public int type() {
            return HELLO_ADV;
        }

        @Override
        public byte[] body() {
            byte[] body = new byte[2];
            Octets.put16(body, 0, sqn);
            return body;
        }
    }

    /** Several replies to hellos. */
    record HelloReply(List<Entry> entries) implements Bmx7Frame {
        static final int ENTRY_OCTETS = 30;

        /**
         * @param destDescHash   description hash of the neighbour spoken to
         * @param rxLq           how well I receive it, 0..255
         * @param receiverDevIdx its own index of its device
         */
        public record Entry(Hash destDescHash, int rxLq, int receiverDevIdx) {}

        public HelloReply {
            entries = List.copyOf(entries);
        }

        @Override
        public int type() {
            return HELLO_REPLY;
        }

        @Override
        public byte[] body() {
            byte[] body = new byte[entries.size() * ENTRY_OCTETS];
            for (int i = 0; i < entries.size(); i++) {
                entries.get(i).destDescHash.write(body, i * ENTRY_OCTETS);
                body[i * ENTRY_OCTETS + 28] = (byte) entries.get(i).rxLq;
                body[i * ENTRY_OCTETS + 29] = (byte) entries.get(i).receiverDevIdx;
            }
            return body;
        }
    }

    /** What the sender's short ids mean. */
    record IidAdv(List<Entry> entries) implements Bmx7Frame {
        static final int ENTRY_OCTETS = 48;

        /**
         * @param iid      short id, 14 bits, valid for this sender
         * @param descSqn  of the node
         * @param chainOgm newest masked chain link
         */
        public record Entry(int iid, int descSqn, ChainLink chainOgm, Hash nodeId) {}

        public IidAdv {
            entries = List.copyOf(entries);
        }

        @Override
        public int type() {
            return IID_ADV;
        }

        @Override
        public byte[] body() {
            byte[] body = new byte[entries.size() * ENTRY_OCTETS];
            for (int i = 0; i < entries.size(); i++) {
                int at = i * ENTRY_OCTETS;
                Octets.put16(body, at, entries.get(i).iid);
                Octets.put32(body, at + 2, entries.get(i).descSqn);
                entries.get(i).chainOgm.write(body, at + 6);
                entries.get(i).nodeId.write(body, at + 20);
            }
            return body;
        }
    }

    /**
     * One aggregation of originator messages. Without entries it answers a request for an empty one.
     *
     * <pre>
     *  entry   chainOgm 14 | more 1, iid 14, hopCount 6, exponent 5, mantissa 6 (32 bits)
     *          then, while "more": more 1, type 3 = 0, directional 1 = 0, exponent 5, mantissa 6 (16 bits) | channel 1
     * </pre>
     */
    record OgmAdv(int aggregationSqn, List<Entry> entries) implements Bmx7Frame {
        static final int FIXED_OCTETS = 2;
        static final int ENTRY_OCTETS = 18;
        static final int HOP_OCTETS = 3;
        /** Longest hop history of an entry. */
        public static final int MAX_HISTORY = 10;

        /**
         * @param metric  bits per second
         * @param history links towards the originator, the sender's own first
         */
        public record Entry(ChainLink chainOgm, int iid, int hopCount, long metric, HopHistory history) {
            public int lengthOctets() {
                return ENTRY_OCTETS + history.lengthOctets();
            }
        }

        public OgmAdv {
            entries = List.copyOf(entries);
        }

        @Override
        public int type() {
            return OGM_ADV;
        }

        @Override
        public byte[] body() {
            int length = FIXED_OCTETS;
            for (Entry entry : entries) {
                length += entry.lengthOctets();
            }
            byte[] body = new byte[length];
            Octets.put16(body, 0, aggregationSqn);
            int at = FIXED_OCTETS;
            for (Entry entry : entries) {
                entry.chainOgm.write(body, at);
                int more = entry.history.size() == 0 ? 0 : 1;
                Octets.put32(body, at + 14, more << 31 | entry.iid << 17 | entry.hopCount << 11
                        | FMetric.encode11(entry.metric));
                entry.history.write(body, at + ENTRY_OCTETS);
                at += entry.lengthOctets();
            }
            return body;
        }
    }

    /** A question to one node: aggregation numbers ({@link #OGM_REQ}) or short ids ({@link #IID_REQ}). */
    record NumberReq(int type, Hash destination, List<Integer> numbers) implements Bmx7Frame {
        public NumberReq {
            numbers = List.copyOf(numbers);
        }

        @Override
        public byte[] body() {
            byte[] body = new byte[Hash.LENGTH_OCTETS + 2 * numbers.size()];
            destination.write(body, 0);
            for (int i = 0; i < numbers.size(); i++) {
                Octets.put16(body, Hash.LENGTH_OCTETS + 2 * i, numbers.get(i));
            }
            return body;
        }
    }

    /**
     * A question to one node: descriptions of nodes ({@link #DESC_REQ}) or contents ({@link #CONTENT_REQ}).
     */
    record HashReq(int type, Hash destination, List<Hash> hashes) implements Bmx7Frame {
        public HashReq {
            hashes = List.copyOf(hashes);
        }

        @Override
        public byte[] body() {
            byte[] body = new byte[Hash.LENGTH_OCTETS * (1 + hashes.size())];
            destination.write(body, 0);
            for (int i = 0; i < hashes.size(); i++) {
                hashes.get(i).write(body, Hash.LENGTH_OCTETS * (1 + i));
            }
            return body;
        }
    }

    /** A frame of a type that is not known here; it is skipped. */
    record Unknown(int type, byte[] body) implements Bmx7Frame {}

    /** Reads a body whose header has been taken off. */
    static Decoded<Bmx7Frame> parse(int type, byte[] body) {
        return switch (type) {
            case DESC_ADV -> valid(new DescAdv(body));
            case CONTENT_ADV -> body.length < 1 ? malformed("content_short") : valid(new ContentAdv(
                    Octets.u8(body, 0), Bytes.part(body, 1, body.length)));
            case SIGNATURE_ADV -> body.length < SignatureAdv.FIXED_OCTETS ? malformed("signature_short")
                    : valid(new SignatureAdv(Octets.i32(body, 0), Octets.i32(body, 4), Octets.u8(body, 8),
                            Bytes.part(body, SignatureAdv.FIXED_OCTETS, body.length)));
            case OGM_AGG_SQN_ADV -> body.length != 4 ? malformed("agg_sqn_length")
                    : valid(new OgmAggSqnAdv(Octets.u16(body, 0), Octets.u16(body, 2)));
            case HELLO_ADV -> body.length != 2 ? malformed("hello_length")
                    : valid(new HelloAdv(Octets.u16(body, 0)));
            case HELLO_REPLY -> parseHelloReply(body);
            case IID_ADV -> parseIidAdv(body);
            case OGM_ADV -> parseOgmAdv(body);
            case OGM_REQ, IID_REQ -> parseNumberReq(type, body);
            case DESC_REQ, CONTENT_REQ -> parseHashReq(type, body);
            default -> valid(new Unknown(type, body));
        };
    }

    private static Decoded<Bmx7Frame> parseHelloReply(byte[] body) {
        if (body.length == 0 || body.length % HelloReply.ENTRY_OCTETS != 0) {
            return malformed("hello_reply_length");
        }
        List<HelloReply.Entry> entries = new ArrayList<>();
        for (int at = 0; at < body.length; at += HelloReply.ENTRY_OCTETS) {
            entries.add(new HelloReply.Entry(Hash.read(body, at), Octets.u8(body, at + 28),
                    Octets.u8(body, at + 29)));
        }
        return valid(new HelloReply(entries));
    }

    private static Decoded<Bmx7Frame> parseIidAdv(byte[] body) {
        if (body.length == 0 || body.length % IidAdv.ENTRY_OCTETS != 0) {
            return malformed("iid_adv_length");
        }
        List<IidAdv.Entry> entries = new ArrayList<>();
        for (int at = 0; at < body.length; at += IidAdv.ENTRY_OCTETS) {
            entries.add(new IidAdv.Entry(Octets.u16(body, at), Octets.i32(body, at + 2),
                    ChainLink.read(body, at + 6), Hash.read(body, at + 20)));
        }
        return valid(new IidAdv(entries));
    }

    private static Decoded<Bmx7Frame> parseOgmAdv(byte[] body) {
        if (body.length < OgmAdv.FIXED_OCTETS) {
            return malformed("ogm_short");
        }
        List<OgmAdv.Entry> entries = new ArrayList<>();
        int at = OgmAdv.FIXED_OCTETS;
        while (at < body.length) {
            if (body.length - at < OgmAdv.ENTRY_OCTETS) {
                return malformed("ogm_truncated");
            }
            ChainLink chain = ChainLink.read(body, at);
            int word = Octets.i32(body, at + 14);
            at += OgmAdv.ENTRY_OCTETS;
            int historyAt = at;
            int hops = 0;
            boolean more = word < 0;
            while (more) {
                if (body.length - at < OgmAdv.HOP_OCTETS || hops >= OgmAdv.MAX_HISTORY) {
                    return malformed("ogm_history");
                }
                int hop = Octets.u16(body, at);
                if ((hop & 0x7800) != 0) {
                    return malformed("ogm_history_type");
                }
                hops++;
                more = (hop & 0x8000) != 0;
                at += OgmAdv.HOP_OCTETS;
            }
            entries.add(new OgmAdv.Entry(chain, word >>> 17 & 0x3fff, word >>> 11 & 0x3f,
                    (word & 0x7ff) == 0 ? 0 : FMetric.decode11(word & 0x7ff),
                    HopHistory.read(body, historyAt, hops)));
        }
        return valid(new OgmAdv(Octets.u16(body, 0), entries));
    }

    private static Decoded<Bmx7Frame> parseNumberReq(int type, byte[] body) {
        int rest = body.length - Hash.LENGTH_OCTETS;
        if (rest < 2 || rest % 2 != 0) {
            return malformed("number_req_length");
        }
        List<Integer> numbers = new ArrayList<>();
        for (int at = Hash.LENGTH_OCTETS; at < body.length; at += 2) {
            numbers.add(Octets.u16(body, at));
        }
        return valid(new NumberReq(type, Hash.read(body, 0), numbers));
    }

    private static Decoded<Bmx7Frame> parseHashReq(int type, byte[] body) {
        if (body.length < 2 * Hash.LENGTH_OCTETS || body.length % Hash.LENGTH_OCTETS != 0) {
            return malformed("hash_req_length");
        }
        List<Hash> hashes = new ArrayList<>();
        for (int at = Hash.LENGTH_OCTETS; at < body.length; at += Hash.LENGTH_OCTETS) {
            hashes.add(Hash.read(body, at));
        }
        return valid(new HashReq(type, Hash.read(body, 0), hashes));
    }

    private static Decoded<Bmx7Frame> valid(Bmx7Frame frame) {
        return new Decoded.Valid<>(frame);
    }

    private static Decoded<Bmx7Frame> malformed(String fault) {
        return new Decoded.Malformed<>(fault, 0);
    }
}
