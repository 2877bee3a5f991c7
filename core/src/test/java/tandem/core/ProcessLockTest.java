package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ProcessLockTest {
    @TempDir
    Path folder;

    /** Takes a lock, says so, and keeps it. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws InterruptedException {
            ProcessLock.acquire(Path.of(arguments[0]), _ -> {});
            System.out.println("locked");
            Thread.sleep(60_000);
        }
    }

    private static Process holder(Path file) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = process.inputReader();
        assertEquals("locked", said.readLine());
        return process;
    }

    @Test
    void theSystemReleasesTheLockOfAKilledProcess() throws Exception {
        Path file = folder.resolve("new").resolve("lock");
        Process process = holder(file);
        assertEquals(Optional.empty(), ProcessLock.tryAcquire(file));
        assertEquals(OptionalLong.of(process.pid()), ProcessLock.holder(file));
        List<OptionalLong> told = new ArrayList<>();
        ProcessLock lock = ProcessLock.acquire(file, holder -> {
            told.add(holder);
            process.destroyForcibly();
        });
        assertEquals(OptionalLong.of(process.pid()), told.getFirst());
        assertEquals(OptionalLong.of(ProcessHandle.current().pid()), ProcessLock.holder(file));
        lock.close();
        assertTrue(Files.exists(file), "nobody may lock a file that is about to be deleted");
    }

    /** Reading the file must not release the lock, as it does where the system's locks are POSIX's. */
    @Test
    void threadsOfOneProcessExcludeEachOther() throws Exception {
        Path file = folder.resolve("lock");
        try (ProcessLock _ = ProcessLock.tryAcquire(file).orElseThrow()) {
            assertEquals(Optional.empty(), ProcessLock.tryAcquire(folder.resolve("x/../lock")));
            assertEquals(OptionalLong.of(ProcessHandle.current().pid()), ProcessLock.holder(file));
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Holder.class.getName(),
                            file.toString())
                    .start();
            Thread.sleep(1500);
            assertEquals(0, other.getInputStream().available(), "the lock is still held");
            other.destroyForcibly();
        }
        ProcessLock.tryAcquire(file).orElseThrow().close();
    }

    /** The next process that has the lock has no name for a moment; the one before must not be named instead. */
    @Test
    void whoHadTheLockBeforeIsNotNamed() throws Exception {
        Path file = folder.resolve("lock");
        ProcessLock.tryAcquire(file).orElseThrow().close();
        assertEquals("", Files.readString(file));
        Process killed = holder(file);
        killed.destroyForcibly().waitFor();
        assertEquals(killed.pid() + "\n", Files.readString(file));
        assertEquals(OptionalLong.empty(), ProcessLock.holder(file));
    }

    @Test
    void theNameOfWhoJustTookTheLockIsWaitedFor() throws Exception {
        Path file = Files.writeString(folder.resolve("lock"), "");
        Thread writes = Thread.startVirtualThread(() -> {
            LockSupport.parkNanos(100_000_000);
            try {
                Files.writeString(file, "1\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertEquals(OptionalLong.of(1), ProcessLock.holder(file));
        writes.join();
    }

    @Test
    void whoeverWaitsMayGiveUp() throws Exception {
        Path file = folder.resolve("lock");
        try (ProcessLock _ = ProcessLock.tryAcquire(file).orElseThrow()) {
            assertEquals(
                    "no more",
                    assertThrows(
                                    Failure.class,
                                    () -> ProcessLock.acquire(file, _ -> {
                                        throw new Failure("no more");
                                    }))
                            .getMessage());
        }
    }

    @Test
    void whatCannotBeLockedIsSaid() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "").resolve("lock");
        String sentence =
                assertThrows(Failure.class, () -> ProcessLock.tryAcquire(file)).getMessage();
        assertTrue(sentence.startsWith(file + ": cannot be locked ("), sentence);
    }
}
