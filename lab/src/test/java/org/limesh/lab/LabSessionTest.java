package org.limesh.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.limesh.lab.api.CaptureFilter;
import org.limesh.lab.api.CapturedFrame;
import org.limesh.lab.api.LabControl;
import org.limesh.lab.api.World;
import org.limesh.lab.scenario.ScenarioReader;

class LabSessionTest {
    private static final long SECOND = 1_000_000_000L;

    private static LabSession start(LabSession.Start start) throws IOException, Laboratory.Unbuildable {
        try (InputStream text = LabSessionTest.class.getResourceAsStream("living-cloud.lab.yaml")) {
            ScenarioReader.Result read = ScenarioReader.read("living-cloud.lab.yaml", Path.of("."),
                    new String(text.readAllBytes(), StandardCharsets.UTF_8));
            assertThat(read.problems()).isEmpty();
            return LabSession.start(read.scenario(), "test", start);
        }
    }

    /** Waits for the other thread; a condition that never comes true fails the test. */
    private static void await(BooleanSupplier condition) throws InterruptedException {
        long giveUpNs = System.nanoTime() + 120 * SECOND;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 120 s in vain").isLessThan(giveUpNs);
            Thread.sleep(5);
        }
    }

    private static World.ClientView client(LabSession session, String name) {
        return session.world().findClient(name).orElseThrow();
    }

    @Test
    void isConvergedBeforeAnybodyLooks() throws Exception {
        try (LabSession session = start(LabSession.Start.CONVERGED)) {
            await(() -> session.convergedNs() > 0);
            await(() -> session.world().convergedNs() > 0);
            World world = session.world();
            assertThat(world.nodes()).hasSize(14);
            assertThat(world.clouds()).hasSize(1);
            assertThat(world.clients()).hasSize(6).allMatch(client -> client.address() != null);
            assertThat(world.links()).isNotEmpty().allMatch(link -> link.tqThere() > 0 && link.tqBack() > 0);
            assertThat(session.convergedClouds()).isEqualTo(1);
            assertThat(session.node("plaza").orElseThrow().batadv().originators()).isNotEmpty();
            assertThat(session.node("nowhere")).isEmpty();
        }
    }

    @Test
    void standsStillAndGoesOneStep() throws Exception {
        try (LabSession session = start(new LabSession.Start(2 * SECOND, false, true))) {
            await(() -> session.world().timeNs() == 2 * SECOND);
            LabControl control = session.control().orElseThrow();
            control.step(SECOND);
            await(() -> session.world().timeNs() == 3 * SECOND);
            assertThat(session.world().clock().running()).isFalse();
            control.speed(0);
            control.resume();
            await(() -> session.world().timeNs() > 30 * SECOND);
            control.pause();
            await(() -> !session.world().clock().running());
        }
    }

    @Test
    void roamsFailsAndHealsOnCommand() throws Exception {
        try (LabSession session = start(LabSession.Start.CONVERGED)) {
            await(() -> session.convergedNs() > 0);
            LabControl control = session.control().orElseThrow();
            control.speed(10);
            control.roam("ana", "norte");
            await(() -> "norte".equals(client(session, "ana").node())
                    && client(session, "ana").longestGapNs() > 0);
            assertThat(client(session, "ana").nodeBefore()).isEqualTo("plaza");
            control.fail("sur");
            control.fail("link mercado-plaza");
            await(() -> session.world().nodes().stream().anyMatch(node -> node.name().equals("sur")
                    && !node.up()));
            assertThat(session.world().links()).anyMatch(link -> !link.up());
            control.heal("all");
            await(() -> session.world().nodes().stream().allMatch(World.NodeView::up));
            assertThat(session.world().links()).allMatch(World.LinkView::up);
            assertThat(session.events().since(0, 10_000)).anyMatch(event -> event.kind().equals("lab.roam")
                    && event.text().equals("ana comes to norte"));
        }
    }

    @Test
    void refusesWhatCannotBeDone() throws Exception {
        try (LabSession session = start(new LabSession.Start(0, false, true))) {
            LabControl control = session.control().orElseThrow();
            assertThatThrownBy(() -> control.roam("anna", "norte"))
                    .hasMessage("'anna' is not a client (did you mean 'ana'?)");
            assertThatThrownBy(() -> control.fail("nort"))
                    .hasMessage("'nort' is not a node (did you mean 'norte'?)");
            assertThatThrownBy(() -> control.fail("link plaza-nort")).hasMessageContaining("is not a link");
            assertThatThrownBy(() -> control.speed(-1)).isInstanceOf(LabControl.Refused.class);
            assertThatThrownBy(() -> control.step(-1)).isInstanceOf(LabControl.Refused.class);
            assertThatThrownBy(() -> control.move("plaza", Double.NaN, 0))
                    .isInstanceOf(LabControl.Refused.class);
        }
    }

    @Test
    void showsFramesToCaptures() throws Exception {
        try (LabSession session = start(new LabSession.Start(20 * SECOND, false, false))) {
            List<CapturedFrame> frames = new CopyOnWriteArrayList<>();
            var all = session.capture(new CaptureFilter(List.of("plaza"), List.of()), frame -> {
                if (frames.size() < 500) {
                    frames.add(frame);
                }
            });
            session.control().orElseThrow().speed(0);
            await(() -> frames.size() >= 100);
            all.close();
            assertThat(frames).allMatch(frame -> frame.node().equals("plaza"));
            assertThat(frames).anyMatch(frame -> frame.iface().equals("wlan0-mesh_29")
                    && frame.direction() == CapturedFrame.Direction.OUT);
            assertThat(frames).anyMatch(frame -> frame.iface().equals("bat0"));
        }
    }

    @Test
    void keepsPaceAndNeverJumps() {
        RealTimePacer pacer = new RealTimePacer();
        pacer.anchor(0, 0);
        assertThat(pacer.targetNs(SECOND / 10, 0)).isEqualTo(SECOND / 10);
        pacer.setSpeed(2, SECOND / 10, SECOND / 10);
        assertThat(pacer.targetNs(2 * SECOND / 10, SECOND / 10)).isEqualTo(3 * SECOND / 10);
        // The machine slept for ten seconds: a quarter of a second is caught up, the rest is let go.
        assertThat(pacer.targetNs(10 * SECOND, 3 * SECOND / 10)).isEqualTo(8 * SECOND / 10);
        pacer.setSpeed(RealTimePacer.UNLIMITED, 0, 0);
        assertThat(pacer.targetNs(1, 0)).isEqualTo(Long.MAX_VALUE);
    }
}
