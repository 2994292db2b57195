package org.limesh.alfred.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.MacAddress;

class VisRecordTest {
    private static final VisRecord RECORD = new VisRecord(mac(0x0a), List.of(mac(1), mac(2)), List.of(
            new VisRecord.Entry(mac(0x101), 0, 255), new VisRecord.Entry(mac(0x102), 1, 128),
            VisRecord.Entry.client(mac(0xff01))));
    /** batadv-vis 2023.0 read these octets and printed this node, two interfaces, metrics 1.000 and 1.992, a client. */
    private static final String OCTETS = "02000000000a" + "02" + "03" + "020000000001" + "020000000002"
            + "020000000101" + "00" + "ff" + "020000000102" + "01" + "80" + "02000000ff01" + "ff" + "00";

    private static MacAddress mac(int number) {
        return new MacAddress(0x0200_0000_0000L | number);
    }

    private static VisRecord parsed(byte[] octets) {
        return ((Decoded.Valid<VisRecord>) VisRecord.parse(octets)).message();
    }

    @Test
    void writesAndReadsWhatBatadvVisReads() {
        assertThat(HexFormat.of().formatHex(RECORD.emit())).isEqualTo(OCTETS);
        assertThat(parsed(HexFormat.of().parseHex(OCTETS))).isEqualTo(RECORD);
    }

    @Test
    void refusesEveryTruncation() {
        byte[] octets = RECORD.emit();
        for (int length = 0; length < octets.length; length++) {
            assertThat(VisRecord.parse(Arrays.copyOf(octets, length))).as("%d octets", length)
                    .isInstanceOf(Decoded.Malformed.class);
        }
    }

    @Test
    void leavesOutEntriesThatMakeNoSense() {
        byte[] octets = RECORD.emit();
        octets[8 + 12 + 6] = 2;
        octets[8 + 12 + 8 + 7] = 0;
        assertThat(parsed(octets).entries()).containsExactly(VisRecord.Entry.client(mac(0xff01)));
        byte[] noInterface = octets.clone();
        noInterface[6] = 0;
        assertThat(VisRecord.parse(noInterface)).isEqualTo(new Decoded.Malformed<>("vis_interfaces", 6));
    }
}
