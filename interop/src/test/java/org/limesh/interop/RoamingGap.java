package org.limesh.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Longest silence at a receiver while the sender of a TCP stream is moved from one bridge to another.
 *
 * @param longestGapMs  largest time between two segments with data, as captured at the receiver
 * @param segments      segments with data that arrived
 * @param afterTheMove  those of them that arrived later than one second after the move: the session lives
 */
record RoamingGap(double longestGapMs, long segments, long afterTheMove) {
    private static final int PORT = 5201;
    private static final long SETTLED_NS = 1_000_000_000L;
    /** Segments that have to come later than that: the session lives. A thousand come per second. */
    private static final int AFTERWARDS = 200;
    private static final int ETHERNET_IPV4_TCP_OCTETS = 14 + 20 + 20;

    /** A client's cable: its far end is a port of {@code bridge} in {@code from} and moves to {@code to}. */
    record Walk(Netns client, String clientDevice, String port, Netns from, Netns to, String bridge) {
        /** Moves the port and lets the client announce itself, as a device does that joins an access point. */
        void go() throws Exception {
            String address = client.address4(clientDevice);
            Shell.run("sh", "-c", "ip -n %s link set %s netns %s && ip -n %s link set %s up master %s"
                    .formatted(from.name(), port, to.name(), to.name(), port, bridge)
                    + " && ip netns exec %s busybox arping -U -c 1 -w 1 -I %s %s || true"
                    .formatted(client.name(), clientDevice, address));
        }
    }

    /** Which way the data flow. */
    enum Direction { FROM_THE_WALKER, TO_THE_WALKER }

    static RoamingGap measure(Walk walk, Netns peer, String peerDevice, Direction direction, Path directory)
            throws Exception {
        String target = peer.address4(peerDevice);
        String walkerAddress = walk.client.address4(walk.clientDevice);
        // A radio keeps its ARP table when it changes the access point; pulling a cable empties it, and a question
        // asked into the unplugged cable is repeated after a second only.
        walk.client.run("ip", "neigh", "replace", target, "lladdr", peer.macOf(peerDevice), "nud", "permanent",
                "dev", walk.clientDevice);
        boolean toPeer = direction == Direction.FROM_THE_WALKER;
        byte[] source = InetAddress.getByName(toPeer ? walkerAddress : target).getAddress();
        Process server = peer.start(directory.resolve("iperf3-server.log"), List.of("iperf3", "-s", "-1"));
        Wait.until("iperf3 listens", Duration.ofSeconds(30),
                () -> peer.run("ss", "-ltn").contains(":" + PORT));
        try (Capture capture = Capture.start(toPeer ? peer : walk.client, toPeer ? peerDevice : walk.clientDevice,
                directory.resolve(direction + ".pcap"), "tcp port " + PORT, "-s", "96")) {
            Path log = directory.resolve("iperf3-client.log");
            Process stream = walk.client.start(log, List.of("iperf3", "-c", target, "-t", "120", "-i", "1",
                    // Small blocks: one of the usual 128 KiB would be sent every 125 ms only.
                    "-b", "8M", "-l", "1000", toPeer ? "-4" : "-R"));
            Wait.until("the stream runs", Duration.ofSeconds(30), () -> data(capture, source).size() > 500,
                    () -> Files.readString(log));
            long moveNs = System.currentTimeMillis() * 1_000_000L;
            walk.go();
            long laterNs = System.currentTimeMillis() * 1_000_000L + SETTLED_NS;
            Wait.until("the stream goes on after the move", Duration.ofSeconds(50),
                    () -> data(capture, source).stream().filter(timeNs -> timeNs > laterNs).count() > AFTERWARDS,
                    () -> Files.readString(log));
            // What comes now is the end of the session, and may wait for a last answer.
            List<Long> times = data(capture, source);
            stream.destroy();
            stream.waitFor();
            double longestMs = 0;
            for (int i = 1; i < times.size(); i++) {
                longestMs = Math.max(longestMs, (times.get(i) - times.get(i - 1)) / 1e6);
            }
            return new RoamingGap(longestMs, times.size(),
                    times.stream().filter(timeNs -> timeNs > moveNs + 1_000_000_000L).count());
        } finally {
            server.destroy();
            walk.client.run("ip", "neigh", "del", target, "dev", walk.clientDevice);
        }
    }

    /** When segments of this IPv4 source with data in them arrived. */
    private static List<Long> data(Capture capture, byte[] source) throws Exception {
        return capture.frames().stream()
                .filter(frame -> frame.octets().length > ETHERNET_IPV4_TCP_OCTETS
                        && java.util.Arrays.equals(frame.octets(), 26, 30, source, 0, 4)
                        && ipLength(frame.octets()) - 20 - tcpHeader(frame.octets()) > 0)
                .map(Capture.Captured::timeNs).toList();
    }

    private static int ipLength(byte[] octets) {
        return (octets[16] & 0xff) << 8 | octets[17] & 0xff;
    }

    private static int tcpHeader(byte[] octets) {
        return (octets[46] >>> 4 & 15) * 4;
    }
}
