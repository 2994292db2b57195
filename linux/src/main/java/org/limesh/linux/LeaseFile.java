package org.limesh.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.limesh.access.LeaseLog;

/**
 * Lease store in a file: {@code leases.log} of the state directory.
 *
 * <pre>
 *   append ─→ queue ─→ one write, one fsync for all that came meanwhile ─→ stored(count)
 *   replace ─→ leases.new, fsync, rename, fsync of the folder
 * </pre>
 *
 * <p>A file is never shortened: what was torn or is garbage disappears when the file is replaced, garbage and
 * files of another version after they have been set aside under a name of their own. When the disk fails,
 * that is told, and every second a whole new file is tried; until then the old one stays as it is.
 */
final class LeaseFile implements AutoCloseable {
    /** Hears from the store. Called on its thread. */
    interface Listener {
        /** The first {@code count} records since {@link #open} are on the disk. */
        void onStored(long count);

        /** The disk takes nothing; {@code reason} for people, null when it takes again. */
        void onFailed(String reason);

        /** The file is large, or has to be made anew: {@link #replace} is wanted. */
        void onReplaceWanted();
    }

    private static final String NAME = "leases.log";
    /** Beyond this a file is replaced by what still matters, if it has doubled since the last time. */
    private static final long LARGE_OCTETS = 8 << 20;
    private static final int RETRY_MS = 1000;
    /** Records that wait for a disk that hangs; more are not taken, and their clients get no answer. */
    private static final int MAX_QUEUED = 65_536;

    private sealed interface Order {
        record Append(byte[] record) implements Order {}

        /** @param covers records that were appended before and are in it */
        record Replace(List<byte[]> payloads, long covers) implements Order {}

        record Stop() implements Order {}
    }

    private final Path file;
    private final Path folder;
    private final Listener listener;
    private final LinkedBlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("limesh-leases").unstarted(this::run);
    private final LeaseLog.Content content;
    private FileChannel channel;
    private long appended;
    private long durable;
    private long wantReplaceAtOctets = LARGE_OCTETS;
    private boolean replaceAsked;
    private boolean failed;

    /**
     * Reads what is there. Nothing is written before {@link #replace}.
     *
     * @param told takes sentences about what was set aside
     */
    LeaseFile(Path folder, Listener listener, java.util.function.Consumer<String> told) throws IOException {
        this.folder = folder;
        this.file = folder.resolve(NAME);
        this.listener = listener;
        Files.createDirectories(folder);
        byte[] octets = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        this.content = LeaseLog.read(octets);
        if (!content.isOurs()) {
            Path aside = folder.resolve(NAME + ".version-" + content.version());
            Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
            told.accept("the lease store " + file + " is of version " + content.version()
                    + ", which this program does not read; it was copied to " + aside + " and begins anew");
        }
        if (!content.garbage().isEmpty()) {
            ByteArrayOutputStream garbage = new ByteArrayOutputStream();
            content.garbage().forEach(garbage::writeBytes);
            Path aside = folder.resolve(NAME + ".garbage");
            Files.write(aside, garbage.toByteArray());
            told.accept("the lease store " + file + " held " + garbage.size()
                    + " octets that are no records; they were "
                    + "set aside in " + aside + ", and all whole records were read");
        }
        setStrangeAside(told);
    }

    private void setStrangeAside(java.util.function.Consumer<String> told) throws IOException {
        ByteArrayOutputStream strange = new ByteArrayOutputStream();
        strange.writeBytes(LeaseLog.header());
        long count = content.payloads().stream().filter(payload -> !LeaseLog.understands(payload))
                .peek(payload -> strange.writeBytes(LeaseLog.record(payload))).count();
        if (count > 0) {
            Path aside = folder.resolve(NAME + ".strange");
            Files.write(aside, strange.toByteArray());
            told.accept("the lease store " + file + " held " + count
                    + " records of a kind that this program does not know, "
                    + "as a later version may write them; they were set aside in " + aside
                    + ", and all others were read");
        }
    }

    /** What the file held when it was opened. */
    LeaseLog.Content content() {
        return content;
    }

    /** Begins to write, with a file that holds these. */
    void start(List<byte[]> payloads) {
        replace(payloads);
        thread.start();
    }

    /** Loop thread only. */
    void append(byte[] payload) {
        appended++;
        if (orders.size() < MAX_QUEUED) {
            orders.add(new Order.Append(LeaseLog.record(payload)));
        }
    }

    /** Loop thread only: these are all that matters, and hold all that was appended so far. */
    void replace(List<byte[]> payloads) {
        orders.add(new Order.Replace(payloads, appended));
    }

    private void run() {
        List<Order> batch = new ArrayList<>();
        boolean stopping = false;
        while (!stopping) {
            try {
                Order first = failed ? orders.poll(RETRY_MS, TimeUnit.MILLISECONDS) : orders.take();
                batch.clear();
                if (first != null) {
                    batch.add(first);
                    orders.drainTo(batch);
                } else {
                    listener.onReplaceWanted();
                }
            } catch (InterruptedException stop) {
                return;
            }
            stopping = batch.stream().anyMatch(Order.Stop.class::isInstance);
            carryOut(batch);
        }
    }

    private void carryOut(List<Order> batch) {
        try {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            long records = 0;
            for (Order order : batch) {
                switch (order) {
                    case Order.Append(byte[] record) -> {
                        octets.writeBytes(record);
                        records++;
                    }
                    case Order.Replace(List<byte[]> payloads, long covers) -> {
                        writeNew(payloads);
                        octets.reset();
                        records = 0;
                        durable = covers;
                        recovered();
                    }
                    case Order.Stop unused -> { }
                }
            }
            if (records > 0 && !failed) {
                write(octets.toByteArray());
                durable += records;
            }
            if (!failed) {
                listener.onStored(durable);
                askForReplace();
            }
        } catch (IOException refused) {
            fail(refused);
        }
    }

    private void askForReplace() throws IOException {
        if (!replaceAsked && channel.size() > wantReplaceAtOctets) {
            replaceAsked = true;
            listener.onReplaceWanted();
        }
    }

    private void write(byte[] octets) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        channel.force(false);
    }

    private void writeNew(List<byte[]> payloads) throws IOException {
        Path fresh = folder.resolve(NAME + ".new");
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        octets.writeBytes(LeaseLog.header());
        payloads.forEach(payload -> octets.writeBytes(LeaseLog.record(payload)));
        FileChannel next = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        try {
            ByteBuffer buffer = ByteBuffer.wrap(octets.toByteArray());
            while (buffer.hasRemaining()) {
                next.write(buffer);
            }
            next.force(true);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
                directory.force(true);
            }
        } catch (IOException refused) {
            next.close();
            throw refused;
        }
        if (channel != null) {
            channel.close();
        }
        channel = next;
        wantReplaceAtOctets = Math.max(LARGE_OCTETS, 2 * channel.size());
        replaceAsked = false;
    }

    private void fail(IOException refused) {
        if (!failed) {
            failed = true;
            listener.onFailed(file + ": " + refused.getMessage());
        }
    }

    private void recovered() {
        if (failed) {
            failed = false;
            listener.onFailed(null);
        }
    }

    /** Writes what was appended and ends. */
    @Override
    public void close() {
        orders.add(new Order.Stop());
        try {
            thread.join(2000);
            if (channel != null && !thread.isAlive()) {
                channel.close();
            }
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        } catch (IOException refused) {
            fail(refused);
        }
    }
}
