package org.limesh.bmx7.wire;

import java.util.ArrayList;
import java.util.List;
import org.limesh.base.Decoded;
import org.limesh.base.Octets;

/**
 * What a node says of itself: a signed list of TLVs, some of them references to contents.
 *
 * <pre>
 *  1 NODE_PUBKEY   reference, its hash is the node id
 *  2 DSC_SIGNATURE inline: key type 1, RSA signature over all that follows
 *  3 VERSION       inline, 44 octets
 *  then any others, strictly ascending by real type
 * </pre>
 *
 * @param octets  the whole body; its SHA-224 is the description hash
 * @param tlvs    in order
 * @param version the third TLV
 */
public record Description(byte[] octets, List<Tlv> tlvs, Version version) {
    public static final int MIN_OCTETS = 83;
    public static final int MAX_OCTETS = 1198;

    public static final int NODE_PUBKEY = 1;
    public static final int DSC_SIGNATURE = 2;
    public static final int VERSION = 3;
    public static final int RSA_LINK_PUBKEY = 5;
    public static final int DHM_LINK_PUBKEY = 6;
    public static final int SUPPORTS = 9;
    public static final int TRUSTS = 0x0a;
    public static final int METRIC = 0x0d;
    public static final int LLIP = 0x0e;
    public static final int HNA6 = 0x0f;
    public static final int TUN6 = 0x11;
    public static final int TUN4_INGRESS = 0x12;
    public static final int TUN6_INGRESS = 0x13;
    public static final int TUN4_NET = 0x16;
    public static final int TUN6_NET = 0x17;
    public static final int INFO = 0x1c;

    private static final int REFERENCE = 0;

    public Description {
        tlvs = List.copyOf(tlvs);
    }

    /** One entry. */
    public sealed interface Tlv {
        /** What it is about; a reference says it inside. */
        int realType();
    }

    /** Data that stand in the description itself. */
    public record Inline(int realType, byte[] body) implements Tlv {}

    /**
     * Data that are fetched by hash.
     *
     * <pre>
     *  octet  0..27          28..31                                                              32..
     *         expandedHash   length (24 bits), real type (5), maxNesting (2), compressed (1)     hashes, or compressed data
     * </pre>
     *
     * @param expandedHash  SHA-224 over a zero octet and the final data
     * @param lengthOctets  of the final data
     * @param maxNesting    1: contents are data; 2: contents are lists of contents
     * @param trailing      hashes of 28 octets each, or (nesting 0) compressed data, or nothing
     */
    public record Reference(Hash expandedHash, int lengthOctets, int realType, int maxNesting,
            boolean compressed, byte[] trailing) implements Tlv {
        static final int FIXED_OCTETS = 32;
    }

    /**
     * <pre>
     *  octet  0        1              2..5      6..9      10..11        12..25        26..39         40..43
     *         compat   capabilities   bootSqn   descSqn   ogmSqnRange   anchor link   anchor seed    sizes
     * </pre>
     *
     * @param ogmSqnRange  how many originator messages the chain can number, at most 8192
     * @param sizes        sum of final lengths (21 bits), number of contents (11 bits)
     */
    public record Version(int compat, int capabilities, int bootSqn, int descSqn, int ogmSqnRange,
            ChainLink anchorLink, ChainLink anchorSeed, int sizes) {
        static final int OCTETS = 44;
        public static final int MAX_OGM_SQN_RANGE = 8192;

        public int sumOctets() {
            return sizes >>> 11;
        }

        public int contentCount() {
            return sizes & 0x7ff;
        }

        byte[] emit() {
            byte[] body = new byte[OCTETS];
            body[0] = (byte) compat;
            body[1] = (byte) capabilities;
            Octets.put32(body, 2, bootSqn);
            Octets.put32(body, 6, descSqn);
            Octets.put16(body, 10, ogmSqnRange);
            anchorLink.write(body, 12);
            anchorSeed.write(body, 26);
            Octets.put32(body, 40, sizes);
            return body;
        }
    }

    public Hash hash() {
        return Hash.of(octets);
    }

    public Hash nodeId() {
        return ((Reference) tlvs.getFirst()).expandedHash();
    }

    /** Type octet and signature. */
    public byte[] signature() {
        return ((Inline) tlvs.get(1)).body();
    }

    /** What the signature covers: everything from the VERSION TLV's header on. */
    public byte[] signedPart() {
        int from = Bmx7Frame.HEADER_OCTETS + Reference.FIXED_OCTETS + Bmx7Frame.HEADER_OCTETS
                + signature().length;
        return Bytes.part(octets, from, octets.length);
    }

    /** The entry about this, or null. */
    public Tlv find(int realType) {
        for (Tlv tlv : tlvs) {
            if (tlv.realType() == realType) {
                return tlv;
            }
        }
        return null;
    }

    /** Octets of entries, to be signed or to be put together. */
    public static byte[] emit(List<Tlv> tlvs) {
        byte[] octets = new byte[0];
        for (Tlv tlv : tlvs) {
            byte[] body = switch (tlv) {
                case Inline inline -> inline.body();
                case Reference reference -> emit(reference);
            };
            byte[] header = new byte[Bmx7Frame.HEADER_OCTETS];
            int type = tlv instanceof Inline ? tlv.realType() : REFERENCE;
            Octets.put16(header, 0, type << 11 | header.length + body.length);
            octets = Bytes.join(octets, header, body);
        }
        return octets;
    }

    private static byte[] emit(Reference reference) {
        byte[] fixed = new byte[Reference.FIXED_OCTETS];
        reference.expandedHash.write(fixed, 0);
        Octets.put32(fixed, 28,
                reference.lengthOctets << 8 | reference.realType << 3 | reference.maxNesting << 1
                | (reference.compressed ? 1 : 0));
        return Bytes.join(fixed, reference.trailing);
    }

    /** Inline entry for a version. */
    public static Inline versionTlv(Version version) {
        return new Inline(VERSION, version.emit());
    }

    /** Reads a body. */
    public static Decoded<Description> parse(byte[] octets) {
        if (octets.length < MIN_OCTETS || octets.length > MAX_OCTETS) {
            return malformed("description_length", 0);
        }
        List<Tlv> tlvs = new ArrayList<>();
        int lastType = 0;
        for (int at = 0; at < octets.length; ) {
            if (octets.length - at < Bmx7Frame.HEADER_OCTETS + 1) {
                return malformed("tlv_truncated", at);
            }
            int header = Octets.u16(octets, at);
            int length = header & Bmx7Frame.MAX_OCTETS;
            if (length < Bmx7Frame.HEADER_OCTETS + 1 || length > octets.length - at) {
                return malformed("tlv_length", at);
            }
            byte[] body = Bytes.part(octets, at + Bmx7Frame.HEADER_OCTETS, at + length);
            Tlv tlv;
            if (header >>> 11 != REFERENCE) {
                tlv = new Inline(header >>> 11, body);
            } else if (body.length >= Reference.FIXED_OCTETS) {
                int word = Octets.i32(body, 28);
                tlv = new Reference(Hash.read(body, 0), word >>> 8, word >>> 3 & 0x1f, word >>> 1 & 3,
                        (word & 1) != 0, Bytes.part(body, Reference.FIXED_OCTETS, body.length));
            } else {
                return malformed("reference_length", at);
            }
            if (tlv.realType() <= lastType) {
                return malformed("tlv_order", at);
            }
            lastType = tlv.realType();
            tlvs.add(tlv);
            at += length;
        }
        return checked(octets, tlvs);
    }

    private static Decoded<Description> checked(byte[] octets, List<Tlv> tlvs) {
        if (tlvs.size() < 3 || !(tlvs.get(0) instanceof Reference key) || key.realType() != NODE_PUBKEY
                || key.maxNesting() != 1 || key.compressed() || key.trailing().length != 0) {
            return malformed("node_key", 0);
        }
        if (!(tlvs.get(1) instanceof Inline signature) || signature.realType() != DSC_SIGNATURE) {
            return malformed("signature", 0);
        }
        if (!(tlvs.get(2) instanceof Inline version) || version.realType() != VERSION
                || version.body().length != Version.OCTETS) {
            return malformed("version", 0);
        }
        byte[] body = version.body();
        Version parsed = new Version(Octets.u8(body, 0), Octets.u8(body, 1), Octets.i32(body, 2),
                Octets.i32(body, 6), Octets.u16(body, 10), ChainLink.read(body, 12), ChainLink.read(body, 26),
                Octets.i32(body, 40));
        if (parsed.ogmSqnRange() < 1 || parsed.ogmSqnRange() > Version.MAX_OGM_SQN_RANGE) {
            return malformed("ogm_sqn_range", 0);
        }
        return new Decoded.Valid<>(new Description(octets, tlvs, parsed));
    }

    private static Decoded<Description> malformed(String fault, int offsetOctets) {
        return new Decoded.Malformed<>(fault, offsetOctets);
    }
}
