package org.limesh.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.limesh.base.Octets;
import org.limesh.base.Rng;

class ChecksumTest {
    @Test
    void agreesWithTheExampleOfRfc1071() {
        byte[] octets = HexFormat.of().parseHex("0001f203f4f5f6f7");
        assertThat(Checksum.of(octets, 0, octets.length)).isEqualTo(~0xddf2 & 0xffff);
    }

    @Test
    void agreesWithTheObviousLoopForAllLengthsAndOffsets() {
        Rng rng = new Rng(7);
        byte[] octets = new byte[128];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) (rng.nextInt(4) == 0 ? 0xff : rng.nextInt(256));
        }
        for (int offset = 0; offset < 9; offset++) {
            for (int length = 0; length + offset <= octets.length; length++) {
                assertThat(Checksum.of(octets, offset, length)).isEqualTo(slow(octets, offset, length));
            }
        }
    }

    @Test
    void doesNotOverflowOnTheLargestPacketOfOnes() {
        byte[] octets = new byte[65_534];
        java.util.Arrays.fill(octets, (byte) 0xff);
        assertThat(Checksum.of(octets, 0, octets.length)).isEqualTo(0);
    }

    @Test
    void updatesLikeACompleteSum() {
        Rng rng = new Rng(8);
        byte[] octets = new byte[20];
        for (int round = 0; round < 10_000; round++) {
            for (int i = 0; i < octets.length; i++) {
                octets[i] = (byte) rng.nextInt(256);
            }
            int before = Checksum.of(octets, 0, 20);
            int oldWord = Octets.u16(octets, 8);
            int newWord = rng.nextInt(65_536);
            Octets.put16(octets, 8, newWord);
            assertThat(Checksum.update(before, oldWord, newWord)).isEqualTo(Checksum.of(octets, 0, 20));
        }
    }

    private static int slow(byte[] octets, int offset, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (octets[offset + i] & 0xff) << (i % 2 == 0 ? 8 : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }
}
