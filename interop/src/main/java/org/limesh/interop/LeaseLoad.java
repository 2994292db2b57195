package org.limesh.interop;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.limesh.base.Decoded;
import org.limesh.base.Ip4Address;
import org.limesh.base.MacAddress;
import org.limesh.packet.DhcpMessage;
import org.limesh.packet.DhcpOptions;

/**
 * A program of its own that plays so many new DHCP clients per second, each once, until it is ended. For every ACK it
 * prints {@code MAC ADDRESS} at once: what a client was promised is what it has heard.
 *
 * <p>Its interface needs some IPv4 address; servers must answer to all (the clients set the broadcast flag).
 */
public final class LeaseLoad {
    private static final int CLIENT_PORT = 68;
    private static final int SERVER_PORT = 67;
    private static final int LARGEST_OCTETS = 1500;
    private static final long FIRST_MAC = 0x0212_0000_0000L;

    private final DatagramSocket socket;
    private final InetAddress everybody = InetAddress.getByName("255.255.255.255");

    private LeaseLoad(DatagramSocket socket) throws IOException {
        this.socket = socket;
    }

    /**
     * Starts the program in a namespace.
     *
     * @param log takes the lines
     */
    public static Process start(Netns netns, int perSecond, java.nio.file.Path log) throws IOException {
        return netns.start(log, NodeProcess.java(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"),
                LeaseLoad.class.getName(), List.of(Integer.toString(perSecond))));
    }

    public static void main(String[] arguments) throws Exception {
        long gapNs = 1_000_000_000L / Integer.parseInt(arguments[0]);
        DatagramSocket socket = new DatagramSocket(null);
        socket.setReuseAddress(true);
        socket.setBroadcast(true);
        socket.bind(new InetSocketAddress(CLIENT_PORT));
        LeaseLoad load = new LeaseLoad(socket);
        Thread.ofPlatform().daemon().start(load::listen);
        long nextNs = System.nanoTime();
        for (int client = 0; ; client++) {
            load.send(new MacAddress(FIRST_MAC + client), client, DhcpMessage.DISCOVER, DhcpOptions.builder());
            nextNs += gapNs;
            LockSupport.parkNanos(nextNs - System.nanoTime());
        }
    }

    private void listen() {
        byte[] octets = new byte[LARGEST_OCTETS];
        while (true) {
            try {
                DatagramPacket packet = new DatagramPacket(octets, octets.length);
                socket.receive(packet);
                if (DhcpMessage.parse(octets, 0, packet.getLength()) instanceof Decoded.Valid<DhcpMessage>(var message)
                        && message.op() == DhcpMessage.BOOT_REPLY) {
                    onReply(message);
                }
            } catch (IOException broken) {
                System.out.println("error " + broken);
            }
        }
    }

    private void onReply(DhcpMessage message) throws IOException {
        if (message.type() == DhcpMessage.OFFER) {
            Ip4Address server = message.options().address(DhcpOptions.SERVER_ID);
            send(message.chaddr(), message.xid(), DhcpMessage.REQUEST, DhcpOptions.builder()
                    .put(DhcpOptions.SERVER_ID, server).put(DhcpOptions.REQUESTED_ADDRESS, message.yiaddr()));
        } else if (message.type() == DhcpMessage.ACK) {
            System.out.println(message.chaddr() + " " + message.yiaddr());
        }
    }

    private void send(MacAddress mac, int xid, int type, DhcpOptions.Builder more) throws IOException {
        DhcpOptions options = more.put8(DhcpOptions.MESSAGE_TYPE, type).build();
        byte[] octets = new DhcpMessage(DhcpMessage.BOOT_REQUEST, 0, xid, 0, true, Ip4Address.ANY, Ip4Address.ANY,
                Ip4Address.ANY, Ip4Address.ANY, mac, options).emit();
        try {
            socket.send(new DatagramPacket(octets, octets.length, everybody, SERVER_PORT));
        } catch (IOException down) {
            System.out.println("error " + down);
        }
    }
}
