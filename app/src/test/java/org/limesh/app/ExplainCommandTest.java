package org.limesh.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExplainCommandTest {
    /** Keeps the tests away from the files of the machine they run on. */
    @TempDir
    Path empty;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "--config";
        all[1] = empty.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return new CommandLine(new ExplainCommand()).setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true)).execute(all);
    }

    @Test
    void explainsTheDefaultCloudInTheseWords() {
        assertThat(run("--ssid", "LibreMesh.org", "--mac", "02:ca:fe:12:34:56")).isZero();
        assertThat(out.toString()).isEqualTo("""
                ap_ssid  "LibreMesh.org" + line feed -> MD5 0dfe468ce88af015db6dad8c28e1479f
                  N1..N6     0d fe 46 8c e8 8a
                  VLAN       batman-adv 29 = 29 + ((N1 13 - 13) mod 256), 802.1ad        bmx7 18      babeld 17
                  IPv4       10.13.0.0/16      this node 10.13.52.86     = last bytes of the MAC 34 56
                  IPv6       fd0d:fe46:8ce8::/64   this node fd0d:fe46:8ce8::12:3456
                  anycast    10.13.0.1   fd0d:fe46:8ce8::1   aa:aa:aa:0d:fe:aa
                  layer 3    bmx7 on br-lan untagged, and on VLAN 18 of every mesh device
                  names      host LiMe-123456   AP "LibreMesh.org"   named AP "LibreMesh.org/LiMe-123456"   file lime-02cafe123456
                """);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void saysWhoIsToldOfLeasesBesides() throws java.io.IOException {
        java.nio.file.Files.writeString(empty.resolve("lime-node"), "config lime network\n option limesh_shared_state 1\n");
        java.nio.file.Files.writeString(empty.resolve("shared-state"), "config shared-state 'options'\n"
                + " list candidates 'http://10.13.0.2/cgi-bin/shared-state/'\n list candidates 'ftp://x'\n");
        assertThat(run("--mac", "02:ca:fe:12:34:56")).isZero();
        assertThat(out.toString()).contains("  leases     told by A.L.F.R.E.D. and by shared-state, to neighbours and "
                + "http://10.13.0.2/cgi-bin/shared-state/\n");
        assertThat(err.toString()).contains("shared-state:3:").contains("'ftp://x' is left out");
    }

    @Test
    void showsTheSubstitutionOfATemplateStepByStep() {
        assertThat(run("--ssid", "LibreMesh.org", "--mac", "02:ca:fe:12:34:56", "--template",
                "10.%N1.%N2.0/24")).isZero();
        assertThat(out.toString()).endsWith("""
                template   10.%N1.%N2.0/24
                  %N1        13 = byte 1 of the cloud's identity, 0x0d
                  %N2        254 = byte 2 of the cloud's identity, 0xfe
                  filled in  10.13.254.0/24
                  own part   10.13.254.0 is the network address of /24, so the node's number is added: \
                0x123456 mod 2^8 = 86 -> 10.13.254.86
                  this node  10.13.254.86/24
                  anycast    10.13.254.1/24
                """);
    }

    @Test
    void refusesATemplateThatGivesNoAddress() {
        assertThat(run("--ssid", "x", "--mac", "02:ca:fe:12:34:56", "--template", "10.%N1.0.0")).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("error: --template '10.%N1.0.0': the mask is missing\n");
    }

    @Test
    void comparesCloudsWithoutKnowingAMac() {
        assertThat(run("--set", "network.primary_interface=nosuchdevice", "--compare", "LibreMesh.org",
                "guifi.net"))
                .isZero();
        assertThat(out.toString()).contains("\"guifi.net\"      2a   58    10.42.0.0/16   fd2a:7e8:7434::/64")
                .contains("clash      none").contains("0.4 % that at least two of 2 clouds");
    }

    @Test
    void namesTheCloudsThatClash() {
        assertThat(run("--mac", "02:ca:fe:12:34:56", "--ssid", "LibreMesh.org", "--compare",
                clashing())).isZero();
        assertThat(out.toString()).contains("clash      \"LibreMesh.org\" and \"" + clashing()
                + "\" share VLAN 29 and 10.13.0.0/16");
    }

    /** The first such name whose N1 is the default cloud's. */
    private static String clashing() {
        for (int i = 0; ; i++) {
            if (org.limesh.lime.Cloud.of("cloud" + i).batadvVlan() == 29) {
                return "cloud" + i;
            }
        }
    }

    @Test
    void printsOneJsonObject() {
        assertThat(run("--ssid", "LibreMesh.org", "--mac", "02:ca:fe:12:34:56", "--json")).isZero();
        JsonNode json = JsonMapper.builder().build().readTree(out.toString());
        assertThat(json.get("ipv4").asString()).isEqualTo("10.13.52.86/16");
        assertThat(json.get("batadv_vlan").asInt()).isEqualTo(29);
        assertThat(json.get("anycast").get("dhcp_last").asString()).isEqualTo("10.13.255.254");
        assertThat(json.get("n")).hasSize(6);
    }

    @Test
    void takesTheNameFromTheConfigurationAndReportsItsErrors() throws Exception {
        Files.writeString(empty.resolve("lime-community"), """
                config lime 'wifi'
                \toption ap_ssid 'Plaza'
                config lime 'network'
                    option main_ipv4_address '10.%N1.0.0'
                """);
        assertThat(run("--mac", "02:ca:fe:12:34:56")).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("""
                error: lime-community:4:30: 'main_ipv4_address' is '10.%N1.0.0': the mask is missing
                   4 |     option main_ipv4_address '10.%N1.0.0'
                     |                              ^^^^^^^^^^^^ write e.g. '10.%N1.0.0/16'
                """);
        assertThat(run("--mac", "02:ca:fe:12:34:56", "--set",
                "lime.network.main_ipv4_address=10.7.0.0/16")).isZero();
        assertThat(out.toString()).contains("ap_ssid  \"Plaza\"").contains("10.7.52.86");
    }

    @Test
    void refusesAWordThatIsNoMac() {
        assertThat(run("--ssid", "x", "--mac", "02:ca:fe")).isEqualTo(2);
        assertThat(err.toString()).contains("'02:ca:fe' is not a MAC address; write e.g. 02:ca:fe:12:34:56");
    }

    @Test
    void saysWhyANodeDoesNotGetTheAddressOfItsMac() {
        assertThat(run("--ssid", "LibreMesh.org", "--mac", "02:ca:fe:00:00:01", "--template",
                "fd%N1:%N2%N3:%N4%N5::/64")).isZero();
        assertThat(out.toString())
                .contains("this node 10.13.255.254   = highest host: the MAC asks for the anycast address")
                .endsWith("""
                        template   fd%N1:%N2%N3:%N4%N5::/64
                          %N1        0d = byte 1 of the cloud's identity, 0x0d
                          %N2        fe = byte 2 of the cloud's identity, 0xfe
                          %N3        46 = byte 3 of the cloud's identity, 0x46
                          %N4        8c = byte 4 of the cloud's identity, 0x8c
                          %N5        e8 = byte 5 of the cloud's identity, 0xe8
                          filled in  fd0d:fe46:8ce8::/64
                          own part   fd0d:fe46:8ce8:: is the network address of /64, so the last three bytes of \
                        the MAC are added -> fd0d:fe46:8ce8::1
                          reserved   that is the anycast address, so the highest host is taken \
                        (LibreMesh's own nodes keep it)
                          this node  fd0d:fe46:8ce8:0:ffff:ffff:ffff:ff7f/64
                          anycast    fd0d:fe46:8ce8::1/64
                        """);
    }

    @Test
    void saysWhenAConfiguredVlanOrAddressDoesNotFollowFromTheName() throws Exception {
        Files.writeString(empty.resolve("lime-node"), """
                config lime 'network'
                    option main_ipv4_address '10.0.2.1/16'
                    list protocols 'batadv:42:8021q'
                    list protocols 'bmx7:20'
                """);
        assertThat(run("--mac", "02:ca:fe:12:34:56")).isZero();
        assertThat(out.toString()).contains("batman-adv 42 as configured, 802.1q        bmx7 20      babeld 17")
                .contains("this node 10.0.2.1        = as written in main_ipv4_address")
                .contains("anycast    none (anygw is not among the protocols)");
    }

    @Test
    void helpShowsTheTemplatesAsTheyAreWritten() {
        assertThat(new CommandLine(new ExplainCommand()).getUsageMessage()).contains("'10.%N1.%N2.0/24'");
    }
}
