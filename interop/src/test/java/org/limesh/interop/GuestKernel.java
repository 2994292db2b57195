package org.limesh.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.HexFormat;
import org.limesh.linux.ffi.NetlinkWire;

/**
 * The guest's kernel in place of ours: what our netlink code says is said there, octet for octet, and the answers
 * come back. So our code is tried on devices that the running kernel may lack.
 */
final class GuestKernel implements NetlinkWire {
    /** Sends one message; prints packets until the one with the answer or the end of the list. */
    private static final String ASK = """
            perl -e 'socket(S, 16, 3, 0) or die $!;
            send(S, pack("H*", $ARGV[0]), 0, pack("SSLL", 16, 0, 0, 0)) or die $!;
            for (;;) {
                defined recv(S, $packet, 262144, 0) or die $!;
                print unpack("H*", $packet), "\\n";
                for ($at = 0; $at + 16 <= length $packet; $at += ($length + 3) & ~3) {
                    ($length, $type) = unpack("LS", substr($packet, $at));
                    exit if $type == 2 || $type == 3;
                }
            }' %s
            """;

    private final Guest guest;
    private final ArrayDeque<byte[]> answers = new ArrayDeque<>();

    GuestKernel(Guest guest) {
        this.guest = guest;
    }

    @Override
    public void send(byte[] message) {
        try {
            guest.run(ASK.formatted(HexFormat.of().formatHex(message))).lines()
                    .forEach(line -> answers.add(HexFormat.of().parseHex(line)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte[] receive() {
        return answers.remove();
    }

    @Override
    public void close() {}
}
