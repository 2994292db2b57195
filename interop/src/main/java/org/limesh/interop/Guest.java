package org.limesh.interop;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A virtual machine with a genuine kernel and its own batman-adv module.
 *
 * <p>The processor is emulated (no KVM: on nested machines it hangs), so a boot takes 10 to 20 s on an idle
 * machine and a command about 0.4 s. One caller at a time. The class needs nothing but {@code java.base}, so that
 * {@code interop/guest/run} can start it from source.
 */
public final class Guest implements AutoCloseable {
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(2);
    private static final int ANSWER_LIMIT_OCTETS = 16 << 20;

    /** What an interface of the guest (eth0, eth1, ... in order) is plugged into. */
    public sealed interface Plug {
        /** One frame per datagram on 127.0.0.1; needs no root. QEMU listens on one port and sends to the other. */
        record Udp(int guestPort, int ourPort) implements Plug {}

        /** A TAP device, in the network namespace of {@link Settings#namespace()}; needs root. */
        record Tap(String device) implements Plug {}

        /**
         * A socket in the file system: each frame has its length before it, four octets. QEMU listens; needs no
         * root, and the namespace does not matter.
         */
        record Stream(Path socket) implements Plug {}
    }

    /**
     * @param namespace  network namespace to start QEMU in, or null for ours
     * @param macSuffix  last octet but one of the interfaces' MACs {@code 02:9e:00:00:SS:II}
     */
    public record Settings(String namespace, int macSuffix, List<Plug> plugs) {
        public Settings {
            plugs = List.copyOf(plugs);
        }
    }

    /** Exit code and everything printed. */
    public record Answer(int exitCode, String text) {}

    private final Path directory;
    private final long pid;
    private final SocketChannel channel;
    private final StringBuilder unread = new StringBuilder();
    private int lastNumber;

    private Guest(Path directory, long pid, SocketChannel channel) {
        this.directory = directory;
        this.pid = pid;
        this.channel = channel;
    }

    /** MAC of the guest's interface {@code index}. */
    public static String mac(Settings settings, int index) {
        return "02:9e:00:00:%02x:%02x".formatted(settings.macSuffix(), index);
    }

    /** Why no guest can be booted here, as a sentence, or null when it can. */
    public static String whyNot() {
        for (String name : List.of("/usr/bin/qemu-system-x86_64", "/usr/sbin/batctl", "/usr/bin/busybox")) {
            if (!Files.exists(Path.of(name))) {
                return name + " not found (interop/guest/build --packages lists what is needed)";
            }
        }
        return null;
    }

    /** Boots a guest whose files (process id, console, socket) are in {@code directory}. */
    public static Guest boot(Path directory, Settings settings) throws IOException, InterruptedException {
        Path made = build();
        Files.createDirectories(directory);
        Path socket = directory.resolve("ask");
        Files.deleteIfExists(socket);
        Path log = directory.resolve("qemu.log");
        Process qemu = new ProcessBuilder(qemuCommand(made, directory, socket, settings))
                .redirectErrorStream(true).redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
        Files.writeString(directory.resolve("pid"), qemu.pid() + "\n");
        Guest guest = null;
        try {
            long endNs = System.nanoTime() + BOOT_LIMIT.toNanos();
            while (guest == null) {
                if (!qemu.isAlive()) {
                    throw new IOException("the guest's QEMU ended: " + Files.readString(log));
                }
                check(System.nanoTime() < endNs, "the guest's QEMU opened no socket; see " + log);
                guest = connect(directory, qemu.pid());
                Thread.sleep(50);
            }
            // What is asked before the guest has opened its end is lost.
            while (!guest.line(endNs, "boot").startsWith("ready")) {}
            return guest;
        } catch (IOException | RuntimeException | InterruptedException e) {
            if (guest != null) {
                guest.channel.close();
            }
            qemu.destroyForcibly();
            throw e;
        }
    }

    /** The running guest of a directory. */
    public static Guest of(Path directory) throws IOException {
        Guest guest = connect(directory, Long.parseLong(Files.readString(directory.resolve("pid")).strip()));
        check(guest != null, "no guest runs in " + directory);
        return guest;
    }

    private static Guest connect(Path directory, long pid) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(directory.resolve("ask")));
            channel.configureBlocking(false);
            return new Guest(directory, pid, channel);
        } catch (IOException e) {
            channel.close();
            return null;
        }
    }

    private static List<String> qemuCommand(Path made, Path directory, Path socket, Settings settings) {
        List<String> command = new ArrayList<>();
        if (settings.namespace() != null) {
            command.addAll(List.of("ip", "netns", "exec", settings.namespace()));
        }
        command.addAll(List.of("qemu-system-x86_64", "-M", "pc,usb=off,hpet=off", "-cpu", "max",
                // The translation cache would grow to 1 GB.
                "-accel", "tcg,thread=multi,tb-size=256", "-m", "320", "-smp", "1",
                "-nodefaults", "-display", "none", "-no-reboot",
                "-kernel", made.resolve("vmlinuz").toString(), "-initrd", made.resolve("initramfs").toString(),
                "-append", "console=ttyS0 quiet panic=-1 mitigations=off nokaslr no_timer_check tsc=reliable"
                        + " random.trust_cpu=on net.ifnames=0 nowatchdog cryptomgr.notests",
                "-serial", "file:" + directory.resolve("console.log"),
                "-device", "virtio-serial-pci",
                "-chardev", "socket,id=ask,server=on,wait=off,path=" + socket,
                "-device", "virtserialport,chardev=ask,name=ask"));
        for (int i = 0; i < settings.plugs().size(); i++) {
            command.add("-netdev");
            command.add(switch (settings.plugs().get(i)) {
                case Plug.Udp udp -> ("dgram,id=p%d,local.type=inet,local.host=127.0.0.1,local.port=%d,"
                        + "remote.type=inet,remote.host=127.0.0.1,remote.port=%d")
                        .formatted(i, udp.guestPort(), udp.ourPort());
                case Plug.Stream stream -> "stream,id=p%d,server=on,addr.type=unix,addr.path=%s"
                        .formatted(i, stream.socket());
                case Plug.Tap tap -> "tap,id=p%d,ifname=%s,script=no,downscript=no,vhost=off"
                        .formatted(i, tap.device());
            });
            command.add("-device");
            // Without offloads: otherwise frames leave with unfinished checksums.
            command.add("virtio-net-pci,netdev=p%d,mac=%s,romfile=,csum=off,gso=off,guest_csum=off,guest_tso4=off,"
                    .formatted(i, mac(settings, i))
                    + "guest_tso6=off,guest_ecn=off,guest_ufo=off,host_tso4=off,host_tso6=off,host_ecn=off,host_ufo=off");
        }
        return command;
    }

    /** Makes kernel and file system where they are stale, and says where they are. */
    private static Path build() throws IOException, InterruptedException {
        Path made = repository().resolve("interop/target/guest");
        Process build = new ProcessBuilder(repository().resolve("interop/guest/build").toString(), made.toString())
                .redirectErrorStream(true).start();
        String said = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        check(build.waitFor() == 0, "interop/guest/build failed: " + said);
        return made;
    }

    /** The root of the source tree that we were started in. */
    static Path repository() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve("interop/guest/build"))) {
                return at;
            }
        }
        throw new IllegalStateException("not inside the source tree: interop/guest/build is not above "
                + Path.of("").toAbsolutePath());
    }

    /** Runs shell text; other exit codes than 0 are an answer, too. */
    public Answer ask(String shellText) throws IOException, InterruptedException {
        return ask(shellText, System.nanoTime() + COMMAND_LIMIT.toNanos());
    }

    /** Runs shell text that has to succeed and returns what it printed. */
    public String run(String shellText) throws IOException, InterruptedException {
        Answer answer = ask(shellText);
        check(answer.exitCode() == 0, "in the guest, exit code %d of: %s%n%s"
                .formatted(answer.exitCode(), shellText, answer.text()));
        return answer.text();
    }

    private Answer ask(String shellText, long endNs) throws IOException, InterruptedException {
        String number = Long.toString(ProcessHandle.current().pid()) + '.' + ++lastNumber;
        String base64 = Base64.getEncoder().encodeToString(shellText.getBytes(StandardCharsets.UTF_8));
        send(number + ' ' + base64 + '\n', endNs);
        while (true) {
            String[] words = line(endNs, shellText).split(" ", -1);
            if (words.length == 3 && words[0].equals(number)) {
                return new Answer(Integer.parseInt(words[1]),
                        new String(Base64.getDecoder().decode(words[2]), StandardCharsets.UTF_8));
            }
        }
    }

    private void send(String text, long endNs) throws IOException, InterruptedException {
        ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (octets.hasRemaining()) {
            if (channel.write(octets) == 0) {
                check(System.nanoTime() < endNs, "the guest takes no commands");
                Thread.sleep(5);
            }
        }
    }

    private String line(long endNs, String why) throws IOException, InterruptedException {
        ByteBuffer octets = ByteBuffer.allocate(65536);
        int end;
        while ((end = unread.indexOf("\n")) < 0) {
            check(System.nanoTime() < endNs, "the guest did not answer in time: " + why);
            check(unread.length() < ANSWER_LIMIT_OCTETS, "the guest says more than fits: " + why);
            int count = channel.read(octets.clear());
            check(count >= 0, "the guest's QEMU is gone; see " + directory.resolve("qemu.log"));
            if (count == 0) {
                Thread.sleep(5);
            }
            unread.append(StandardCharsets.US_ASCII.decode(octets.flip()));
        }
        String line = unread.substring(0, end);
        unread.delete(0, end + 1);
        return line;
    }

    /** Switches the guest off; its QEMU is ended by its process id where it does not end by itself. */
    @Override
    public void close() {
        try {
            send("0 off\n", System.nanoTime() + Duration.ofSeconds(1).toNanos());
        } catch (IOException | IllegalStateException e) {
            // It is ended below anyhow.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ProcessHandle.of(pid).ifPresent(qemu -> {
            if (!endsWithin(qemu, 3)) {
                qemu.destroy();
                if (!endsWithin(qemu, 2)) {
                    qemu.destroyForcibly();
                }
            }
        });
        try {
            channel.close();
            Files.deleteIfExists(directory.resolve("pid"));
            Files.deleteIfExists(directory.resolve("ask"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean endsWithin(ProcessHandle process, int seconds) {
        try {
            process.onExit().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            return !process.isAlive();
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    /** For people: {@code interop/guest/run}. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length >= 2 && args[0].equals("start")) {
            List<Plug> plugs = new ArrayList<>();
            for (String plug : List.of(args).subList(2, args.length)) {
                String[] parts = plug.split(":");
                plugs.add(parts[0].equals("udp")
                        ? new Plug.Udp(Integer.parseInt(parts[1]), Integer.parseInt(parts[2]))
                        : new Plug.Tap(parts[1]));
            }
            Guest guest = boot(Path.of(args[1]), new Settings(null, 1, plugs));
            guest.channel.close();
        } else if (args.length == 3 && args[0].equals("sh")) {
            Guest guest = of(Path.of(args[1]));
            Answer answer = guest.ask(args[2]);
            guest.channel.close();
            System.out.print(answer.text());
            System.exit(answer.exitCode());
        } else if (args.length == 2 && args[0].equals("stop")) {
            of(Path.of(args[1])).close();
        } else {
            System.err.println("run start DIR [udp:GUESTPORT:OURPORT | tap:DEVICE]... | sh DIR TEXT | stop DIR");
            System.exit(2);
        }
    }
}
