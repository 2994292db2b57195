package org.limesh.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.limesh.base.MacAddress;
import org.limesh.lime.ConfigSource;
import org.limesh.lime.UciReader;

/** Finds and reads the files of a node's configuration; understanding them is the engine's part. */
final class ConfigFiles {
    /** Where LibreMesh keeps its files. */
    static final Path OPENWRT_DIRECTORY = Path.of("/etc/config");
    /** Where they are kept on a system that has no /etc/config. */
    static final Path OWN_DIRECTORY = Path.of("/etc/limesh");
    /** Longest UTF-8 form of the longest text that the reader takes, and one octet to notice more. */
    private static final int MAX_OCTETS = 4 * UciReader.MAX_TEXT_CHARS + 1;

    private ConfigFiles() {}

    /**
     * Reads the files.
     *
     * @param given directories and files that replace the search; empty searches
     * @throws IOException with a message for people
     */
    static List<ConfigSource> read(List<Path> given) throws IOException {
        List<ConfigSource> sources = new ArrayList<>();
        List<Path> places = given.isEmpty() ? search() : given;
        for (Path place : places) {
            if (Files.isDirectory(place)) {
                for (Path file : filesOf(place)) {
                    // With several directories the bare name would not say which file is meant.
                    sources.add(readFile(places.size() > 1 ? file.toString() : file.getFileName().toString(),
                            file));
                }
            } else {
                sources.add(readFile(place.toString(), place));
            }
        }
        return sources;
    }

    /** The first directory that holds such files; none when there is none. */
    static List<Path> search() throws IOException {
        for (Path directory : List.of(OPENWRT_DIRECTORY, OWN_DIRECTORY)) {
            if (Files.isDirectory(directory) && filesOf(directory).stream()
                    .anyMatch(file -> isConfigName(file.getFileName().toString()))) {
                return List.of(directory);
            }
        }
        return List.of();
    }

    /** True for the names of LibreMesh's files, but not for the generated one. */
    static boolean isConfigName(String name) {
        return name.matches("lime(-defaults|-community|-node|-[0-9a-f]{12})?");
    }

    /** True for the names that are read besides: they say nothing of a node alone. */
    static boolean isReadToo(String name) {
        return name.equals("shared-state");
    }

    private static boolean isWanted(String name) {
        return isConfigName(name) || isReadToo(name);
    }

    private static List<Path> filesOf(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(file -> isWanted(file.getFileName().toString()) && Files.isRegularFile(file))
                    .sorted().toList();
        } catch (AccessDeniedException denied) {
            throw new IOException("cannot read " + directory + ": permission denied", denied);
        }
    }

    private static ConfigSource readFile(String name, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return new ConfigSource(name, decode(in.readNBytes(MAX_OCTETS)));
        } catch (NoSuchFileException absent) {
            throw new IOException("no such file or directory: " + file, absent);
        } catch (AccessDeniedException denied) {
            throw new IOException("cannot read " + file + ": permission denied", denied);
        } catch (IOException fault) {
            throw new IOException("cannot read " + file + ": " + fault.getMessage(), fault);
        }
    }

    /** Octets that are no UTF-8 become U+FFFD, which the reader reports with their place. */
    static String decode(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }

    /** The MAC of a device of this machine. */
    static Optional<MacAddress> macOf(String device) {
        if (device.isEmpty() || device.indexOf('/') >= 0 || device.startsWith(".")) {
            return Optional.empty();
        }
        try {
            String text = Files.readString(Path.of("/sys/class/net", device, "address")).strip();
            return Optional.of(MacAddress.parse(text));
        } catch (IOException | IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }
}
