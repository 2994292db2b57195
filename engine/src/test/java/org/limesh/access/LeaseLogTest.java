package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

/** The store's file and what is in it. */
class LeaseLogTest {
    private static final byte[] A = {1, 2, 3};
    private static final byte[] B = new byte[200];
    private static final byte[] C = {7};

    private static byte[] file(byte[]... payloads) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(LeaseLog.header());
        for (byte[] payload : payloads) {
            out.writeBytes(LeaseLog.record(payload));
        }
        return out.toByteArray();
    }

    @Test
    void readsWhatWasWritten() {
        LeaseLog.Content content = LeaseLog.read(file(A, B, C));
        assertThat(content.payloads()).containsExactly(A, B, C);
        assertThat(content.tornOctets()).isZero();
        assertThat(content.garbage()).isEmpty();
        assertThat(LeaseLog.read(new byte[0]).payloads()).isEmpty();
    }

    @Test
    void losesOnlyTheTornRecordWhereverTheFileIsCut() {
        byte[] whole = file(A, B, C);
        int secondEnds = file(A, B).length;
        for (int length = secondEnds; length < whole.length; length++) {
            LeaseLog.Content content = LeaseLog.read(Arrays.copyOf(whole, length));
            assertThat(content.payloads()).containsExactly(A, B);
            assertThat(content.tornOctets()).isEqualTo(length - secondEnds);
        }
    }

    @Test
    void setsGarbageInTheMiddleAsideAndKeepsTheRest() {
        byte[] before = file(A);
        byte[] noise = new byte[500];
        Rng rng = new Rng(3);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) rng.nextInt(256);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(before);
        out.writeBytes(noise);
        out.writeBytes(LeaseLog.record(B));
        LeaseLog.Content content = LeaseLog.read(out.toByteArray());
        assertThat(content.payloads()).containsExactly(A, B);
        assertThat(content.garbage()).containsExactly(noise);
    }

    @Test
    void takesNoZerosForRecords() {
        byte[] file = Arrays.copyOf(file(A), file(A).length + 4096);
        LeaseLog.Content content = LeaseLog.read(file);
        assertThat(content.payloads()).containsExactly(A);
        assertThat(content.tornOctets()).isEqualTo(4096);
    }

    @Test
    void takesAFileOfSomethingElseForGarbageAndNotForATornWrite() {
        byte[] foreign = "<html>not a lease store at all</html>".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        LeaseLog.Content content = LeaseLog.read(foreign);
        assertThat(content.payloads()).isEmpty();
        assertThat(content.garbage()).containsExactly(foreign);
        assertThat(content.tornOctets()).isZero();
    }

    @Test
    void understandsItsOwnRecordsAndNoneOfALaterProgram() {
        byte[] own = LeaseRecord.emit(new LeaseRecord.Dated(1_700_000_000_000L, 42, new LeaseRecord.Clock()));
        byte[] laterFormat = own.clone();
        laterFormat[1]++;
        byte[] laterKind = own.clone();
        laterKind[0] = 99;
        assertThat(LeaseLog.understands(own)).isTrue();
        assertThat(LeaseLog.understands(laterFormat)).isFalse();
        assertThat(LeaseLog.understands(laterKind)).isFalse();
    }

    @Test
    void leavesAFileOfAnotherVersionAlone() {
        byte[] file = file(A);
        file[7] = 9;
        LeaseLog.Content content = LeaseLog.read(file);
        assertThat(content.isOurs()).isFalse();
        assertThat(content.payloads()).isEmpty();
    }

    @Test
    void noFlippedBitGivesARecordThatWasNotWritten() {
        byte[] good = file(A, B, C);
        for (int bit = 64; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(List.of(A, B, C)).containsAll(LeaseLog.read(bad).payloads());
        }
    }

    @Test
    void factsComeBackAsTheyWere() {
        MacAddress node = MacAddress.parse("02:ca:fe:00:00:01");
        BitSet own = new BitSet();
        own.set(0);
        own.set(255);
        Map<Integer, MacAddress> handed = new TreeMap<>(Map.of(200, node));
        Map<MacAddress, BitSet> members = new TreeMap<>(Map.of(node, own));
        for (LeaseRecord fact : List.of(
                new LeaseRecord.Granted(Bench.ip("10.13.7.7"), Bench.mac(1), node, node, 123_456, 3_600_000, "01aabb",
                        "Anas-phone", "hash of 02:aa:00:00:00:01"),
                new LeaseRecord.Ended(Bench.ip("10.13.7.7")), new LeaseRecord.Clock(), new LeaseRecord.Start(),
                new LeaseRecord.Division(own, handed, members))) {
            LeaseRecord.Dated dated = new LeaseRecord.Dated(1_700_000_000_000L, 42, fact);
            byte[] octets = LeaseRecord.emit(dated);
            assertThat(LeaseRecord.parse(octets)).isEqualTo(dated);
            for (int length = 0; length < octets.length; length++) {
                assertThat(LeaseRecord.parse(Arrays.copyOf(octets, length))).as("cut at " + length).isNull();
            }
        }
    }
}
