package tandem.notebooks.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tandem.core.ProcessLock;

/**
 * Where the libraries of a notebook unpack their natives. They do it without a lock, and take for whole what a process
 * that was killed left half written: so every kernel has a folder of its own, which is empty when it starts.
 */
public final class NativesFolder {
    /** Held until the process ends: a lock that nothing refers to is released. */
    private static Optional<ProcessLock> lock = Optional.empty();

    private NativesFolder() {}

    /**
     * The folder of this process, until it ends: the first whose lock is free. What a kernel before left in it is
     * deleted.
     *
     * @param all the folder of all kernels' folders
     */
    public static Path take(Path all) throws IOException {
        int number = 0;
        while (lock.isEmpty()) {
            number++;
            lock = ProcessLock.tryAcquire(all.resolve(number + ".lock"));
        }
        Path folder = all.resolve(String.valueOf(number));
        if (Files.exists(folder)) {
            delete(folder);
        }
        return Files.createDirectory(folder);
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
