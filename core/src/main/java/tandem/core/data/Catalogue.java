package tandem.core.data;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tandem.core.CacheFolder;
import tandem.core.Failure;
import tandem.core.ProcessLock;

/**
 * The datasets that have a name, and where they are: part of Tandem, installed by the operating system, in the cache,
 * or on the web. The first place that has all four files of a dataset counts.
 */
public final class Catalogue {
    /** Where Debian's packages {@code dataset-*} put their files, one folder for each. */
    static final Path INSTALLED = Path.of("/usr/share/datasets");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<KnownDataset> datasets;
    private final Path installed;
    private final Supplier<CacheFolder> cache;
    private final Duration patience;

    /**
     * A catalogue.
     *
     * @param installed where the operating system's datasets are
     * @param cache asked for only when a dataset is nowhere else: a user without a home folder has embedded ones
     * @param patience how long a server may say nothing
     */
    Catalogue(List<KnownDataset> datasets, Path installed, Supplier<CacheFolder> cache, Duration patience) {
        this.datasets = datasets;
        this.installed = installed;
        this.cache = cache;
        this.patience = patience;
    }

    /** The catalogue as the user of this JVM sees it. */
    public static Catalogue ofUser() {
        return new Catalogue(KnownDataset.ALL, INSTALLED, CacheFolder::ofUser, PATIENCE);
    }

    /**
     * One dataset.
     *
     * @param name name in recipes and options
     * @param title what its images show and who made them
     * @param licence under which it may be used
     * @param location where it is now
     */
    public record Entry(String name, String title, String licence, Location location) {}

    /** Every dataset. */
    public List<Entry> entries() {
        return datasets.stream()
                .map(known -> new Entry(known.name(), known.title(), known.licence(), location(known)))
                .toList();
    }

    /** The names of all datasets. */
    public List<String> names() {
        return datasets.stream().map(KnownDataset::name).toList();
    }

    /**
     * Sees to it that a dataset is on this machine, and fetches what is missing. Every file is downloaded beside its
     * place, compared with its checksum and only then moved there; a broken download is resumed the next time. Another
     * process that fetches the same dataset is waited for.
     *
     * @param offline whether the network may not be touched
     * @throws Failure if there is no such dataset, or it is missing and cannot be fetched
     */
    public Location fetch(String name, boolean offline, DownloadProgress progress) {
        KnownDataset known = known(name);
        Location location = location(known);
        if (!(location instanceof Location.Missing(Path folder))) {
            return location;
        }
        if (offline) {
            throw missing(known, folder);
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw Download.notWritable(folder, e);
        }
        try (ProcessLock _ = ProcessLock.acquire(lock(folder), progress::waiting)) {
            // Somebody may have removed the dataset while this process waited.
            Files.createDirectories(folder);
            try (Download download = new Download(known, folder, patience, progress)) {
                if (known.archive() != null) {
                    download.fetch(known.archive());
                } else {
                    for (Part part : Part.values()) {
                        if (DatasetFiles.file(folder, known.fileName(part)).isEmpty()) {
                            download.fetch(part);
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw Download.notWritable(folder, e);
        }
        return location(known);
    }

    /**
     * Compares all four files of a dataset with their checksums.
     *
     * @throws Failure if there is no such dataset, or it is missing, or a file is damaged
     */
    public void verify(String name) {
        KnownDataset known = known(name);
        DatasetFiles files = files(known);
        for (Part part : Part.values()) {
            DataFile file = files.file(part);
            known.checksum(part).problem(file).ifPresent(problem -> {
                throw file.failure(problem);
            });
        }
    }

    /**
     * Deletes a dataset's files, whole or broken, from the cache, and from nowhere else.
     *
     * @return how many bytes were freed
     * @throws Failure if there is no such dataset, it is being fetched, or a file cannot be deleted
     */
    public long remove(String name) {
        KnownDataset known = known(name);
        Path folder = folder(known);
        long freed = 0;
        if (!Files.exists(folder)) {
            return 0;
        }
        try (ProcessLock _ = ProcessLock.tryAcquire(lock(folder))
                .orElseThrow(() -> new Failure(
                        "%s is being fetched by another process; wait until it is done, or end it".formatted(name)))) {
            for (Part part : Part.values()) {
                for (String ending : List.of("", ".gz", ".gz" + Download.PARTIAL)) {
                    freed += delete(folder.resolve(known.fileName(part) + ending));
                }
            }
            if (known.archive() != null) {
                freed += delete(folder.resolve(known.archive().name() + Download.PARTIAL));
            }
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Somebody else's files stay, and so does the folder.
            return freed;
        } catch (IOException e) {
            throw new Failure("%s: cannot be emptied (%s); delete it by hand".formatted(folder, e), e);
        }
        return freed;
    }

    private static long delete(Path file) throws IOException {
        try {
            long bytes = Files.size(file);
            Files.delete(file);
            return bytes;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** As {@link #open(String, String, boolean)}, under its own name and as it lies. */
    Dataset open(String name) {
        return open(name, name, false);
    }

    /**
     * Reads a dataset of this machine.
     *
     * @param dataset how it is called from then on
     * @param transposed whether rows and columns are swapped, once more if the dataset's are swapped anyway
     * @throws Failure if there is no such dataset, or it is missing, or a file is bad
     */
    Dataset open(String name, String dataset, boolean transposed) {
        KnownDataset known = known(name);
        return Datasets.read(
                files(known), known.description(), dataset, transposed, known.normalisation(), known.classes());
    }

    private KnownDataset known(String name) {
        return datasets.stream()
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new Failure("dataset '%s' is not in the catalogue; valid are %s"
                        .formatted(name, String.join(", ", names()))));
    }

    private Path folder(KnownDataset known) {
        return cache.get().resolve("datasets").resolve(known.name());
    }

    /** Beside the folder, which is deleted now and then. */
    private static Path lock(Path folder) {
        return folder.resolveSibling(folder.getFileName() + ".lock");
    }

    private Location location(KnownDataset known) {
        Optional<DatasetFiles> embedded = DatasetFiles.embedded(known);
        if (embedded.isPresent()) {
            return new Location.Embedded(embedded.get().bytes());
        }
        Path system = installed.resolve(known.name());
        Optional<DatasetFiles> debian = DatasetFiles.in(system, known, "");
        if (debian.isPresent()) {
            return new Location.Installed(system, debian.get().bytes());
        }
        Path folder = folder(known);
        return DatasetFiles.in(folder, known, "")
                .<Location>map(files -> new Location.Cached(folder, files.bytes()))
                .orElse(new Location.Missing(folder));
    }

    private DatasetFiles files(KnownDataset known) {
        return switch (location(known)) {
            case Location.Embedded _ -> DatasetFiles.embedded(known).orElseThrow();
            case Location.Installed(Path folder, long _) ->
                DatasetFiles.in(folder, known, "reinstall the package dataset-" + known.name())
                        .orElseThrow();
            case Location.Cached(Path folder, long _) ->
                DatasetFiles.in(folder, known, "delete it and run 'tandem data' to fetch it again")
                        .orElseThrow();
            case Location.Missing(Path folder) -> throw missing(known, folder);
        };
    }

    private static Failure missing(KnownDataset known, Path folder) {
        return new Failure(
                "%s is not on this machine; run 'tandem data' with a network to fetch it, or put its four files into %s"
                        .formatted(known.name(), folder));
    }
}
