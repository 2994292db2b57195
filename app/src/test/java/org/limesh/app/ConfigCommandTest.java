package org.limesh.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ConfigCommandTest {
    private static final String COMMUNITY = """
            config lime system
            	option domain 'plaza.net'

            config lime network
            	list protocols 'batadv:%N1'
            	list protocols 'bmx6:13'
            	list protocols 'lan'

            config lime wifi
            	option ap_sssid 'Plaza'
            	option channel_2ghz '11'
            """;

    @TempDir
    Path directory;

    private StringWriter out;
    private StringWriter err;

    @BeforeEach
    void writeFiles() throws IOException {
        Files.writeString(directory.resolve("lime-community"), COMMUNITY);
        Files.writeString(directory.resolve("lime-02cafe123456"),
                "config lime system\n option hostname plaza-tower\n");
        Files.writeString(directory.resolve("lime-02cafe999999"),
                "config lime system\n option hostname other\n");
        Files.writeString(directory.resolve("lime-autogen"), "config lime system\n option hostname generated\n");
        Files.writeString(directory.resolve("network"), "not ours");
    }

    private int run(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        return new CommandLine(new ConfigCommand()).setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true)).execute(arguments);
    }

    @Test
    void showsEffectiveValuesWithTheirOrigin() {
        assertThat(run("show", "--origin", "--config", directory.toString(), "--mac",
                "02:ca:fe:12:34:56")).isZero();
        assertThat(out.toString().lines().map(line -> line.replaceAll(" +# ", " # ")))
                .contains("lime.system=lime",
                        "lime.system.hostname='plaza-tower' # lime-02cafe123456:2",
                        "lime.system.domain='plaza.net' # lime-community:2",
                        "lime.network.protocols='batadv:%N1' 'bmx6:13' 'lan' # lime-community:5-7",
                        "lime.network.anygw_dhcp_start='2' # built-in:13");
    }

    @Test
    void checksEveryFileInOneRunAndCountsWhatItFound() {
        assertThat(run("check", "--config", directory.toString(), "--mac", "02:ca:fe:12:34:56")).isZero();
        assertThat(out.toString()).isEqualTo("""
                warning: lime-community:6: protocol 'bmx6' is not spoken here; bmx7 on VLAN 18 is used instead.
                  Nodes that speak only bmx6 will not be reached. Say 'list protocols bmx7:18' to silence this.
                warning: lime-community:10: unknown option 'ap_sssid' in section wifi (did you mean 'ap_ssid'?); kept, not used
                read: lime-community lime-02cafe123456
                0 errors, 2 warnings, 1 notes (-v shows them)
                """);
        run("check", "-v", "--config", directory.toString(), "--mac", "02:ca:fe:12:34:56");
        assertThat(out.toString()).contains(
                "note: lime-community:11: option 'channel_2ghz' in section wifi is understood and not ours: kept, not used");
    }

    @Test
    void aWrongFileIsExitCode2() throws IOException {
        Files.writeString(directory.resolve("lime-node"), "config lime network\n\toption anygw_mac 'no'\nfoo\n"
                + "\tlist protocols 'anygw'\n");
        assertThat(run("check", "--config", directory.toString(), "--mac", "02:ca:fe:12:34:56")).isEqualTo(2);
        assertThat(out.toString()).contains("error: lime-node:2:19: 'anygw_mac' is 'no': not a MAC address")
                .contains("error: lime-node:3:1: 'foo' is not a command");
        assertThat(run("check", "--config", directory + "/nosuch")).isEqualTo(2);
        assertThat(err.toString()).isEqualTo("error: no such file or directory: " + directory + "/nosuch\n");
    }

    @Test
    void anAutogenFileReadsBackAsTheSameConfiguration() throws IOException {
        assertThat(run("show", "--config", directory.toString())).isZero();
        String shown = out.toString();
        run("show", "--autogen", "--config", directory.toString());
        Path copy = Files.createDirectory(directory.resolve("copy"));
        Files.writeString(copy.resolve("lime-node"), out.toString());
        run("show", "--config", copy.toString());
        assertThat(out.toString()).isEqualTo(shown);
    }

    @Test
    void importsOnlyTheLimeFilesOfEveryKindOfArchive() throws IOException {
        Path tar = directory.resolve("b.tar");
        Path tarGz = directory.resolve("b.tar.gz");
        Path zip = directory.resolve("b.zip");
        Files.write(tar, tar("./etc/config/lime-node", "../../etc/config/lime-community",
                "etc/config/network"));
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(tarGz))) {
            gzip.write(Files.readAllBytes(tar));
        }
        try (ZipOutputStream entries = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String name : List.of("p/etc/config/lime-node", "p/etc/config/lime-community", "p/README")) {
                entries.putNextEntry(new ZipEntry(name));
                entries.write(COMMUNITY.getBytes(StandardCharsets.UTF_8));
            }
        }
        for (Path archive : List.of(tar, tarGz, zip)) {
            Path to = directory.resolve("to-" + archive.getFileName());
            assertThat(run("import", archive.toString(), "--to", to.toString())).as(err.toString()).isZero();
            assertThat(to.toFile().list()).containsExactlyInAnyOrder("lime-community", "lime-node");
            assertThat(to.resolve("lime-community")).hasContent(COMMUNITY);
        }
    }

    private static byte[] tar(String... names) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(octets)) {
            for (String name : names) {
                byte[] content = COMMUNITY.getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return octets.toByteArray();
    }

    @Test
    void doesNotChooseAmongSeveralProfiles() throws IOException {
        for (String profile : List.of("a", "b")) {
            Path config = Files.createDirectories(directory.resolve("profiles/" + profile + "/etc/config"));
            Files.writeString(config.resolve("lime-community"), COMMUNITY);
        }
        assertThat(run("import", directory.resolve("profiles").toString(), "--to", directory
                + "/to")).isEqualTo(2);
        assertThat(err.toString()).contains("holds 2 files lime-community: ").contains("Import one of the profiles.");
        assertThat(directory.resolve("to")).doesNotExist();
        assertThat(run("import", directory.resolve("profiles/a").toString(), "--to", directory
                + "/to")).isZero();
    }

    @Test
    void doesNotReplaceADifferentFileUnasked() throws IOException {
        Path to = Files.createDirectory(directory.resolve("to"));
        Files.writeString(to.resolve("lime-community"), "# mine\n");
        Path from = Files.createDirectory(directory.resolve("from"));
        Files.writeString(from.resolve("lime-community"), COMMUNITY);
        assertThat(run("import", from.toString(), "--to", to.toString())).isEqualTo(2);
        assertThat(to.resolve("lime-community")).hasContent("# mine");
        assertThat(run("import", from.toString(), "--to", to.toString(), "--force")).isZero();
        assertThat(to.resolve("lime-community")).hasContent(COMMUNITY);
    }

    @Test
    void writesNothingOfABrokenFile() throws IOException {
        Path from = Files.createDirectory(directory.resolve("from"));
        Files.writeString(from.resolve("lime-community"), "config lime 'wifi\n");
        assertThat(run("import", from.toString(), "--to", directory + "/to")).isEqualTo(2);
        assertThat(err.toString()).contains("error: lime-community:1:13: the quote ' is never closed");
        assertThat(directory.resolve("to")).doesNotExist();
    }

    @Test
    void saysWhatWasMissingInSomethingElse() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "hello");
        assertThat(run("import", text.toString())).isEqualTo(2);
        assertThat(err.toString()).startsWith("error: ");
        assertThat(run("import", Files.createDirectory(directory.resolve("none")).toString())).isEqualTo(2);
        assertThat(err.toString()).contains("holds none of lime-defaults, lime-community, lime-<mac>, lime-node");
    }
}
