package tandem.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.CacheFolder;
import tandem.core.Failure;

class CatalogueTest {
    private static final String REFETCH = "; delete it and run 'tandem data' to fetch it again";

    @TempDir
    Path folder;

    @Test
    void namesItsDatasets() {
        assertEquals(
                List.of(
                        "mnist",
                        "fashion-mnist",
                        "kmnist",
                        "qmnist",
                        "emnist-digits",
                        "emnist-letters",
                        "emnist-balanced",
                        "emnist-byclass"),
                Catalogue.ofUser().names());
        Catalogue.Entry mnist = Catalogue.ofUser().entries().getFirst();
        assertEquals("mnist", mnist.name());
        assertEquals("handwritten digits (LeCun, Cortes)", mnist.title());
        assertEquals("CC BY-SA 3.0", mnist.licence());
        // The four lengths of the module's files.
        assertEquals(new Location.Embedded(9_719_438 + 28_857 + 1_616_508 + 4_517), mnist.location());
    }

    @Test
    void embeddedMnistHasItsChecksums() {
        Catalogue.ofUser().verify("mnist");
    }

    @Test
    void embeddedMnistNeedsNoCache() {
        Catalogue homeless = new Catalogue(
                KnownDataset.ALL,
                folder,
                () -> {
                    throw new Failure("no home folder");
                },
                Duration.ZERO);
        assertEquals(60_000, homeless.open("mnist").train().count());
    }

    @Test
    void refusesUnknownNames() {
        Failure failure = assertThrows(Failure.class, () -> catalogue().verify("emnist"));
        assertEquals(
                "dataset 'emnist' is not in the catalogue; valid are mnist, fashion-mnist, kmnist, qmnist, emnist-digits, emnist-letters, emnist-balanced, emnist-byclass",
                failure.getMessage());
    }

    @Test
    void fashionMnistAsDebianInstallsIt() {
        Catalogue catalogue =
                new Catalogue(KnownDataset.ALL, Catalogue.INSTALLED, () -> new CacheFolder(folder), Duration.ZERO);
        Path debian = Path.of("/usr/share/datasets/fashion-mnist");
        assumeTrue(Files.isDirectory(debian), "Debian's package dataset-fashion-mnist is not installed");
        assertEquals(
                new Location.Installed(debian, 26_421_856 + 29_491 + 4_422_079 + 5_125),
                catalogue.entries().get(1).location());
        catalogue.verify("fashion-mnist");
        Dataset fashion = catalogue.open("fashion-mnist");
        assertEquals(10, fashion.classes());
        assertEquals(60_000, fashion.train().count());
        assertEquals(10_000, fashion.test().count());
        assertEquals(28, fashion.train().rows());
        assertEquals(28, fashion.train().columns());
        assertEquals(List.of(9, 0, 0, 3, 0), firstLabels(fashion.train()));
        assertEquals(List.of(9, 2, 1, 1, 6), firstLabels(fashion.test()));
        assertEquals(new Normalisation(0.2860, 0.3530), fashion.train().normalisation());
        assertEquals(
                new Normalisation(0.2860, 0.3530),
                Normalisation.of(fashion.train().pixels()));
    }

    @Test
    void prefersTheInstalledFolderToTheCache() throws IOException {
        IdxFiles.write(folder.resolve("installed/kmnist"));
        IdxFiles.write(cache());
        assertEquals(Location.Installed.class, kmnist().getClass());
        Files.delete(folder.resolve("installed/kmnist/t10k-labels-idx1-ubyte.gz"));
        assertEquals(Location.Cached.class, kmnist().getClass());
        Files.delete(cache().resolve("t10k-labels-idx1-ubyte.gz"));
        assertEquals(new Location.Missing(cache()), kmnist());
    }

    @Test
    void damagedFilesInTheCacheCanBeFetchedAgain() throws IOException {
        IdxFiles.write(cache());
        Path images = cache().resolve("train-images-idx3-ubyte.gz");
        byte[] twelve = IdxFiles.content(Part.TRAIN_IMAGES);
        Files.write(images, IdxFiles.gzip(Arrays.copyOf(twelve, twelve.length - 56)));
        Failure failure = assertThrows(Failure.class, () -> catalogue().open("kmnist"));
        assertEquals(images + ": header says 12 images but the file holds 11" + REFETCH, failure.getMessage());
    }

    @Test
    void damagedInstalledFilesCanBeInstalledAgain() throws IOException {
        IdxFiles.write(folder.resolve("installed/kmnist"));
        Path labels = folder.resolve("installed/kmnist/train-labels-idx1-ubyte.gz");
        Files.write(labels, IdxFiles.labels(12, 11));
        Failure failure = assertThrows(Failure.class, () -> catalogue().open("kmnist"));
        assertEquals(
                labels
                        + ": label 10 of image 10 is out of range, kmnist has at most 10 classes, 0 to 9; reinstall the package dataset-kmnist",
                failure.getMessage());
    }

    @Test
    void verifyNamesTheWrongFile() throws IOException {
        IdxFiles.write(cache());
        Failure failure = assertThrows(Failure.class, () -> catalogue().verify("kmnist"));
        assertTrue(
                failure.getMessage().startsWith(cache() + "/train-images-idx3-ubyte.gz: its SHA-256 is "),
                failure::getMessage);
        assertTrue(
                failure.getMessage()
                        .endsWith(", not 51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4" + REFETCH),
                failure::getMessage);
    }

    @Test
    void verifyNeedsTheFormWhoseChecksumIsPublished() throws IOException {
        IdxFiles.write(cache());
        Path plain = cache().resolve("train-images-idx3-ubyte");
        Files.write(plain, IdxFiles.content(Part.TRAIN_IMAGES));
        Failure failure = assertThrows(Failure.class, () -> catalogue().verify("kmnist"));
        assertEquals(
                plain + ": it is not compressed, but only the checksum of the compressed file is published" + REFETCH,
                failure.getMessage());
    }

    @Test
    void verifyNeedsTheDataset() {
        Failure failure = assertThrows(Failure.class, () -> catalogue().verify("kmnist"));
        assertEquals(
                "kmnist is not on this machine; run 'tandem data' with a network to fetch it, or put its four files into "
                        + cache(),
                failure.getMessage());
    }

    @Test
    void removesOnlyItsOwnFilesFromTheCache() throws IOException {
        IdxFiles.write(cache());
        Files.write(cache().resolve("train-images-idx3-ubyte.gz.part"), new byte[1_000]);
        long bytes = kmnist().bytes() + 1_000;
        assertEquals(bytes, catalogue().remove("kmnist"));
        assertFalse(Files.exists(cache()));
        assertEquals(0, catalogue().remove("kmnist"));

        IdxFiles.write(cache());
        Files.writeString(cache().resolve("notes.txt"), "mine");
        assertEquals(bytes - 1_000, catalogue().remove("kmnist"));
        assertEquals("mine", Files.readString(cache().resolve("notes.txt")));
    }

    private static List<Integer> firstLabels(Images images) {
        return IntStream.range(0, 5).mapToObj(images::label).toList();
    }

    private Catalogue catalogue() {
        return new Catalogue(
                KnownDataset.ALL,
                folder.resolve("installed"),
                () -> new CacheFolder(folder.resolve("cache")),
                Duration.ZERO);
    }

    private Location kmnist() {
        return catalogue().entries().get(2).location();
    }

    private Path cache() {
        return folder.resolve("cache/datasets/kmnist");
    }
}
