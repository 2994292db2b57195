package org.limesh.batadv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Checksums read from genuine nodes with these tables. */
class TtCrcTest {
    private static int crc(int vid, long... clients) {
        int crc = 0;
        for (long client : clients) {
            crc ^= TtCrc.ofClient(client, vid, 0);
        }
        return crc;
    }

    @Test
    void agreesWithGenuineNodes() {
        assertThat(crc(0x8001, 0x0200_0000_0100L)).isEqualTo(0x277a4078);
        assertThat(crc(0, 0x0200_0000_01bbL, 0x0200_0000_0100L)).isEqualTo(0x2b9cd9f2);
        assertThat(crc(0, 0x0200_0000_0200L, 0x0100_5e00_0001L, 0x3333_0000_0001L)).isEqualTo(0xcec7ed63);
        assertThat(crc(0, 0x0200_0000_01bbL, 0x0200_0000_0100L, 0x02c1_0000_000bL)).isEqualTo(0x087b0254);
        assertThat(crc(0x8000, 0x0200_0000_0100L)).isEqualTo(0x6e463d5f);
        assertThat(crc(0x800a, 0x0200_0000_0100L)).isEqualTo(0xbe05c3cb);
    }

    @Test
    void onlySyncFlagsCount() {
        long client = 0x0200_0000_0100L;
        assertThat(TtCrc.ofClient(client, 0,
                TtFlags.ROAM | TtFlags.NO_PURGE)).isEqualTo(TtCrc.ofClient(client, 0, 0));
        assertThat(TtCrc.ofClient(client, 0, TtFlags.WIFI)).isNotEqualTo(TtCrc.ofClient(client, 0, 0));
    }

    @Test
    void keysGiveBackWhatTheyWereMadeOf() {
        for (int vid : new int[] {0, 0x8000, 0x8001, 0x8fff}) {
            long key = TtKey.of(0xffff_ffff_ffffL, vid);
            assertThat(key).isPositive();
            assertThat(TtKey.mac(key)).isEqualTo(0xffff_ffff_ffffL);
            assertThat(TtKey.vid(key)).isEqualTo(vid);
        }
    }
}
