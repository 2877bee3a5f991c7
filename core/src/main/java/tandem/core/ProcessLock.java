package tandem.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock that one process holds at a time, on a file that says which: the system releases it when the process ends,
 * however it ends. Threads of one process exclude each other too. The file stays, so that nobody locks a file that
 * another has just deleted.
 */
public final class ProcessLock implements AutoCloseable {
    private static final long PAUSE_MILLIS = 100;

    /** Half a second in all: between taking the lock and writing the id there are two system calls. */
    private static final int NAMING_PAUSES = 50;

    private static final long NAMING_PAUSE_NANOS = 10_000_000;

    /**
     * Files that this process has locked. They must not even be read here: where the system's locks are POSIX's,
     * closing any channel of a file releases the lock on it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private ProcessLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Told who is waited for. */
    @FunctionalInterface
    public interface Waiting {
        /**
         * Called ten times a second; a {@link Failure} ends the wait.
         *
         * @param holder id of the process that has the lock, if it is known
         */
        void on(OptionalLong holder);
    }

    /**
     * Takes the lock unless somebody has it.
     *
     * @param file made, with its folders, where it is missing
     * @throws Failure if the file cannot be locked
     */
    public static Optional<ProcessLock> tryAcquire(Path file) {
        Path key = file.toAbsolutePath().normalize();
        if (!HELD.add(key)) {
            return Optional.empty();
        }
        Optional<ProcessLock> lock = Optional.empty();
        try {
            lock = tryLock(key);
            return lock;
        } catch (IOException e) {
            throw new Failure(
                    "%s: cannot be locked (%s); check that its folder is writable and the disk has room"
                            .formatted(file, e.getMessage()),
                    e);
        } finally {
            if (lock.isEmpty()) {
                HELD.remove(key);
            }
        }
    }

    private static Optional<ProcessLock> tryLock(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
            if (!locked) {
                return Optional.empty();
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return Optional.of(new ProcessLock(file, channel));
        } catch (IOException e) {
            locked = false;
            throw e;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    /**
     * Takes the lock, and waits for it as long as somebody else has it.
     *
     * @throws Failure if the file cannot be locked, or {@code waiting} gives up
     */
    public static ProcessLock acquire(Path file, Waiting waiting) {
        while (true) {
            Optional<ProcessLock> lock = tryAcquire(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            waiting.on(holder(file));
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure("interrupted while it waited for %s".formatted(file), e);
            }
        }
    }

    /**
     * The process that has a lock which could not be taken. A process that has just taken it writes its id a moment
     * later, and is waited for that long.
     *
     * @return nothing if the file does not say
     */
    public static OptionalLong holder(Path file) {
        Path key = file.toAbsolutePath().normalize();
        for (int i = 0; i < NAMING_PAUSES; i++) {
            if (HELD.contains(key)) {
                return OptionalLong.of(ProcessHandle.current().pid());
            }
            OptionalLong written = written(key);
            if (written.isPresent()) {
                return written;
            }
            LockSupport.parkNanos(NAMING_PAUSE_NANOS);
        }
        return OptionalLong.empty();
    }

    /** The living process that the file names; that of a process which was killed names one that is gone. */
    private static OptionalLong written(Path file) {
        try {
            long process = Long.parseLong(Files.readString(file).strip());
            return ProcessHandle.of(process).isPresent() ? OptionalLong.of(process) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Releases the lock, and takes its name off it first: the next process is not taken for this one. */
    @Override
    public void close() {
        try (channel) {
            channel.truncate(0);
        } catch (IOException e) {
            throw new Failure("%s: cannot be released (%s)".formatted(file, e.getMessage()), e);
        } finally {
            HELD.remove(file);
        }
    }
}
