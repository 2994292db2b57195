package org.limesh.bmx7;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.limesh.bmx7.wire.Bytes;
import org.limesh.bmx7.wire.Description;
import org.limesh.bmx7.wire.Description.Reference;
import org.limesh.bmx7.wire.Hash;

/**
 * Data of description entries: read together from contents, or cut into contents.
 *
 * <pre>
 *  short or keys   reference ----------------------------> data
 *  long            reference --> lists of hashes --> chunks, joined, inflated --> data
 * </pre>
 */
final class References {
    /**
     * Longest data of one entry, the genuine program's limit; it also bounds what a bomb of zeros inflates
     * to.
     */
    static final int MAX_DATA_OCTETS = 100_548;
    /** Most contents behind one description; the genuine program writes the number in 11 bits. */
    static final int MAX_CONTENTS = 256;

    private References() {}

    /** What became of an entry. */
    sealed interface Resolution {
        /** @param used every content that was needed */
        record Data(byte[] octets, List<Content> used) implements Resolution {}

        record Missing(List<Hash> hashes) implements Resolution {}

        record Broken(String fault) implements Resolution {}
    }

    /** Reads an entry with the contents that {@code known} has (null for those it has not). */
    static Resolution resolve(Description.Tlv tlv, Function<Hash, Content> known) {
        return switch (tlv) {
            case Description.Inline inline -> new Resolution.Data(inline.body(), List.of());
            case Reference reference -> resolve(reference, known);
        };
    }

    private static Resolution resolve(Reference reference, Function<Hash, Content> known) {
        if (reference.lengthOctets() > MAX_DATA_OCTETS || reference.maxNesting() > 2) {
            return new Resolution.Broken("reference_limits");
        }
        byte[] trailing = reference.trailing();
        if (reference.maxNesting() == 0) {
            return reference.compressed() ? finish(reference, trailing, List.of())
                    : new Resolution.Broken("reference_form");
        }
        if (trailing.length % Hash.LENGTH_OCTETS != 0) {
            return new Resolution.Broken("reference_form");
        }
        List<Hash> wanted = trailing.length == 0 ? List.of(reference.expandedHash()) : hashes(trailing);
        List<Content> used = new ArrayList<>();
        List<Hash> missing = new ArrayList<>();
        for (int nesting = reference.maxNesting() - 1; nesting >= 0; nesting--) {
            List<Content> level = new ArrayList<>();
            for (Hash hash : wanted) {
                Content content = known.apply(hash);
                if (content == null) {
                    missing.add(hash);
                } else if (content.flags() != nesting << 1
                        || nesting > 0 && content.body().length % Hash.LENGTH_OCTETS != 0) {
                    return new Resolution.Broken("content_form");
                } else {
                    level.add(content);
                }
            }
            used.addAll(level);
            if (used.size() + missing.size() > MAX_CONTENTS) {
                return new Resolution.Broken("reference_limits");
            }
            if (nesting == 0) {
                return !missing.isEmpty() ? new Resolution.Missing(missing)
                        : finish(reference, join(level), used);
            }
            wanted = level.stream().flatMap(list -> hashes(list.body()).stream()).toList();
        }
        return new Resolution.Missing(missing);
    }

    private static Resolution finish(Reference reference, byte[] joined, List<Content> used) {
        byte[] data = reference.compressed() ? inflate(joined, reference.lengthOctets()) : joined;
        if (data == null || data.length != reference.lengthOctets()
                || !Hash.ofContent(0, data).equals(reference.expandedHash())) {
            return new Resolution.Broken("reference_data");
        }
        return new Resolution.Data(data, used);
    }

    private static List<Hash> hashes(byte[] octets) {
        List<Hash> hashes = new ArrayList<>();
        for (int at = 0; at < octets.length; at += Hash.LENGTH_OCTETS) {
            hashes.add(Hash.read(octets, at));
        }
        return hashes;
    }

    private static byte[] join(List<Content> parts) {
        return Bytes.join(parts.stream().map(Content::body).toArray(byte[][]::new));
    }

    /** Exactly {@code lengthOctets} of inflated data, or null. */
    private static byte[] inflate(byte[] compressed, int lengthOctets) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(compressed);
            byte[] data = new byte[lengthOctets];
            int at = 0;
            while (at < lengthOctets) {
                int count = inflater.inflate(data, at, lengthOctets - at);
                if (count == 0) {
                    return null;
                }
                at += count;
            }
            return data;
        } catch (DataFormatException damaged) {
            return null;
        } finally {
            inflater.end();
        }
    }

    private static byte[] deflate(byte[] data) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setInput(data);
            deflater.finish();
            byte[] compressed = new byte[data.length + 64 + data.length / 1000];
            return Arrays.copyOf(compressed, deflater.deflate(compressed));
        } finally {
            deflater.end();
        }
    }

    /**
     * An entry that refers to contents, which are added to {@code contents}. Data that are short or do not
     * get shorter stay one content as they are; others are compressed, cut into chunks and listed.
     *
     * @param compressible false for keys
     */
    static Reference make(int realType, byte[] data, boolean compressible, List<Content> contents) {
        Hash expanded = Hash.ofContent(0, data);
        byte[] compressed = compressible ? deflate(data) : data;
        boolean shorter = compressed.length < data.length;
        if (!shorter && data.length <= Content.MAX_OCTETS) {
            contents.add(new Content(expanded, 0, data));
            return new Reference(expanded, data.length, realType, 1, false, new byte[0]);
        }
        List<Content> chunks = cut(compressed, 0, Content.MAX_OCTETS);
        byte[] list = Bytes.join(chunks.stream().map(chunk -> chunk.hash().toBytes()).toArray(byte[][]::new));
        int hashesPerList = Content.MAX_OCTETS / Hash.LENGTH_OCTETS;
        List<Content> lists = cut(list, 1 << 1, hashesPerList * Hash.LENGTH_OCTETS);
        contents.addAll(lists);
        contents.addAll(chunks);
        byte[] trailing = Bytes.join(lists.stream().map(each -> each.hash().toBytes())
                .toArray(byte[][]::new));
        return new Reference(expanded, data.length, realType, 2, true, trailing);
    }

    private static List<Content> cut(byte[] octets, int flags, int chunkOctets) {
        List<Content> chunks = new ArrayList<>();
        for (int at = 0; at < octets.length; at += chunkOctets) {
            chunks.add(Content.of(flags, Bytes.part(octets, at, Math.min(octets.length, at + chunkOctets))));
        }
        return chunks;
    }
}
