package org.limesh.alfred.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.base.Decoded;
import org.limesh.base.MacAddress;

/** Octets recorded from the genuine daemon 2023.0. */
class AlfredMessageTest {
    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    private static AlfredMessage parse(String digits) {
        return ((Decoded.Valid<AlfredMessage>) AlfredMessage.parse(hex(digits))).message();
    }

    @Test
    void readsWhatTheGenuineDaemonSends() {
        assertThat(parse("01000000")).isEqualTo(new AlfredMessage.AnnouncePrimary());
        assertThat(parse("02 00 0003 42 afec")).isEqualTo(new AlfredMessage.Request(66, 0xafec));
        assertThat(parse("03 00 0004 8db0 0001")).isEqualTo(new AlfredMessage.StatusTxEnd(0x8db0, 1));
        assertThat(parse("03 00 0004 6a78 0000")).isEqualTo(new AlfredMessage.StatusTxEnd(0x6a78, 0));
        assertThat(parse("00 00 0013 1234 0000  000000000000 50 07 0005 68656c6c6f"))
                .isEqualTo(new AlfredMessage.PushData(0x1234, 0, List.of(new DataBlock(MacAddress.ZERO, 80, 7,
                        "hello".getBytes(StandardCharsets.UTF_8)))));
        assertThat(parse("0a 00 0007 52 02cafe000001"))
                .isEqualTo(new AlfredMessage.EventNotify(82, MacAddress.parse("02:ca:fe:00:00:01")));
        assertThat(parse("08000000")).isEqualTo(new AlfredMessage.ServerStatusRequest());
        assertThat(parse("08 00 002e  00 00 0001 00  01 00 0011 6d65736830 0000000000000000000000 01"
                + " 02 00 0010 6e6f6e65 000000000000000000000000"))
                .isEqualTo(new AlfredMessage.ServerStatus(false,
                        List.of(new AlfredMessage.ServerStatus.Interface("mesh0", true)), "none"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "01000000", "020000034 2afec", "03000004 8db00001", "0000001312340000 000000000000 50 07 0005 68656c6c6f",
        "05000001 01", "08000000", "09000000", "0a000007 52 02cafe000001",
        "0800002e 0000000100 01000011 6d65736830000000000000000000000001 02000010 6e6f6e65000000000000000000000000"
    })
    void emitsTheOctetsItRead(String digits) {
        assertThat(parse(digits).emit()).isEqualTo(hex(digits));
    }

    @Test
    void refusesEveryTruncationAndSurvivesEveryFlippedBit() {
        byte[] good = new AlfredMessage.PushData(1, 2, List.of(
                new DataBlock(MacAddress.parse("02:ca:fe:00:00:01"), 66, 0, new byte[20]),
                new DataBlock(MacAddress.parse("02:ca:fe:00:00:02"), 66, 0, new byte[0]))).emit();
        for (int length = 0; length < good.length; length++) {
            byte[] part = java.util.Arrays.copyOf(good, length);
            assertThat(AlfredMessage.parse(part)).as("length %s", length).isInstanceOf(Decoded.Malformed.class);
        }
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(AlfredMessage.parse(flipped)).isNotNull();
        }
    }
}
