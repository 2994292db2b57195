package org.limesh.linux;

import java.util.Arrays;
import org.limesh.base.Octets;
import org.limesh.gateway.Probe;
import org.limesh.linux.ffi.DeviceSocket;
import org.limesh.packet.Checksum;

/**
 * ICMP echo.
 *
 * <pre>
 *  octet  0        1     2..3      4..5  6..7    8..15
 *         type 8   code  checksum  id    number  time
 * </pre>
 */
final class PingQuestion {
    private static final int ECHO_OCTETS = 16;
    private static final int REQUEST = 8;
    private static final int REPLY = 0;
    private static final int CHECKSUM = 2;
    private static final int ID = 4;
    private static final int DATA = 8;
    private static final int MAX_OCTETS = 256;

    private PingQuestion() {}

    static ProbeAnswer ask(Probe.Ping ping, Patience patience) {
        try (DeviceSocket socket = DeviceSocket.icmp(ping.device())) {
            int connected = socket.connect(ping.target(), 0, patience.leftMs());
            if (connected < 0) {
                return ProbeAnswer.failed(connected, patience);
            }
            byte[] echo = new byte[ECHO_OCTETS];
            echo[0] = REQUEST;
            // All that may come from this target is seen here, also answers to the pings of others.
            Octets.put32(echo, ID, ping.id() * 0x9e37_79b1);
            Octets.put32(echo, DATA, (int) System.nanoTime());
            Octets.put16(echo, CHECKSUM, Checksum.of(echo, 0, ECHO_OCTETS));
            int sent = socket.send(echo);
            return sent < 0 ? ProbeAnswer.failed(sent, patience) : await(socket, echo, patience);
        }
    }

    private static ProbeAnswer await(DeviceSocket socket, byte[] echo, Patience patience) {
        byte[] packet = new byte[MAX_OCTETS];
        while (patience.leftMs() > 0) {
            int octets = socket.receive(packet, 0, patience.leftMs());
            if (octets < 0) {
                return ProbeAnswer.failed(octets, patience);
            }
            int at = octets == 0 ? 0 : (packet[0] & 15) * 4;
            if (octets >= at + ECHO_OCTETS && packet[at] == REPLY
                    && Arrays.equals(packet, at + ID, at + ECHO_OCTETS, echo, ID, ECHO_OCTETS)) {
                return ProbeAnswer.good("answers");
            }
        }
        return ProbeAnswer.silent("no answer in " + patience.text());
    }
}
