package org.limesh.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.limesh.access.NameTable.Meaning;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip4Prefix;
import org.limesh.base.Ip6Address;
import org.limesh.base.Ip6Prefix;
import org.limesh.base.MacAddress;

class NameTableTest {
    private static final MacAddress HERE = MacAddress.parse("02:ca:fe:12:34:56");
    private static final MacAddress NEIGHBOUR = MacAddress.parse("02:ca:fe:00:00:03");
    private static final Ip4Address ANYCAST4 = Ip4Address.parse("10.13.0.1");
    private static final Ip6Address ANYCAST6 = Ip6Address.parse("fd0d:fe46:8ce8::1");

    private static Lease lease(String mac, String address, String hostname, long grantedNs, MacAddress by) {
        return new Lease(MacAddress.parse(mac), "", Ip4Address.parse(address), hostname, grantedNs, grantedNs + 1, "", by,
                by);
    }

    private static NameTable table(String domain, Lease... leases) {
        return NameTable.of(new NameTable.Facts(domain, "LiMe-123456", Ip4Prefix.parse("10.13.52.86/16"),
                Ip6Prefix.parse("fd0d:fe46:8ce8::5634:12/64"), ANYCAST4, ANYCAST6, 3600, List.of(leases),
                Map.of(NEIGHBOUR, Ip6Address.parse("fd0d:fe46:8ce8::3")),
                Map.of("escuela.lan", List.of("fd66::1"))));
    }

    private static final NameTable TABLE = table("thisnode.info",
            lease("02:ca:fe:00:00:03", "10.13.0.3", "LiMe-000003", 5, NEIGHBOUR),
            lease("52:54:00:aa:bb:01", "10.13.7.21", "Ana-s-phone", 10, HERE),
            lease("52:54:00:aa:bb:02", "10.13.7.22", "phone2", 20, NEIGHBOUR),
            lease("52:54:00:aa:bb:03", "10.13.7.23", "phone2", 19, HERE),
            lease("52:54:00:aa:bb:04", "10.13.7.24", "lime-000003", 1, HERE),
            lease("52:54:00:aa:bb:05", "10.13.7.25", "wpad", 1, HERE),
            lease("52:54:00:aa:bb:06", "10.13.7.26", "thisnode", 1, HERE),
            lease("52:54:00:aa:bb:07", "10.13.7.27", "", 1, HERE));

    private static Meaning.Host host(NameTable table, String name) {
        return (Meaning.Host) table.lookup(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"thisnode.info", "THISNODE.info", "minodo.info", "meuno.info", "anygw", "anygw.thisnode.info"})
    void nearestNodeHasTheAnycastAddresses(String name) {
        assertThat(host(TABLE, name).addresses4()).containsExactly(ANYCAST4);
        assertThat(host(TABLE, name).addresses6()).containsExactly(ANYCAST6);
    }

    @Test
    void theCloudsDomainIsTheNearestNodeToo() {
        NameTable table = table("plaza.lan");
        assertThat(host(table, "plaza.lan").apex()).isTrue();
        assertThat(host(table, "plaza.lan").addresses4()).containsExactly(ANYCAST4);
        assertThat(host(table, "anygw.plaza.lan").zone()).isEqualTo("plaza.lan");
        assertThat(host(table, "thisnode.info").addresses4()).containsExactly(ANYCAST4);
        assertThat(table.lookup("www.thisnode.info")).isInstanceOf(Meaning.Foreign.class);
        assertThat(table.lookup("nobody.plaza.lan")).isEqualTo(new Meaning.Nothing("plaza.lan"));
    }

    @Test
    void nodesHaveBothAddressesAndClientsTheirLease() {
        assertThat(host(TABLE, "lime-123456")).isEqualTo(new Meaning.Host("", false,
                List.of(Ip4Address.parse("10.13.52.86")), List.of(Ip6Address.parse("fd0d:fe46:8ce8::5634:12"))));
        assertThat(host(TABLE, "LiMe-000003.thisnode.info")).isEqualTo(new Meaning.Host("thisnode.info", false,
                List.of(Ip4Address.parse("10.13.0.3")), List.of(Ip6Address.parse("fd0d:fe46:8ce8::3"))));
        assertThat(host(TABLE, "ana-s-phone.thisnode.info").addresses4()).containsExactly(Ip4Address.parse("10.13.7.21"));
        assertThat(host(TABLE, "ana-s-phone").addresses6()).isEmpty();
    }

    @Test
    void nobodyTakesANameAwayByAskingForIt() {
        assertThat(host(TABLE, "phone2").addresses4()).as("the older lease").containsExactly(Ip4Address.parse("10.13.7.23"));
        assertThat(host(TABLE, "lime-000003").addresses4()).as("a node").containsExactly(Ip4Address.parse("10.13.0.3"));
        assertThat(TABLE.lookup("wpad.thisnode.info")).isEqualTo(new Meaning.Nothing("thisnode.info"));
        assertThat(TABLE.lookup("thisnode")).isEqualTo(new Meaning.Plain());
    }

    @Test
    void whoHasNotRenewedLosesItsNameToAPhoneThatCameBackWithAnotherMac() {
        long halfNs = 1_800_000_000_000L;
        for (long laterNs : new long[] {halfNs - 1, halfNs, halfNs + 1}) {
            MacAddress old = MacAddress.parse("52:54:00:aa:bb:02");
            MacAddress fresh = MacAddress.parse("52:54:00:aa:bb:03");
            long startNs = Long.MAX_VALUE - halfNs;
            NameTable table = table("lan",
                    new Lease(fresh, "", Ip4Address.parse("10.13.7.23"), "phone", startNs + laterNs,
                            startNs + 2 * halfNs + laterNs, "", HERE, HERE),
                    new Lease(old, "", Ip4Address.parse("10.13.7.22"), "phone", startNs, startNs + 2 * halfNs, "", HERE, HERE));
            assertThat(host(table, "phone").addresses4())
                    .containsExactly(Ip4Address.parse(laterNs > halfNs ? "10.13.7.23" : "10.13.7.22"));
        }
    }

    @Test
    void unknownNamesOfTheCloudAndPlainNamesAreNothingAndTheRestIsForeign() {
        assertThat(TABLE.lookup("nobody.thisnode.info")).isEqualTo(new Meaning.Nothing("thisnode.info"));
        assertThat(TABLE.lookup("a.b.thisnode.info")).isEqualTo(new Meaning.Nothing("thisnode.info"));
        assertThat(TABLE.lookup("printer")).isEqualTo(new Meaning.Plain());
        for (String never : List.of("printer.local", "abc.onion", "x.invalid", "a.localhost")) {
            assertThat(TABLE.lookup(never)).as(never).isEqualTo(new Meaning.Nothing(""));
        }
        for (String foreign : List.of("example.org", "notthisnode.info", "info", "www.minodo.info", "")) {
            assertThat(TABLE.lookup(foreign)).as(foreign)
                    .isInstanceOf(foreign.equals("info") ? Meaning.Plain.class : Meaning.Foreign.class);
        }
    }

    @Test
    void namesOfAnotherCloudAreAskedThere() {
        assertThat(TABLE.lookup("escuela.lan")).isEqualTo(new Meaning.OtherCloud(List.of("fd66::1")));
        assertThat(TABLE.lookup("PC1.escuela.lan")).isEqualTo(new Meaning.OtherCloud(List.of("fd66::1")));
        assertThat(TABLE.lookup("miescuela.lan")).isInstanceOf(Meaning.Foreign.class);
    }

    @Test
    void addressesHaveNames() {
        assertThat(TABLE.lookup("21.7.13.10.in-addr.arpa"))
                .isEqualTo(new Meaning.Pointer("10.in-addr.arpa", "Ana-s-phone.thisnode.info"));
        assertThat(TABLE.lookup("1.0.13.10.IN-ADDR.ARPA")).isEqualTo(new Meaning.Pointer("10.in-addr.arpa", "thisnode.info"));
        assertThat(TABLE.lookup("3.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.c.8.6.4.e.f.d.0.d.f.ip6.arpa"))
                .isEqualTo(new Meaning.Pointer("d.f.ip6.arpa", "LiMe-000003.thisnode.info"));
    }

    @Test
    void reverseNamesOfPrivateNetworksAreNeverAskedUpstream() {
        assertThat(TABLE.lookup("99.7.13.10.in-addr.arpa")).isEqualTo(new Meaning.Nothing("10.in-addr.arpa"));
        assertThat(TABLE.lookup("1.1.168.192.in-addr.arpa")).isEqualTo(new Meaning.Nothing("192.in-addr.arpa"));
        assertThat(TABLE.lookup("13.10.in-addr.arpa")).as("exists, has no name")
                .isEqualTo(new Meaning.Host("10.in-addr.arpa", false, List.of(), List.of()));
        assertThat(TABLE.lookup("9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.c.8.6.4.e.f.d.0.d.f.ip6.arpa"))
                .isEqualTo(new Meaning.Nothing("d.f.ip6.arpa"));
        for (String foreign : List.of("8.8.8.8.in-addr.arpa", "8.in-addr.arpa", "1.2.3.4.5.in-addr.arpa",
                "256.7.13.10.in-addr.arpa", "x.10.in-addr.arpa", ".in-addr.arpa", "1.0.0.2.ip6.arpa", "zz.d.f.ip6.arpa")) {
            assertThat(TABLE.lookup(foreign)).as(foreign).isInstanceOf(Meaning.Foreign.class);
        }
    }

    @Test
    void otherCloudsMayAskForThisCloudsNamesOnly() {
        assertThat(TABLE.isPublic(TABLE.lookup("phone2.thisnode.info"))).isTrue();
        assertThat(TABLE.isPublic(TABLE.lookup("nobody.thisnode.info"))).isTrue();
        assertThat(TABLE.isPublic(TABLE.lookup("phone2"))).isFalse();
        assertThat(TABLE.isPublic(TABLE.lookup("example.org"))).isFalse();
        assertThat(TABLE.isPublic(TABLE.lookup("escuela.lan"))).isFalse();
    }
}
