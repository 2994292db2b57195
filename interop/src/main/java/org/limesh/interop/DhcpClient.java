package org.limesh.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Genuine DHCP clients. Each goes on running and renews; the namespace ends it. */
public enum DhcpClient {
    UDHCPC("udhcpc") {
        @Override
        List<String> command(String device, Path directory) throws IOException {
            Path script = script(directory, """
                    case $1 in
                    bound | renew)
                        ip addr replace $ip/$mask dev $interface
                        ip route replace default via $router dev $interface
                        [ -z "$mtu" ] || ip link set $interface mtu $mtu
                        ;;
                    esac
                    """);
            return List.of("udhcpc", "-i", device, "-f", "-n", "-t", "10", "-T", "1", "-O", "mtu", "-O", "search",
                    "-x", "hostname:phone-" + device, "-s", script.toString());
        }
    },
    DHCLIENT("dhclient") {
        @Override
        List<String> command(String device, Path directory) throws IOException {
            Path script = script(directory, """
                    case $reason in
                    BOUND | RENEW | REBIND | REBOOT)
                        ip addr replace $new_ip_address/$new_subnet_mask dev $interface
                        ip route replace default via $new_routers dev $interface
                        ;;
                    esac
                    """);
            return List.of("dhclient", "-4", "-v", "-d", "-cf", "/dev/null",
                    "-lf", directory.resolve("leases").toString(), "-pf", directory.resolve("pid").toString(),
                    "-sf", script.toString(), device);
        }
    },
    /** Probes its address by ARP before it takes it (RFC 5227), so it has it some seconds after the lease. */
    DHCPCD("dhcpcd") {
        @Override
        List<String> command(String device, Path directory) {
            // It keeps its files in fixed places: a mount namespace of its own hides ours.
            return List.of("unshare", "-m", "sh", "-c", "mount -t tmpfs none /run && mkdir -p /var/lib/dhcpcd"
                    + " && mount -t tmpfs none /var/lib/dhcpcd"
                    + " && exec dhcpcd -4 -B -d -t 30 -c /bin/true -f /dev/null " + device);
        }
    };

    private final String program;

    DhcpClient(String program) {
        this.program = program;
    }

    abstract List<String> command(String device, Path directory) throws IOException;

    public String program() {
        return program;
    }

    /** Starts the client on a device of a namespace; its files and its log are in {@code directory}. */
    public Process start(Netns netns, String device, Path directory) throws IOException {
        Path own = Files.createDirectories(directory.toAbsolutePath().resolve(program));
        return netns.start(own.resolve("log"), command(device, own));
    }

    private static Path script(Path directory, String body) throws IOException {
        Path script = directory.resolve("script");
        Files.writeString(script, "#!/bin/sh\nPATH=/usr/sbin:/sbin:/usr/bin:/bin\n" + body);
        if (!script.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + script + " executable");
        }
        return script;
    }
}
