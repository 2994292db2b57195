package org.limesh.linux.reconcile;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MadeTest {
    @Test
    void namesNoFileButASettingOfTheNetwork() {
        for (String path : new String[] {"../../etc/passwd", "net/ipv4/../../../etc/passwd",
                "kernel/core_pattern",
            "/etc/passwd", "net/ipv4/a;b"}) {
            assertThatThrownBy(() -> Made.parse("sysctl " + path + " 0")).as(path)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aLineThatIsCutShortIsNone() {
        for (String line : new String[] {"", "link", "mtu eth0", "mtu eth0 1x",
                "route4 10.13.0.0/16 eth0 170", "unknown x"}) {
            assertThatThrownBy(() -> Made.parse(line)).as(line).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
