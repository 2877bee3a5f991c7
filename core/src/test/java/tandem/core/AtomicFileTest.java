package tandem.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFileTest {
    @TempDir
    Path folder;

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void writesAllAndLeavesNothingElse() throws IOException {
        Path file = folder.resolve("deep/er/text.txt");
        AtomicFile.write(file, "zwölf\n");
        assertArrayEquals("zwölf\n".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(file));
        assertEquals(1, file.getParent().toFile().list().length);
        AtomicFile.write(file, "");
        assertEquals(0, Files.size(file));
    }

    /** More than the buffer holds, in two pieces. */
    @Test
    void contentOfAnyLength() throws IOException {
        byte[] bytes = new byte[100_001];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        Path file = folder.resolve("bytes");
        AtomicFile.write(file, out -> {
            out.write(bytes, 0, 70_000);
            out.write(bytes, 70_000, 30_001);
        });
        assertArrayEquals(bytes, Files.readAllBytes(file));
    }

    /** Also while the new one is being written. */
    @Test
    void whatWasThereStaysWhenWritingFails() throws IOException {
        Path file = folder.resolve("model");
        AtomicFile.write(file, "old");
        Failure failure = assertThrows(
                Failure.class,
                () -> AtomicFile.write(file, out -> {
                    out.write(new byte[200_000]);
                    assertEquals("old", Files.readString(file));
                    assertEquals(2, files().size(), "the new file is beside the old one");
                    assertTrue(files().get(1).matches("model\\..*\\.tmp"), files()::toString);
                    throw new IOException("the disk is full");
                }));
        assertEquals(
                file
                        + ": cannot be written (the disk is full); check that the folder is writable and the disk has room",
                failure.getMessage());
        assertEquals("the disk is full", failure.getCause().getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("model"), files());
    }

    @Test
    void nothingIsThereWhenWritingFailsTheFirstTime() throws IOException {
        assertThrows(
                Failure.class,
                () -> AtomicFile.write(folder.resolve("new"), out -> {
                    throw new IOException("no");
                }));
        assertEquals(List.of(), files());
    }

    @Test
    void aFileInTheWayOfTheFolderIsASentence() throws IOException {
        Files.writeString(folder.resolve("file"), "mine");
        Failure failure = assertThrows(Failure.class, () -> AtomicFile.write(folder.resolve("file/model"), "new"));
        assertTrue(failure.getMessage().contains("file/model: cannot be written"), failure.getMessage());
        assertEquals("mine", Files.readString(folder.resolve("file")));
    }

    /** Temporary files are for their owner alone; these are for everybody. */
    @Test
    void everybodyMayRead() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"), "no POSIX permissions");
        Path file = folder.resolve("model");
        AtomicFile.write(file, "x");
        assertEquals(
                Set.of(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.OWNER_WRITE,
                        PosixFilePermission.GROUP_READ,
                        PosixFilePermission.OTHERS_READ),
                Files.getPosixFilePermissions(file));
    }
}
