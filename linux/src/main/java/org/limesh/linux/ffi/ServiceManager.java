package org.limesh.linux.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * systemd, as far as a service of type {@code notify} talks to it. The JDK has no unix datagrams, hence here.
 * Any thread.
 *
 * @see <a href="https://www.freedesktop.org/software/systemd/man/sd_notify.html">sd_notify(3)</a>
 */
public final class ServiceManager {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int PATH_AT = 2;
    private static final int MAX_PATH_OCTETS = 107;
    private static final int DEFAULT_INTERVAL_MS = 10_000;

    private final byte[] path;
    private final int intervalMs;

    private ServiceManager(byte[] path, int intervalMs) {
        this.path = path;
        this.intervalMs = intervalMs;
    }

    /** As NOTIFY_SOCKET and WATCHDOG_USEC say; without them nothing is told. */
    public static ServiceManager ofEnvironment() {
        return of(System.getenv("NOTIFY_SOCKET"), System.getenv("WATCHDOG_USEC"));
    }

    static ServiceManager of(String socket, String watchdogUs) {
        byte[] path = socket == null ? new byte[0] : socket.getBytes(StandardCharsets.UTF_8);
        if (path.length == 0 || path.length > MAX_PATH_OCTETS || path[0] != '/' && path[0] != '@') {
            return new ServiceManager(null, DEFAULT_INTERVAL_MS);
        }
        if (path[0] == '@') {
            // The abstract name space: Linux marks it by a zero octet.
            path[0] = 0;
        }
        boolean watched = watchdogUs != null && watchdogUs.matches("\\d{4,15}");
        // Twice within the limit, as systemd advises.
        return new ServiceManager(path, watched
                ? Math.clamp(Long.parseLong(watchdogUs) / 2000, 1, DEFAULT_INTERVAL_MS)
                : DEFAULT_INTERVAL_MS);
    }

    public boolean isThere() {
        return path != null;
    }

    /** How often it wants to hear that we live. */
    public int intervalMs() {
        return intervalMs;
    }

    /** Tells something, such as {@code READY=1}. A manager that went away is no reason to stop. */
    public void tell(String words) {
        if (path == null) {
            return;
        }
        int fd = Libc.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0) {
            return;
        }
        try (Arena scratch = Arena.ofConfined()) {
            // A named socket's address ends with its path; the length tells where an abstract name ends.
            MemorySegment address = scratch.allocate(PATH_AT + (long) path.length + (path[0] == 0 ? 0 : 1),
                    2);
            address.set(JAVA_SHORT_UNALIGNED, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, address, JAVA_BYTE, PATH_AT, path.length);
            byte[] octets = words.getBytes(StandardCharsets.UTF_8);
            MemorySegment message = scratch.allocate(octets.length);
            MemorySegment.copy(octets, 0, message, JAVA_BYTE, 0, octets.length);
            if (Libc.connect(fd, address) == 0) {
                Libc.write(fd, message.address(), octets.length);
            }
        } finally {
            Libc.close(fd);
        }
    }
}
