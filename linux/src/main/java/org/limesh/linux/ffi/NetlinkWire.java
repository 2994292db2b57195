package org.limesh.linux.ffi;

/** What messages to the kernel go through: a socket, or something that only writes them down. */
public interface NetlinkWire extends AutoCloseable {
    void send(byte[] message);

    /** One packet of messages. */
    byte[] receive();

    @Override
    void close();
}
