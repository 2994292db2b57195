package org.limesh.access;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.limesh.base.Octets;

/**
 * The file of the lease store as octets. Appended to, never changed in place.
 *
 * <pre>
 *  file    "LIMELEA" version 1
 *  record  length 4, CRC-32 of the payload 4, payload
 * </pre>
 *
 * <p>A crash may leave a torn record at the end, a bad disk garbage in the middle. Reading goes on behind
 * garbage: each place is tried until a record with a right checksum begins there. Nothing is ever guessed.
 */
public final class LeaseLog {
    /** What a new file begins with. */
    private static final byte[] HEADER = {'L', 'I', 'M', 'E', 'L', 'E', 'A', 1};
    private static final int RECORD_HEAD_OCTETS = 8;
    /** Longest payload: slices with every member of a full table. */
    public static final int MAX_PAYLOAD_OCTETS = 65_536;

    private LeaseLog() {}

    public static byte[] header() {
        return HEADER.clone();
    }

    /** One record, ready to be appended. */
    public static byte[] record(byte[] payload) {
        byte[] octets = new byte[RECORD_HEAD_OCTETS + payload.length];
        Octets.put32(octets, 0, payload.length);
        Octets.put32(octets, 4, crc(payload, 0, payload.length));
        System.arraycopy(payload, 0, octets, RECORD_HEAD_OCTETS, payload.length);
        return octets;
    }

    private static int crc(byte[] octets, int from, int length) {
        CRC32 crc = new CRC32();
        // The length is part of it, so that zeros are no records.
        crc.update(length >>> 24);
        crc.update(length >>> 16);
        crc.update(length >>> 8);
        crc.update(length);
        crc.update(octets, from, length);
        return (int) crc.getValue();
    }

    /**
     * What a file held.
     *
     * @param payloads    of the whole records, in order
     * @param tornOctets  behind the last whole record: a write that a crash cut off
     * @param garbage     octets between whole records, each run apart
     * @param version     of the file; records of another version are not read
     */
    public record Content(List<byte[]> payloads, int tornOctets, List<byte[]> garbage, int version) {
        public boolean isOurs() {
            return version == HEADER[HEADER.length - 1];
        }
    }

    /** Reads a whole file. An empty one is a good one without records. */
    public static Content read(byte[] file) {
        List<byte[]> payloads = new ArrayList<>();
        List<byte[]> garbage = new ArrayList<>();
        int own = HEADER[HEADER.length - 1];
        int at = 0;
        boolean headed = file.length >= HEADER.length
                && Arrays.equals(file, 0, HEADER.length - 1, HEADER, 0, HEADER.length - 1);
        if (headed) {
            at = HEADER.length;
            if (file[HEADER.length - 1] != own) {
                return new Content(payloads, 0, garbage, file[HEADER.length - 1] & 0xff);
            }
        }
        int goodEnd = at;
        while (at + RECORD_HEAD_OCTETS <= file.length) {
            int length = wholeRecordAt(file, at);
            if (length < 0) {
                at++;
                continue;
            }
            if (at > goodEnd) {
                garbage.add(Arrays.copyOfRange(file, goodEnd, at));
            }
            payloads.add(Arrays.copyOfRange(file, at + RECORD_HEAD_OCTETS, at + RECORD_HEAD_OCTETS + length));
            at += RECORD_HEAD_OCTETS + length;
            goodEnd = at;
        }
        if (!headed && payloads.isEmpty() && file.length >= HEADER.length) {
            // No write that a crash cut off: files begin whole, by renaming.
            garbage.add(file.clone());
            goodEnd = file.length;
        }
        return new Content(payloads, file.length - goodEnd, garbage, own);
    }

    /** False for a whole record that says something this program knows nothing of: a later one wrote it. */
    public static boolean understands(byte[] payload) {
        return LeaseRecord.parse(payload) != null;
    }

    /** Length of the payload of the record that begins here, or -1 when none does. */
    private static int wholeRecordAt(byte[] file, int at) {
        int length = Octets.i32(file, at);
        if (length < 0 || length > MAX_PAYLOAD_OCTETS || length > file.length - at - RECORD_HEAD_OCTETS) {
            return -1;
        }
        return crc(file, at + RECORD_HEAD_OCTETS, length) == Octets.i32(file, at + 4) ? length : -1;
    }
}
