package org.limesh.linux.reconcile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.limesh.linux.ffi.HostException;

/**
 * What a node changed on this machine, in a file of its run directory, so that a killed node can be cleaned
 * up after. A line is written before the change is made: undoing what was not yet done does no harm.
 *
 * <pre>
 *   node 4711 net:[4026531840]
 *   filters
 *   link br-lan
 *   sysctl net/ipv4/ip_forward 0
 *   route4 0.0.0.0/0 eth0 254 1024
 *   not route4 0.0.0.0/0 eth0 254 1024        what was taken back while the node ran
 * </pre>
 */
public final class Journal {
    static final String FILE_NAME = "made";
    private static final String HEAD = "node ";
    private static final String TAKEN_BACK = "not ";
    /** Routes come and go for months; a file with more lines that are over than these is written anew. */
    private static final int MAX_LINES_TAKEN_BACK = 1000;

    private final Path file;
    private final long pid;
    private final String namespace;
    private final Set<String> lines;
    private int takenBack;

    private Journal(Path file, long pid, String namespace, Set<String> lines) {
        this.file = file;
        this.pid = pid;
        this.namespace = namespace;
        this.lines = lines;
    }

    /** Starts an empty journal of this process; the directory is made when missing. */
    public static Journal begin(Path runDirectory) {
        Path file = runDirectory.resolve(FILE_NAME);
        long pid = ProcessHandle.current().pid();
        try {
            Files.createDirectories(runDirectory);
            Files.writeString(file, HEAD + pid + " " + currentNamespace() + "\n");
        } catch (IOException refused) {
            throw new HostException("cannot write " + file + ": " + reason(refused)
                    + "\n  Choose a directory that can be written: --run-dir DIR");
        }
        return new Journal(file, pid, currentNamespace(), new LinkedHashSet<>());
    }

    /** The journal that a node left in this directory, if there is one. */
    public static Optional<Journal> find(Path runDirectory) {
        Path file = runDirectory.resolve(FILE_NAME);
        try {
            if (!isTrusted(file)) {
                return Optional.empty();
            }
            List<String> all = Files.readAllLines(file);
            String[] head = all.isEmpty() ? new String[0] : all.getFirst().split(" ");
            if (head.length != 3 || !head[1].matches("\\d{1,9}")) {
                return Optional.empty();
            }
            return Optional.of(new Journal(file, Long.parseLong(head[1]), head[2],
                    left(all.subList(1, all.size()))));
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** What was made and not taken back. */
    private static Set<String> left(List<String> written) {
        Set<String> left = new LinkedHashSet<>();
        for (String line : written) {
            if (line.startsWith(TAKEN_BACK)) {
                left.remove(line.substring(TAKEN_BACK.length()));
            } else {
                left.add(line);
            }
        }
        return left;
    }

    /**
     * Somebody else's file could make us undo what no node made. Ours is fine, and so is that of a user to
     * whom we gave the directory, as the service does.
     */
    private static boolean isTrusted(Path file) throws IOException {
        var self = Files.getOwner(Path.of("/proc/self"));
        var owner = Files.getOwner(file);
        Path directory = file.toAbsolutePath().getParent();
        Path above = directory.getParent();
        return owner.equals(self) || above != null && owner.equals(Files.getOwner(directory))
                && Files.getOwner(above).equals(self)
                && !Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static String reason(IOException refused) {
        return refused instanceof java.nio.file.AccessDeniedException ? "permission denied"
                : refused.getMessage();
    }

    private static String currentNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        } catch (IOException unknown) {
            return "net:unknown";
        }
    }

    /** Process that made the changes. */
    public long pid() {
        return pid;
    }

    /** Whether that process still runs. A number that another program got in the meantime does not count. */
    public boolean isOwnerAlive() {
        return pid != ProcessHandle.current().pid() && ProcessHandle.of(pid).filter(ProcessHandle::isAlive)
                .map(owner -> commandOf(owner.pid()).contains("limesh")).orElse(false);
    }

    private static String commandOf(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"),
                    StandardCharsets.ISO_8859_1);
        } catch (IOException ended) {
            return "";
        }
    }

    /** Whether the changes were made in the network namespace of this process. */
    public boolean isOfThisNamespace() {
        return namespace.equals(currentNamespace());
    }

    /** Notes a change that is about to be made, once. */
    void note(Made made) {
        if (lines.add(made.line())) {
            append(made.line());
        }
    }

    /** Notes that a change was taken back: there is nothing left to undo of it. */
    void forget(Made made) {
        if (!lines.remove(made.line())) {
            return;
        }
        if (++takenBack > MAX_LINES_TAKEN_BACK) {
            rewrite();
        } else {
            append(TAKEN_BACK + made.line());
        }
    }

    private void append(String line) {
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
        } catch (IOException refused) {
            throw new HostException("cannot write " + file + ": " + reason(refused));
        }
    }

    private void rewrite() {
        Path fresh = file.resolveSibling(FILE_NAME + ".new");
        try {
            Files.writeString(fresh, HEAD + pid + " " + namespace + "\n"
                    + String.join("", lines.stream().map(line -> line + "\n").toList()));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            takenBack = 0;
        } catch (IOException refused) {
            throw new HostException("cannot write " + file + ": " + reason(refused));
        }
    }

    /** Whether the old value of a setting is known already; the first one is the true one. */
    boolean knowsBefore(String kind, String object) {
        return lines.stream().anyMatch(line -> line.startsWith(kind + " " + object + " "));
    }

    /** Latest first, as it has to be undone. Lines that were cut short by a crash are left out. */
    List<Made> latestFirst() {
        List<Made> all = new ArrayList<>();
        for (String line : lines) {
            try {
                all.addFirst(Made.parse(line));
            } catch (IllegalArgumentException cutShort) {
                // The change it would have told of was not begun.
                continue;
            }
        }
        return all;
    }

    /** Removes the file: nothing is left to undo. */
    void end() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException refused) {
            throw new HostException("cannot remove " + file + ": " + reason(refused));
        }
    }
}
