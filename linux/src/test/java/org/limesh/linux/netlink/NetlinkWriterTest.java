package org.limesh.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Octets on a little-endian machine, written out by hand from the layouts of linux/netlink.h and if_link.h.
 */
class NetlinkWriterTest {
    @BeforeEach
    void onlyWhereNumbersAreLittleEndian() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "skipped: big-endian machine");
    }

    @Test
    void writesHeaderAndPaddedAttributesAsTheKernelReadsThem() {
        byte[] message = new NetlinkWriter(16, 5, 7).u8(0).u8(0).u16(0).u32(3).u32(1).u32(1)
                .attributeText(3, "anygw").attribute32(4, 1500).toBytes();

        assertThat(HexFormat.of().formatHex(message)).isEqualTo(
                "34000000" + "1000" + "0500" + "07000000" + "00000000"
                        + "00000000" + "03000000" + "01000000" + "01000000"
                        + "0a000300" + "616e79677700" + "0000"
                        + "08000400" + "dc050000");
    }

    @Test
    void marksNestedAttributesAndWritesTheirLengthAfterwards() {
        NetlinkWriter writer = new NetlinkWriter(16, 0, 1);
        int info = writer.begin(18);
        writer.attribute8(23, 0);
        byte[] message = writer.end(info).toBytes();

        assertThat(HexFormat.of().formatHex(message, 16, message.length))
                .isEqualTo("0c001280" + "05001700" + "00000000");
    }

    @Test
    void readsBackWhatWasWrittenOverSeveralMessages() {
        byte[] one = new NetlinkWriter(20, 0, 9).u32(5).attributeText(1, "x").toBytes();
        byte[] two = new byte[one.length * 2];
        System.arraycopy(one, 0, two, 0, one.length);
        System.arraycopy(one, 0, two, one.length, one.length);

        List<NetlinkReader.Message> messages = NetlinkReader.messages(two);

        assertThat(messages).hasSize(2).allSatisfy(message -> {
            assertThat(message.type()).isEqualTo(20);
            assertThat(message.seq()).isEqualTo(9);
            assertThat(message.body().getInt(0)).isEqualTo(5);
            assertThat(NetlinkReader.text(NetlinkReader.attributes(message.body(), 4), 1)).isEqualTo("x");
        });
    }

    @Test
    void endsAtALengthThatCannotBe() {
        byte[] message = new NetlinkWriter(20, 0, 9).u32(5).toBytes();
        for (int length : new int[] {0, 15, 21, -1}) {
            message[0] = (byte) length;
            message[1] = message[2] = message[3] = (byte) (length < 0 ? 255 : 0);
            assertThat(NetlinkReader.messages(message)).as("length %d", length).isEmpty();
        }
    }
}
