package tandem.core;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.UUID;

/** Files that are whole or absent: written under a temporary name beside their place, then moved into it. */
public final class AtomicFile {
    private static final String SUFFIX = ".tmp";

    private AtomicFile() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything; the stream is buffered and closed by the caller. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file, replacing one that is there. Missing folders are made. Content and place are on the disk when this
     * returns: a loss of power afterwards takes neither.
     *
     * @throws Failure if it cannot be written; then what was there before is still there
     */
    public static void write(Path file, Content content) {
        Path target = file.toAbsolutePath();
        Path folder = Objects.requireNonNull(target.getParent(), "a file lies in a folder");
        Path temporary = target.resolveSibling("%s.%s%s".formatted(target.getFileName(), UUID.randomUUID(), SUFFIX));
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(temporary, WRITE, CREATE_NEW)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            force(folder);
        } catch (IOException e) {
            Failure failure = new Failure(
                    "%s: cannot be written (%s); check that the folder is writable and the disk has room"
                            .formatted(file, e.getMessage()),
                    e);
            remove(temporary, failure);
            throw failure;
        }
    }

    /** Whether a file is what a process left behind that was killed while it wrote. */
    public static boolean isTemporary(Path file) {
        return file.getFileName().toString().matches(".+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\" + SUFFIX);
    }

    /** A file's new name is a change of its folder. Systems that open no folder keep names in their own way. */
    private static void force(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder)) {
                channel.force(true);
            }
        }
    }

    /** Writes a text file as UTF-8. */
    public static void write(Path file, String text) {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void remove(Path temporary, Failure failure) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
