package org.limesh.lab.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.limesh.base.Frame;
import org.limesh.base.Ip4Address;
import org.limesh.base.Ip6Address;
import org.limesh.base.MacAddress;
import org.limesh.packet.Icmpv4;

class PcapngWriterTest {
    /** 2026-01-02 03:04:05.123456789 UTC. */
    private static final long TIME_NS = 1_767_323_045_123_456_789L;
    private static final Frame OGM = Frame.wrap(HexFormat.of().parseHex("ffffffffffff02cafe0000014305"
            + "000f3200" + "00000007" + "02cafe000001" + "02cafe000001" + "00" + "e1" + "0000"));
    private static final Frame PING = Icmpv4.echoRequest(0x02aa_0000_0002L, 0x02aa_0000_0001L,
            Ip4Address.parse("10.13.0.2").bits(), Ip4Address.parse("10.13.0.3").bits(), 5, 1, 1);

    @TempDir
    private Path folder;

    private static byte[] capture() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PcapngWriter writer = new PcapngWriter(out, "limesh test", false);
        int mesh = writer.addInterface("plaza/wlan0-mesh_29", "radio of plaza");
        writer.names(List.of(
                new PcapngWriter.Name.Ip4(Ip4Address.parse("10.13.0.2"), "phone-of-ana"),
                new PcapngWriter.Name.Ip6(Ip6Address.parse("fd0d::1"), "anygw"),
                new PcapngWriter.Name.Mac(MacAddress.parse("02:ca:fe:00:00:01"), "plaza_wlan0")));
        writer.packet(mesh, TIME_NS, PcapngWriter.Direction.OUT, OGM, "lost: radio");
        int lan = writer.addInterface("well/eth1", "");
        writer.packet(lan, TIME_NS + 1, PcapngWriter.Direction.IN, PING, "");
        writer.statistics(mesh, TIME_NS + 2, 2, 1);
        writer.statistics(lan, TIME_NS + 2, 1, 0);
        return out.toByteArray();
    }

    @Test
    void writesBlocksWhoseLengthsAgree() throws IOException {
        ByteBuffer file = ByteBuffer.wrap(capture()).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> types = new ArrayList<>();
        int at = 0;
        while (at < file.capacity()) {
            types.add(file.getInt(at));
            int length = file.getInt(at + 4);
            assertThat(length % 4).isZero();
            assertThat(file.getInt(at + length - 4)).isEqualTo(length);
            at += length;
        }
        assertThat(types).containsExactly(0x0a0d0d0a, 1, 4, 6, 1, 6, 5, 5);
    }

    @Test
    void flushesEachPacketForALiveReader() throws IOException {
        int[] flushed = {0};
        PcapngWriter writer = new PcapngWriter(new OutputStream() {
            @Override
            public void write(int octet) {}

            @Override
            public void flush() {
                flushed[0]++;
            }
        }, "limesh", true);
        int number = writer.addInterface("a/b", "");
        int before = flushed[0];
        writer.packet(number, TIME_NS, PcapngWriter.Direction.UNKNOWN, PING, "");
        assertThat(flushed[0]).isEqualTo(before + 1);
    }

    @Test
    void refusesPacketsOfUnknownInterfaces() throws IOException {
        PcapngWriter writer = new PcapngWriter(OutputStream.nullOutputStream(), "limesh", false);
        assertThatThrownBy(() -> writer.packet(0, TIME_NS, PcapngWriter.Direction.IN, PING, ""))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("interface 0");
    }

    @Test
    void takesTheLargestFrameAndCutsEndlessComments() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PcapngWriter writer = new PcapngWriter(out, "limesh", false);
        int number = writer.addInterface("a/b", "");
        writer.packet(number, TIME_NS, PcapngWriter.Direction.IN, Frame.allocate(65_550), "é".repeat(100_000));
        assertThat(out.size()).isBetween(65_550, 65_550 + 5000);
    }

    @Test
    void opensInWiresharkWithMeshFramesDissected() throws Exception {
        assumeTrue(hasTshark(), "tshark is not installed");
        Path file = folder.resolve("lab.pcapng");
        Files.write(file, capture());
        assertThat(tshark(file, "-Y", "batadv", "-e", "batadv.iv_ogm.tq", "-e", "batadv.iv_ogm.ttl", "-e",
                "frame.interface_name", "-e", "frame.comment", "-e", "frame.time_epoch"))
                .containsExactly("225\t50\tplaza/wlan0-mesh_29\tlost: radio\t1767323045.123456789");
        assertThat(tshark(file, "-Y", "icmp", "-e", "icmp.ident", "-e", "frame.interface_name", "-e",
                "frame.packet_flags_direction", "-e", "ip.src_host"))
                .containsExactly("5\twell/eth1\t0x00000001\tphone-of-ana");
    }

    private static boolean hasTshark() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(entry -> Files.isExecutable(Path.of(entry, "tshark")));
    }

    private static List<String> tshark(Path file, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tshark", "-N", "n", "-r", file.toString(), "-T", "fields"));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit of tshark").isZero();
        return text.lines().toList();
    }
}
