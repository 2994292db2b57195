package org.limesh.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.limesh.linux.ffi.HostException;
import org.limesh.node.NodeSecrets;

class KeyFileTest {
    @TempDir
    Path directory;
    private final List<String> warnings = new ArrayList<>();

    private KeyFile file() {
        return new KeyFile(directory, warnings::add);
    }

    private Path key() {
        return directory.resolve("rsa.der");
    }

    @Test
    void readsWhomTheNodeTrusts() throws Exception {
        assertThat(file().secrets().trusted()).isNull();
        Path trusted = Files.createDirectory(directory.resolve("trustedNodes"));
        Files.createFile(trusted.resolve("3E".repeat(28)));
        Files.createFile(trusted.resolve("plaza"));
        NodeSecrets secrets = file().secrets();
        assertThat(secrets.trusted().trusts()).hasSize(1);
        assertThat(secrets.trusted().problems().getFirst()).contains("'plaza'", "node id");
        assertThat(secrets.withLastDescSqn(7).trusted()).isEqualTo(secrets.trusted());
    }

    @Test
    void keepsKeyAndNumberOverARestart() throws Exception {
        NodeSecrets first = file().secrets();
        assertThat(first.lastDescSqn()).isZero();
        assertThat(first.nodeKey().publicKey().modulus().bitLength()).isEqualTo(2048);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key())))
                .isEqualTo("rw-------");
        file().keep(111);
        file().keep(-1);

        NodeSecrets second = file().secrets();
        assertThat(second.nodeKey()).isEqualTo(first.nodeKey());
        assertThat(Integer.toUnsignedString(second.lastDescSqn())).isEqualTo("4294967295");
        assertThat(warnings).isEmpty();
        assertThat(directory).isDirectoryNotContaining(path -> path.toString().endsWith(".new"));
    }

    @Test
    void isADerFileThatOthersRead() throws Exception {
        file().secrets();
        Process openssl;
        try {
            openssl = new ProcessBuilder("openssl", "rsa", "-inform", "DER", "-in", key().toString(),
                    "-check", "-noout")
                    .redirectErrorStream(true).start();
        } catch (java.io.IOException absent) {
            org.junit.jupiter.api.Assumptions.abort("skipped: openssl not found");
            return;
        }
        assertThat(new String(openssl.getInputStream().readAllBytes())).contains("RSA key ok");
        assertThat(openssl.waitFor()).isZero();
    }

    @Test
    void warnsWhenOthersMayReadTheKey() throws Exception {
        file().secrets();
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-r--r--"));
        file().secrets();
        assertThat(warnings).singleElement().asString().contains("whoever reads it can be this node")
                .contains("chmod 600");
    }

    @Test
    void saysWhatIsWrongWithAKeyAndNeverReplacesIt() throws Exception {
        file().secrets();
        byte[] good = Files.readAllBytes(key());
        byte[] swapped = good.clone();
        swapped[40] ^= 1;
        for (byte[] wrong : List.of(new byte[0], "-----BEGIN RSA PRIVATE KEY-----".getBytes(),
                Arrays.copyOf(good, 600), new byte[20_000], swapped)) {
            Files.write(key(), wrong);
            assertThatThrownBy(() -> file().secrets()).isInstanceOf(HostException.class)
                    .hasMessageContaining(key().toString())
                    .hasMessageContaining("to become a new node instead: mv");
            assertThat(Files.readAllBytes(key())).isEqualTo(wrong);
        }
        Files.delete(key());
        Files.createDirectory(key());
        assertThatThrownBy(() -> file().secrets()).isInstanceOf(HostException.class)
                .hasMessageContaining("rsa.der");
    }

    @Test
    void saysWhatIsWrongWithTheNumber() throws Exception {
        file().secrets();
        for (String wrong : List.of("", "12a", "99999999999", "4294967296", "-3")) {
            Files.writeString(directory.resolve("descSqn"), wrong);
            assertThatThrownBy(() -> file().secrets()).as(wrong).isInstanceOf(HostException.class)
                    .hasMessageContaining("number of the node's last description");
        }
        Files.writeString(directory.resolve("descSqn"), "112\n");
        assertThat(file().secrets().lastDescSqn()).isEqualTo(112);
    }

    @Test
    void livesInMemoryWithoutADirectoryAndSaysSo() {
        KeyFile none = new KeyFile(null, warnings::add);
        assertThat(none.secrets().nodeKey()).isNotNull();
        none.keep(5);
        assertThat(warnings).singleElement().asString().contains("another node each time");
    }
}
