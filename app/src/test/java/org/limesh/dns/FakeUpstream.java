package org.limesh.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.Message;

/** Another DNS server, on loopback, that answers what a test wants. */
final class FakeUpstream implements AutoCloseable {
    /** @return messages to send, in this order; none for silence */
    interface Script {
        List<Message> answers(Message question, boolean tcp) throws IOException;
    }

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Script script;
    /** What it was asked. */
    final List<Message> asked = new CopyOnWriteArrayList<>();
    final List<InetAddress> askers = new CopyOnWriteArrayList<>();
    final List<Integer> ports = new CopyOnWriteArrayList<>();

    /** @param port 0 for any */
    FakeUpstream(String address, int port, Script script) throws IOException {
        this.script = script;
        this.udp = new DatagramSocket(port, InetAddress.getByName(address));
        this.tcp = new ServerSocket(udp.getLocalPort(), 5, InetAddress.getByName(address));
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    int port() {
        return udp.getLocalPort();
    }

    private void serveUdp() {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
                udp.receive(packet);
                Message question = new Message(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
                asked.add(question);
                askers.add(packet.getAddress());
                ports.add(packet.getPort());
                for (Message answer : script.answers(question, false)) {
                    byte[] octets = answer.toWire();
                    udp.send(new DatagramPacket(octets, octets.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serveTcp() {
        while (!tcp.isClosed()) {
            try (Socket socket = tcp.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                Message question = new Message(in.readNBytes(in.readUnsignedShort()));
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                for (Message answer : script.answers(question, true)) {
                    byte[] octets = answer.toWire();
                    out.writeShort(octets.length);
                    out.write(octets);
                }
            } catch (IOException closed) {
                continue;
            }
        }
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
