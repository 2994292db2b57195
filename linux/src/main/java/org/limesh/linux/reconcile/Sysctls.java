package org.limesh.linux.reconcile;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.limesh.linux.ffi.HostException;

/** Kernel settings below {@code /proc/sys}; those of the network belong to the namespace of the reader. */
public final class Sysctls {
    private static final Path ROOT = Path.of("/proc/sys");

    private Sysctls() {}

    /** The value, or empty when this kernel has no such setting. */
    public static Optional<String> read(String path) {
        try {
            return Optional.of(Files.readString(ROOT.resolve(path)).strip());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    static void write(String path, String value) {
        try {
            Files.writeString(ROOT.resolve(path), value);
        } catch (IOException refused) {
            throw new HostException("cannot set " + path.replace('/', '.') + " to " + value + ": "
                    + refused.getMessage());
        }
    }

    /**
     * Settings that the kernel changes along with this one, itself not included: a switch for the whole
     * machine overwrites those of every interface.
     */
    static List<String> changedAlongWith(String path) {
        return switch (path) {
            case "net/ipv4/ip_forward" -> {
                List<String> all = perDevice("net/ipv4/conf", "forwarding");
                all.add("net/ipv4/conf/all/accept_redirects");
                yield all;
            }
            case "net/ipv6/conf/all/forwarding" -> {
                List<String> all = perDevice("net/ipv6/conf", "forwarding");
                all.remove(path);
                yield all;
            }
            default -> List.of();
        };
    }

    private static List<String> perDevice(String directory, String setting) {
        List<String> paths = new ArrayList<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(ROOT.resolve(directory))) {
            for (Path device : devices) {
                paths.add(directory + "/" + device.getFileName() + "/" + setting);
            }
        } catch (IOException none) {
            return paths;
        }
        paths.sort(null);
        return paths;
    }
}
