package org.limesh.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.limesh.access.LeaseLog;

/** The lease store on a real disk. */
class LeaseFileTest {
    @TempDir
    private Path folder;

    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private final List<String> sentences = new ArrayList<>();

    private LeaseFile open() throws Exception {
        return new LeaseFile(folder, new LeaseFile.Listener() {
            @Override
            public void onStored(long count) {
                told.add(count);
            }

            @Override
            public void onFailed(String reason) {
                told.add(reason == null ? "works" : reason);
            }

            @Override
            public void onReplaceWanted() {
                told.add("replace");
            }
        }, sentences::add);
    }

    private static byte[] payload(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private List<String> payloads() throws Exception {
        try (LeaseFile file = open()) {
            return file.content().payloads().stream()
                    .map(octets -> new String(octets, StandardCharsets.UTF_8)).toList();
        }
    }

    private void await(Object wanted) throws Exception {
        Object next = told.poll(60, TimeUnit.SECONDS);
        while (next != null && !next.equals(wanted)) {
            next = told.poll(60, TimeUnit.SECONDS);
        }
        assertThat(next).isEqualTo(wanted);
    }

    @Test
    void tellsWhenRecordsAreOnTheDiskAndFindsThemAgain() throws Exception {
        try (LeaseFile file = open()) {
            file.append(payload("start"));
            file.start(List.of(payload("start")));
            await(1L);
            for (int i = 0; i < 100; i++) {
                file.append(payload("lease " + i));
            }
            await(101L);
            LeaseLog.Content onDisk = LeaseLog.read(Files.readAllBytes(folder.resolve("leases.log")));
            assertThat(onDisk.payloads()).hasSize(101);
        }
        assertThat(payloads()).startsWith("start", "lease 0").endsWith("lease 99");
    }

    @Test
    void replacesTheFileAsAWholeAndGoesOnBehind() throws Exception {
        try (LeaseFile file = open()) {
            file.start(List.of());
            file.append(payload("old"));
            file.append(payload("old too"));
            file.replace(List.of(payload("all that matters")));
            file.append(payload("new"));
            await(3L);
        }
        assertThat(payloads()).containsExactly("all that matters", "new");
        assertThat(folder.resolve("leases.log.new")).doesNotExist();
    }

    @Test
    void asksToBeReplacedWhenItIsLarge() throws Exception {
        try (LeaseFile file = open()) {
            file.start(List.of());
            for (int i = 0; i < 300; i++) {
                file.append(new byte[32_768]);
            }
            await("replace");
        }
    }

    @Test
    void countsATornTailAndSetsGarbageAside() throws Exception {
        try (LeaseFile file = open()) {
            file.start(List.of(payload("one")));
            await(0L);
        }
        byte[] torn = LeaseLog.record(payload("never whole"));
        Path log = folder.resolve("leases.log");
        Files.write(log, payload("garbage!"), StandardOpenOption.APPEND);
        Files.write(log, LeaseLog.record(payload("two")), StandardOpenOption.APPEND);
        Files.write(log, java.util.Arrays.copyOf(torn, torn.length - 1), StandardOpenOption.APPEND);
        try (LeaseFile file = open()) {
            assertThat(file.content().payloads()).containsExactly(payload("one"), payload("two"));
            assertThat(file.content().tornOctets()).isEqualTo(torn.length - 1);
        }
        assertThat(folder.resolve("leases.log.garbage")).hasContent("garbage!");
        assertThat(sentences).anyMatch(sentence -> sentence.contains("8 octets that are no records"));
    }

    @Test
    void setsRecordsOfALaterProgramAsideAndReadsTheOthers() throws Exception {
        byte[] clock = new byte[18];
        clock[0] = 4;
        clock[1] = 1;
        assertThat(LeaseLog.understands(clock)).isTrue();
        byte[] later = clock.clone();
        later[1] = 2;
        try (LeaseFile file = open()) {
            file.start(List.of(clock, later, clock));
            await(0L);
        }
        try (LeaseFile file = open()) {
            assertThat(file.content().payloads()).hasSize(3);
        }
        assertThat(LeaseLog.read(Files.readAllBytes(folder.resolve("leases.log.strange"))).payloads())
                .containsExactly(later);
        assertThat(sentences).singleElement().asString()
                .contains("held 1 records of a kind that this program does not know",
                "leases.log.strange");
    }

    @Test
    void setsAFileOfSomethingElseAsideBeforeItBeginsAnew() throws Exception {
        Files.writeString(folder.resolve("leases.log"), "this was written by somebody else");
        try (LeaseFile file = open()) {
            assertThat(file.content().tornOctets()).isZero();
            file.start(List.of());
            await(0L);
        }
        assertThat(folder.resolve("leases.log.garbage")).hasContent("this was written by somebody else");
        assertThat(sentences).singleElement().asString().contains("33 octets that are no records");
    }

    @Test
    void copiesAFileOfAnotherVersionBeforeItBeginsAnew() throws Exception {
        byte[] foreign = LeaseLog.header();
        foreign[7] = 9;
        Files.write(folder.resolve("leases.log"), foreign);
        try (LeaseFile file = open()) {
            file.start(List.of());
            await(0L);
        }
        assertThat(folder.resolve("leases.log.version-9")).hasBinaryContent(foreign);
        assertThat(sentences).singleElement().asString().contains("version 9");
    }

    @Test
    void tellsThatTheDiskFailsAndTriesAgainUntilItWorks() throws Exception {
        try (LeaseFile file = open()) {
            file.start(List.of());
            await(0L);
            // A folder in the way of the new file stands for a disk that takes nothing.
            Path inTheWay = Files.createDirectory(folder.resolve("leases.log.new"));
            file.append(payload("before"));
            await(1L);
            file.replace(List.of(payload("all")));
            assertThat(told.poll(60, TimeUnit.SECONDS)).asString().contains("leases.log");
            await("replace");
            Files.delete(inTheWay);
            file.replace(List.of(payload("all again")));
            await("works");
            file.append(payload("after"));
            await(2L);
        }
        assertThat(payloads()).containsExactly("all again", "after");
    }
}
