package org.limesh.linux.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServiceManagerTest {
    @Test
    void withoutASocketNobodyIsTold() {
        assertThat(ServiceManager.of(null, null).isThere()).isFalse();
        assertThat(ServiceManager.of("", "30000000").isThere()).isFalse();
        assertThat(ServiceManager.of("vsock:2:1234", null).isThere()).isFalse();
        assertThat(ServiceManager.of("/" + "x".repeat(200), null).isThere()).isFalse();
        ServiceManager.of(null, null).tell("READY=1");
    }

    @Test
    void livesWithAManagerThatWentAway() {
        ServiceManager.of("/nonexistent/notify", null).tell("READY=1");
        ServiceManager.of("@limesh-nobody-listens", null).tell("READY=1");
    }

    @Test
    void reportsTwiceWithinTheLimit() {
        assertThat(ServiceManager.of("/run/n", "4000000").intervalMs()).isEqualTo(2000);
        assertThat(ServiceManager.of("/run/n", "60000000").intervalMs()).isEqualTo(10_000);
        assertThat(ServiceManager.of("/run/n", "soon").intervalMs()).isEqualTo(10_000);
    }
}
