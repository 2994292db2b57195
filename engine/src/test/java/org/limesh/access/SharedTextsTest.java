package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.limesh.access.Bench.ip;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.limesh.base.Decoded;
import org.limesh.base.MacAddress;
import org.limesh.base.Rng;

/** The two texts in which nodes tell each other their leases. */
class SharedTextsTest {
    private static final MacAddress NODE = MacAddress.parse("02:ca:fe:00:00:03");
    private static final MacAddress PHONE = MacAddress.parse("52:54:00:aa:bb:01");

    private static CloudReport report(List<SharedLease> leases) {
        BitSet claims = new BitSet();
        claims.set(0);
        claims.set(255);
        return new CloudReport(NODE, -2, 7, ip("10.13.0.3"), "LiMe-000003", claims, claims,
                Map.of(9, MacAddress.parse("02:ca:fe:00:00:01")), List.of(MacAddress.parse("02:ca:fe:00:00:01")), leases);
    }

    private static final SharedLease LEASE =
            new SharedLease(ip("10.13.7.21"), PHONE, "01525400aabb01", "phone1", NODE, NODE, 120, 3480);

    @Test
    void writesAReportThatPeopleCanRead() {
        assertThat(new String(report(List.of(LEASE)).emit(), StandardCharsets.US_ASCII)).isEqualTo(
                "limesh-leases 1 fffffffffffffffe 7\n"
                + "node 10.13.0.3 LiMe-000003\n"
                + "slices 0100000000000000000000000000000000000000000000000000000000000080\n"
                + "taken 0100000000000000000000000000000000000000000000000000000000000080\n"
                + "handed 9 02:ca:fe:00:00:01\n"
                + "member 02:ca:fe:00:00:01\n"
                + "lease 10.13.7.21 52:54:00:aa:bb:01 01525400aabb01 phone1 02:ca:fe:00:00:03 02:ca:fe:00:00:03"
                + " 120 3480\n");
    }

    @Test
    void readsTheReportItWrote() {
        CloudReport report = report(List.of(LEASE));
        assertThat(CloudReport.parse(NODE, report.emit())).isEqualTo(new Decoded.Valid<>(report));
    }

    @Test
    void leavesOutLeasesThatDoNotFit() {
        List<SharedLease> many = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            many.add(LEASE);
        }
        CloudReport report = report(many);
        assertThat(report.emit().length).isLessThanOrEqualTo(CloudReport.MAX_OCTETS);
        assertThat(report.emittedLeases()).isBetween(500, 800);
        assertThat(CloudReport.parse(NODE, report.emit())).isInstanceOf(Decoded.Valid.class);
    }

    @Test
    void survivesEveryBrokenReport() {
        byte[] good = report(List.of(LEASE)).emit();
        Rng rng = new Rng(5);
        int valid = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = java.util.Arrays.copyOf(good, rng.nextInt(4) == 0 ? rng.nextInt(good.length) : good.length);
            for (int change = rng.nextInt(4); change > 0 && bad.length > 0; change--) {
                bad[rng.nextInt(bad.length)] = (byte) rng.nextInt(256);
            }
            valid += CloudReport.parse(NODE, bad) instanceof Decoded.Valid ? 1 : 0;
            LeaseLines.parse(bad);
        }
        assertThat(valid).isBetween(1000, 15_000);
        for (String bad : List.of("", "limesh-leases 2 0 0\nnode 10.13.0.3 x\n", "limesh-leases 1 0 0\n",
                "limesh-leases 1 0 0\nnode 10.13.0.3 a.b\n", "limesh-leases 1 0 0\nnode 10.13.0.3 x\nhanded 256 " + NODE,
                "limesh-leases 1 0 0\nnode 10.13.0.3 x\nlease 10.13.0.4 33:33:00:00:00:01 - - " + NODE + " " + NODE
                + " 1 1")) {
            assertThat(CloudReport.parse(NODE, bad.getBytes(StandardCharsets.US_ASCII))).as(bad)
                    .isInstanceOf(Decoded.Malformed.class);
        }
    }

    @Test
    void readsTheLinesOfGenuineNodes() {
        String text = "02:ca:fe:00:00:03,id:02:ca:fe:00:00:03,10.13.0.3,LiMe-000003\n"
                + "52:54:00:aa:bb:01,id:01:52:54:00:aa:bb:01,10.13.7.21,phone1\n"
                + "52:54:00:aa:bb:02,10.13.7.22\n"
                + "02:ca:fe:00:00:03,id:02:ca:fe:00:00:03,fd0d:fe46:8ce8::3,LiMe-000003\n"
                + "52:54:00:aa:bb:03,id:*,10.13.7.23,*\n"
                + "garbage\n10.13.7.9,x\n";
        LeaseLines.Content content = LeaseLines.parse(text.getBytes(StandardCharsets.US_ASCII));
        assertThat(content.lines()).containsExactly(
                new LeaseLines.Line(NODE, "", ip("10.13.0.3"), "LiMe-000003"),
                new LeaseLines.Line(PHONE, "01525400aabb01", ip("10.13.7.21"), "phone1"),
                new LeaseLines.Line(MacAddress.parse("52:54:00:aa:bb:02"), "", ip("10.13.7.22"), ""),
                new LeaseLines.Line(MacAddress.parse("52:54:00:aa:bb:03"), "", ip("10.13.7.23"), ""));
        assertThat(content.lines6()).containsExactly(
                new LeaseLines.Line6(NODE, org.limesh.base.Ip6Address.parse("fd0d:fe46:8ce8::3")));
        assertThat(LeaseLines.emit6(NODE, org.limesh.base.Ip6Address.parse("fd0d:fe46:8ce8::3"), "LiMe-000003"))
                .isEqualTo("02:ca:fe:00:00:03,id:02:ca:fe:00:00:03,fd0d:fe46:8ce8::3,LiMe-000003\n");
        assertThat(content.refused()).isEqualTo(2);
    }

    @Test
    void writesTheLinesOfGenuineNodes() {
        byte[] text = LeaseLines.emit(List.of(new LeaseLines.Line(NODE, "", ip("10.13.0.3"), "LiMe-000003"),
                new LeaseLines.Line(PHONE, "01525400aabb01", ip("10.13.7.21"), "phone1")), 1000);
        assertThat(new String(text, StandardCharsets.US_ASCII)).isEqualTo(
                "02:ca:fe:00:00:03,id:02:ca:fe:00:00:03,10.13.0.3,LiMe-000003\n"
                + "52:54:00:aa:bb:01,id:01:52:54:00:aa:bb:01,10.13.7.21,phone1\n");
        // As long as the recorded record of a genuine node with these two lines.
        assertThat(text).hasSize(121);
    }
}
