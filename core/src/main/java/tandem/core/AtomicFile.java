package tandem.core;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Files that are whole or absent: written under a temporary name beside their place, then moved into it. */
public final class AtomicFile {
    private AtomicFile() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything; the stream is buffered and closed by the caller. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file, replacing one that is there. Folders are made where they lack.
     *
     * @throws Failure if it cannot be written; then what was there before is still there
     */
    public static void write(Path file, Content content) {
        Path target = file.toAbsolutePath();
        Path temporary = null;
        try {
            Files.createDirectories(target.getParent());
            temporary = Files.createTempFile(target.getParent(), target.getFileName() + ".", ".tmp");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16)) {
                content.writeTo(out);
            }
            readableAsUsual(temporary);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Failure failure = new Failure(
                    "%s: cannot be written (%s); check that the folder is writable and the disk has room"
                            .formatted(file, e.getMessage()),
                    e);
            remove(temporary, failure);
            throw failure;
        }
    }

    /** Writes a text file as UTF-8. */
    public static void write(Path file, String text) {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Temporary files are made for their owner alone; results are for whoever may read other new files. */
    private static void readableAsUsual(Path file) {
        // POSIX only; other file systems inherit from the folder.
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            file.toFile().setReadable(true, false);
        }
    }

    private static void remove(@Nullable Path temporary, Failure failure) {
        if (temporary != null) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }
}
