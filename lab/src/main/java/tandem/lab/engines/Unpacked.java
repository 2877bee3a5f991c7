package tandem.lab.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tandem.core.Failure;
import tandem.core.Json;
import tools.jackson.core.JacksonException;

/**
 * What an engine's library unpacked of its natives. The record is written when the engine has worked once, so that a
 * folder without it may be the rest of a start that was killed.
 *
 * @param folder name of the folder that it is in
 * @param coordinates of the jars that it was unpacked from
 * @param files all of them
 */
record Unpacked(String folder, List<String> coordinates, List<Item> files) {
    /** Name of the record's own file. */
    static final String FILE = "unpacked.json";

    Unpacked {
        // Refuses null, which JSON may hold.
        coordinates = List.copyOf(coordinates);
        files = List.copyOf(files);
        folder = Path.of(folder).getFileName().toString();
    }

    /**
     * A file, or a symbolic link.
     *
     * @param path below the folder
     * @param bytes its length; 0 of a link
     * @param modified milliseconds of the epoch; 0 of a link
     * @param content SHA-256, or where a link leads to
     */
    record Item(String path, long bytes, long modified, String content) {
        Item {
            if (path.isEmpty() || content.isEmpty()) {
                throw new IllegalArgumentException("a file without a name or content");
            }
        }

        private static Item of(Path folder, Path file) {
            try {
                String path = folder.relativize(file).toString();
                return Files.isSymbolicLink(file)
                        ? new Item(path, 0, 0, Files.readSymbolicLink(file).toString())
                        : new Item(path, Files.size(file), modified(file), Pins.sum("SHA-256", file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static long modified(Path file) throws IOException {
            return Files.getLastModifiedTime(file).toMillis();
        }

        /** Whether it is there, as long and as old as when it was recorded. */
        private boolean looksWhole(Path folder) {
            Path file = folder.resolve(path);
            try {
                return Files.isSymbolicLink(file)
                        ? Files.readSymbolicLink(file).toString().equals(content)
                        : Files.isRegularFile(file) && Files.size(file) == bytes && modified(file) == modified;
            } catch (IOException e) {
                return false;
            }
        }
    }

    /** Records a folder as it is; what is empty, such as a lock, does not count. */
    static Unpacked of(Path folder, List<String> coordinates) {
        try (Stream<Path> files = Files.walk(folder)) {
            return new Unpacked(
                    folder.getFileName().toString(),
                    coordinates,
                    files.filter(Unpacked::counts)
                            .sorted()
                            .map(file -> Item.of(folder, file))
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean counts(Path file) {
        try {
            return Files.isSymbolicLink(file)
                    || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The record in an engine's cache; nothing if there is none, or it cannot be read. */
    static Optional<Unpacked> onRecord(Path cache) {
        try {
            return Optional.ofNullable(Json.parse(Files.readString(cache.resolve(FILE)), Unpacked.class));
        } catch (IOException | JacksonException e) {
            // It is made again, with what it is about.
            return Optional.empty();
        }
    }

    /** Whether all files are there, as long and as old as they were: quick, and asked at every start. */
    boolean looksWhole(Path cache) {
        return files.stream().allMatch(file -> file.looksWhole(cache.resolve(folder)));
    }

    /** What is wrong with the files' content, a sentence for each: reads all of them. */
    List<String> damage(Path cache) {
        Path root = cache.resolve(folder);
        return files.stream()
                .filter(file -> !file.looksWhole(root) || !sameContent(root, file))
                .map(file -> "%s is not as it was unpacked".formatted(root.resolve(file.path())))
                .toList();
    }

    private static boolean sameContent(Path root, Item file) {
        Path path = root.resolve(file.path());
        try {
            return Files.isSymbolicLink(path) || Pins.sum("SHA-256", path).equals(file.content());
        } catch (Failure e) {
            return false;
        }
    }
}
