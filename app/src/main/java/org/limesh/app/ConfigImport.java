package org.limesh.app;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.limesh.lime.UciReader;

/**
 * Finds LibreMesh's configuration files in a directory or an archive.
 *
 * <p>Only names count, never the archive's paths: nothing can be written elsewhere. Links are not followed.
 */
final class ConfigImport {
    private static final int MAX_ENTRIES = 100_000;
    /** What an archive may unpack to in all: a backup has some MiB, a bomb has more. */
    private static final long MAX_OCTETS = 256L << 20;
    private static final int MAX_FILE_OCTETS = 4 * UciReader.MAX_TEXT_CHARS;
    private static final int MAX_DEPTH = 16;

    private final Map<String, List<String>> places = new TreeMap<>();
    private final Map<String, byte[]> contents = new LinkedHashMap<>();

    private ConfigImport() {}

    /**
     * Reads the files.
     *
     * @param from     directory, archive, or {@code -} for an archive on standard input
     * @param standard standard input
     * @return content by file name, sorted by name; never empty
     * @throws IOException with a message for people
     */
    static Map<String, byte[]> read(String from, InputStream standard) throws IOException {
        ConfigImport reading = new ConfigImport();
        Path path = Path.of(from);
        if (from.equals("-")) {
            reading.archive("standard input", standard);
        } else if (Files.isDirectory(path)) {
            reading.directory(path);
        } else {
            try (InputStream in = Files.newInputStream(path)) {
                reading.archive(from, in);
            } catch (NoSuchFileException absent) {
                throw new IOException("no such file or directory: " + from, absent);
            }
        }
        return reading.result(from);
    }

    private Map<String, byte[]> result(String from) throws IOException {
        if (places.isEmpty()) {
            throw new IOException(from
                    + " holds none of lime-defaults, lime-community, lime-<mac>, lime-node");
        }
        Map<String, byte[]> result = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> file : places.entrySet()) {
            List<String> found = file.getValue();
            List<String> configured = found.stream()
                    .filter(place -> ("/" + place).contains("/etc/config/")).toList();
            List<String> candidates = configured.isEmpty() ? found : configured;
            if (candidates.size() > 1) {
                throw new IOException(from + " holds " + candidates.size() + " files " + file.getKey() + ": "
                        + String.join(", ", candidates.subList(0, Math.min(3, candidates.size())))
                        + (candidates.size() > 3 ? ", ..." : "") + "\n  Import one of the profiles.");
            }
            result.put(file.getKey(), contents.get(candidates.getFirst()));
        }
        return result;
    }

    private void directory(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory, MAX_DEPTH)) {
            for (Path file : (Iterable<Path>) files.limit(MAX_ENTRIES)::iterator) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    String place = directory.relativize(file).toString();
                    if (isWanted(place)) {
                        try (InputStream in = Files.newInputStream(file)) {
                            keep(place, in);
                        }
                    }
                }
            }
        } catch (java.io.UncheckedIOException fault) {
            throw fault.getCause();
        }
    }

    private void archive(String name, InputStream raw) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw);
        in.mark(4);
        byte[] magic = in.readNBytes(2);
        in.reset();
        boolean zip = magic.length == 2 && magic[0] == 'P' && magic[1] == 'K';
        boolean gzip = magic.length == 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b;
        try (ArchiveInputStream<?> entries = zip ? new ZipArchiveInputStream(in)
                : new TarArchiveInputStream(gzip ? new GZIPInputStream(in) : in)) {
            unpack(entries);
        } catch (IOException | IllegalArgumentException fault) {
            throw new IOException("cannot read " + name + " as tar, tar.gz or zip: " + fault.getMessage(),
                    fault);
        }
    }

    private void unpack(ArchiveInputStream<?> entries) throws IOException {
        int count = 0;
        ArchiveEntry entry;
        while ((entry = entries.getNextEntry()) != null) {
            if (++count > MAX_ENTRIES || entries.getBytesRead() > MAX_OCTETS) {
                throw new IOException("more than " + MAX_ENTRIES + " entries or " + (MAX_OCTETS >> 20)
                        + " MiB");
            }
            boolean file = !entry.isDirectory() && !(entry instanceof TarArchiveEntry tar && !tar.isFile());
            if (file && isWanted(entry.getName())) {
                keep(entry.getName().replaceFirst("^\\./", ""), entries);
            }
        }
    }

    private static boolean isWanted(String place) {
        return ConfigFiles.isConfigName(place.substring(place.lastIndexOf('/') + 1));
    }

    private void keep(String place, InputStream in) throws IOException {
        byte[] octets = in.readNBytes(MAX_FILE_OCTETS + 1);
        if (octets.length > MAX_FILE_OCTETS) {
            throw new IOException(place + " has more than " + (MAX_FILE_OCTETS >> 20)
                    + " MiB; that is no configuration");
        }
        if (!contents.containsKey(place)) {
            places.computeIfAbsent(place.substring(place.lastIndexOf('/') + 1),
                    _ -> new ArrayList<>()).add(place);
        }
        contents.put(place, octets);
    }
}
