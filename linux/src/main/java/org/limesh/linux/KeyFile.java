package org.limesh.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.limesh.bmx7.KeySource;
import org.limesh.bmx7.TrustedNodes;
import org.limesh.bmx7.VerificationCache;
import org.limesh.bmx7.wire.RsaPrivateKey;
import org.limesh.linux.ffi.HostException;
import org.limesh.node.NodeSecrets;

/**
 * What makes a node the same one in the routed network after a restart, in the state directory: its key, the
 * number of its last description, and whom it trusts. All are in the genuine program's form, so that they can
 * be taken over.
 *
 * <pre>
 *   rsa.der         RSA private key, PKCS#1 DER, readable by the owner only
 *   descSqn         decimal number
 *   trustedNodes/   files named by node ids; read at the start
 * </pre>
 *
 * <p>A key that cannot be read is an error, never a reason to make another: the node would be a stranger to
 * everybody who trusts it.
 */
final class KeyFile {
    static final String KEY_NAME = "rsa.der";
    static final String NUMBER_NAME = "descSqn";
    static final String TRUSTED_NAME = "trustedNodes";
    /** 2048 bits, as the genuine program makes them. */
    private static final int KEY_TYPE = 6;
    private static final int MAX_KEY_OCTETS = 16_384;
    /** Signatures and secrets that are remembered: of as many nodes as a network has. */
    private static final int CACHE_ENTRIES = 4096;

    private final Path directory;
    private final Consumer<String> warnings;
    private boolean failed;

    /** @param directory null when nothing is kept */
    KeyFile(Path directory, Consumer<String> warnings) {
        this.directory = directory;
        this.warnings = warnings;
    }

    /**
     * Reads what is there, and makes and writes a key when there is none.
     *
     * @throws HostException with what is wrong and what to do
     */
    NodeSecrets secrets() {
        KeySource keys = new SystemKeys();
        VerificationCache cache = new VerificationCache(CACHE_ENTRIES, 0);
        if (directory == null) {
            warnings.accept("without a state directory the node has a new key at each start: to the routed "
                    + "network it"
                    + " is another node each time");
            return new NodeSecrets(keys.newRsaKey(KEY_TYPE), 0, keys, cache);
        }
        Path file = directory.resolve(KEY_NAME);
        try {
            if (Files.exists(file)) {
                return new NodeSecrets(read(file), number(), keys, cache, trusted());
            }
            RsaPrivateKey made = keys.newRsaKey(KEY_TYPE);
            Files.createDirectories(directory);
            write(file, made.emitDer());
            return new NodeSecrets(made, number(), keys, cache, trusted());
        } catch (IOException refused) {
            throw new HostException("the node's key cannot be kept in " + file + ": " + reason(refused)
                    + "\n  Choose a directory that can be written: --state-dir DIR");
        }
    }

    private RsaPrivateKey read(Path file) {
        String hint = "\n  The node's identity is in this file. Give it its rights back or restore it; to "
                + "become a new"
                + " node instead: mv " + file + " " + file + ".old";
        byte[] octets;
        try {
            if (Files.size(file) > MAX_KEY_OCTETS) {
                throw new HostException(file + " is no key of a node: it has " + Files.size(file) + " octets"
                        + hint);
            }
            octets = Files.readAllBytes(file);
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
            if (rights.stream().anyMatch(right -> right.name().startsWith("OTHERS") || right.name()
                    .startsWith("GROUP"))) {
                warnings.accept("others than the owner have rights on the node's key " + file
                        + " (" + PosixFilePermissions.toString(rights)
                        + "): whoever reads it can be this node.\n  chmod 600 "
                        + file);
            }
        } catch (IOException refused) {
            throw new HostException("the node's key " + file + " cannot be read: " + reason(refused) + hint);
        }
        try {
            RsaPrivateKey key = RsaPrivateKey.parseDer(octets);
            if (!key.prime1().multiply(key.prime2()).equals(key.publicKey().modulus())) {
                throw new IllegalArgumentException("its primes do not make its modulus");
            }
            return key;
        } catch (IllegalArgumentException wrong) {
            throw new HostException("the node's key " + file + " is of no use: " + wrong.getMessage() + hint);
        }
    }

    /** Null without a directory of them. */
    private TrustedNodes trusted() throws IOException {
        Path trusted = directory.resolve(TRUSTED_NAME);
        if (!Files.isDirectory(trusted)) {
            return null;
        }
        try (Stream<Path> files = Files.list(trusted)) {
            return TrustedNodes.of(files.map(file -> file.getFileName().toString()).toList());
        }
    }

    private int number() throws IOException {
        Path file = directory.resolve(NUMBER_NAME);
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
            if (!text.matches("\\d{1,10}") || Long.parseLong(text) > 0xffff_ffffL) {
                throw new HostException(file
                        + " does not hold the number of the node's last description but '"
                        + text.substring(0, Math.min(40, text.length()))
                        + "'.\n  Other nodes refuse numbers that they have"
                        + " seen: write one above all used ones, or remove the file when this node was "
                        + "never in a network");
            }
            return Integer.parseUnsignedInt(text);
        } catch (NoSuchFileException first) {
            return 0;
        }
    }

    /** Keeps the number of a description before anybody has heard of it. */
    void keep(int descSqn) {
        if (directory == null) {
            return;
        }
        try {
            write(directory.resolve(NUMBER_NAME), Integer.toUnsignedString(descSqn)
                    .getBytes(StandardCharsets.US_ASCII));
            failed = false;
        } catch (IOException refused) {
            if (!failed) {
                warnings.accept("the number of the node's description cannot be kept in " + directory + ": "
                        + reason(refused) + "; after a restart other nodes may refuse it for some minutes");
            }
            failed = true;
        }
    }

    /** Whole or not at all, also when the power fails. */
    private static void write(Path file, byte[] octets) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(octets);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private static String reason(IOException refused) {
        return refused instanceof AccessDeniedException ? "permission denied"
                : refused instanceof java.nio.file.FileSystemException fault && fault.getReason() != null
                ? fault.getReason()
                : refused.getMessage();
    }
}
