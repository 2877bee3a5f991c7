package tandem.lab.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tandem.core.Failure;

/**
 * A folder of files that nobody needs in the end.
 *
 * @param path the folder
 */
public record TemporaryFolder(Path path) {

    /**
     * Makes a folder among the system's temporary files.
     *
     * @param prefix of its name
     * @throws Failure if it cannot be made
     */
    public static TemporaryFolder create(String prefix) {
        try {
            return new TemporaryFolder(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw new Failure("no folder for temporary files can be made (%s)".formatted(e.getMessage()), e);
        }
    }

    /**
     * Deletes it with all that is in it, if it is there.
     *
     * @throws Failure if something cannot be deleted
     */
    public void delete() {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> children = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : children) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be deleted (%s); delete it by hand".formatted(path, e.getMessage()), e);
        }
    }
}
