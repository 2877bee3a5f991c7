package tandem.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tandem.core.Failure;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;

/**
 * A dataset as files that other programs can read: MNIST is part of a jar. Written when asked for, deleted at the end.
 */
final class PeerImages implements AutoCloseable {
    private final Dataset data;
    private Path folder;

    PeerImages(Dataset data) {
        this.data = data;
    }

    /**
     * A folder with the four IDX files.
     *
     * @throws Failure if it cannot be written
     */
    Path folder() {
        if (folder == null) {
            try {
                folder = Files.createTempDirectory("tandem-images");
            } catch (IOException e) {
                throw new Failure("no temporary folder can be made for the peer's images (%s)".formatted(e), e);
            }
            Datasets.write(data, folder);
        }
        return folder;
    }

    @Override
    public void close() {
        if (folder == null) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> children = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : children) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be deleted (%s); delete it by hand".formatted(folder, e), e);
        }
    }
}
