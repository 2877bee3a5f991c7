package tandem.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.CacheFolder;
import tandem.core.Failure;
import tandem.core.ProcessLock;

/** Downloads from real web servers on this machine. */
class DownloadTest {
    private static final String IMAGES = "train-images-idx3-ubyte.gz";

    @TempDir
    Path folder;

    /** Noise, which does not compress, so that a cut falls where the test says. */
    private final byte[] images = noise(2_000);

    private final byte[] compressed = IdxFiles.gzip(images);
    private final Map<Part, Checksum> checksums = KnownDataset.checksums(Stream.of(Part.values())
            .map(part -> Checksum.ofContent(sha256(content(part))))
            .toArray(Checksum[]::new));
    private final List<String> progress = new ArrayList<>();
    private Mirror mirror;

    /** Long enough for a busy machine; the test of silence waits for less. */
    private Duration patience = Duration.ofSeconds(30);

    @BeforeEach
    void start() throws IOException {
        mirror = mirrorOfNoise();
    }

    @AfterEach
    void stop() {
        mirror.close();
    }

    @Test
    void fetchesAllFilesWhole() throws IOException {
        Catalogue catalogue = catalogue(mirror.address());
        assertEquals(new Location.Missing(cache()), location(catalogue));
        long bytes = compressed.length
                + Stream.of(Part.TRAIN_LABELS, Part.TEST_IMAGES, Part.TEST_LABELS)
                        .mapToLong(part -> IdxFiles.gzip(content(part)).length)
                        .sum();
        assertEquals(new Location.Cached(cache(), bytes), fetch(catalogue));
        assertEquals(
                List.of(IMAGES, "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
                mirror.requests);
        assertArrayEquals(compressed, Files.readAllBytes(cache().resolve(IMAGES)));
        assertNothingPartial();
        assertEquals("%s 0/%s".formatted(IMAGES, compressed.length), progress.getFirst());
        assertTrue(progress.contains("%1$s %2$s/%2$s".formatted(IMAGES, compressed.length)), progress::toString);
        Dataset data = catalogue.open("toy");
        assertEquals("toy", data.name());
        assertEquals(2_000, data.train().count());
        assertEquals(new Normalisation(0.5, 0.25), data.train().normalisation());
    }

    /** As EMNIST comes: all files in one archive, of which alone a checksum is published. */
    @Test
    void takesTheFilesOutOfAnArchive() throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            for (Part part : Part.values()) {
                zip.putNextEntry(new ZipEntry("gzip/toy-" + part.fileName + ".gz"));
                zip.write(IdxFiles.gzip(content(part)));
            }
        }
        mirror.put("gzip.zip", archive.toByteArray());
        Map<Part, String> names = new EnumMap<>(Part.class);
        Stream.of(Part.values()).forEach(part -> names.put(part, "toy-" + part.fileName));
        KnownDataset toy = new KnownDataset(
                "toy",
                "noise",
                "none",
                3,
                null,
                List.of(mirror.address()),
                Map.of(),
                names,
                new Description(null, null, null, null, true, List.of("a", "b", "c")),
                new KnownDataset.Archive("gzip.zip", "gzip/", Checksum.ofFile(sha256(archive.toByteArray()))));
        Catalogue catalogue = new Catalogue(
                List.of(toy), folder.resolve("none"), () -> new CacheFolder(folder.resolve("tandem")), patience);
        assertInstanceOf(Location.Cached.class, fetch(catalogue));
        catalogue.verify("toy");
        Dataset data = catalogue.open("toy");
        // Of 8x7, turned.
        assertEquals(7, data.train().rows());
        assertEquals(List.of("a", "b", "c"), data.names());
        assertTrue(data.transposed());
        try (Stream<Path> files = Files.list(cache())) {
            assertEquals(4, files.count(), "the archive is not kept");
        }
        Path labels = cache().resolve("toy-train-labels-idx1-ubyte.gz");
        byte[] bytes = Files.readAllBytes(labels);
        bytes[bytes.length - 5] ^= 1;
        Files.write(labels, bytes);
        assertThrows(Failure.class, () -> catalogue.verify("toy"));
        assertTrue(catalogue.remove("toy") > 100_000);
    }

    @Test
    void fetchesNothingTwice() {
        Catalogue catalogue = catalogue(mirror.address());
        fetch(catalogue);
        mirror.requests.clear();
        fetch(catalogue);
        assertEquals(List.of(), mirror.requests);
    }

    @Test
    void resumesAnEarlierDownload() throws IOException {
        writePartial(Arrays.copyOf(compressed, 70_000));
        fetch(catalogue(mirror.address()));
        assertEquals(IMAGES + " bytes=70000-", mirror.requests.getFirst());
        assertEquals("%s 70000/%s".formatted(IMAGES, compressed.length), progress.getFirst());
        assertArrayEquals(compressed, Files.readAllBytes(cache().resolve(IMAGES)));
        assertNothingPartial();
    }

    @Test
    void takesAWholePartAsItIs() throws IOException {
        writePartial(compressed);
        fetch(catalogue(mirror.address()));
        assertEquals(IMAGES + " bytes=%s-".formatted(compressed.length), mirror.requests.getFirst());
        assertEquals(4, mirror.requests.size());
        assertArrayEquals(compressed, Files.readAllBytes(cache().resolve(IMAGES)));
    }

    @Test
    void startsOverWhenRangesAreIgnored() throws IOException {
        writePartial(new byte[90_000]);
        mirror.ignoresRange = true;
        fetch(catalogue(mirror.address()));
        assertEquals(IMAGES + " bytes=90000-", mirror.requests.getFirst());
        assertEquals("%s 0/%s".formatted(IMAGES, compressed.length), progress.getFirst());
        assertEquals(4, mirror.requests.size());
        assertArrayEquals(compressed, Files.readAllBytes(cache().resolve(IMAGES)));
    }

    @Test
    void startsOverWhenThePartIsOfAnotherFile() throws IOException {
        writePartial(new byte[50_000]);
        fetch(catalogue(mirror.address()));
        assertEquals(List.of(IMAGES + " bytes=50000-", IMAGES), mirror.requests.subList(0, 2));
        assertArrayEquals(compressed, Files.readAllBytes(cache().resolve(IMAGES)));
    }

    @Test
    void goesOnAfterACut() throws IOException {
        mirror.cutAfter = 65_536;
        mirror.cuts = 1;
        fetch(catalogue(mirror.address()));
        assertEquals(List.of(IMAGES, IMAGES + " bytes=65536-"), mirror.requests.subList(0, 2));
        assertArrayEquals(compressed, Files.readAllBytes(cache().resolve(IMAGES)));
    }

    @Test
    void leavesNothingInPlaceAfterManyCuts() throws IOException {
        mirror.cutAfter = 16_384;
        mirror.cuts = 3;
        assertFails("last tried %s%s: it broke off after 49152 bytes".formatted(mirror.address(), IMAGES));
        assertFalse(Files.exists(cache().resolve(IMAGES)));
        assertArrayEquals(Arrays.copyOf(compressed, 49_152), Files.readAllBytes(partial()));
        fetch(catalogue(mirror.address()));
        assertEquals(IMAGES + " bytes=49152-", mirror.requests.get(3));
        assertNothingPartial();
    }

    @Test
    void takesTheRestOfACutFileFromTheSecondMirror() throws IOException {
        try (Mirror second = mirrorOfNoise()) {
            mirror.cutAfter = 10_000;
            mirror.cuts = 3;
            fetch(catalogue(mirror.address(), second.address()));
            assertEquals(IMAGES + " bytes=30000-", second.requests.getFirst());
            assertArrayEquals(compressed, Files.readAllBytes(cache().resolve(IMAGES)));
        }
    }

    @Test
    void givesUpOnASilentServer() {
        mirror.cutAfter = 100;
        mirror.cuts = 1;
        mirror.silent = true;
        patience = Duration.ofSeconds(1);
        assertFails("last tried %s%s: it fell silent for 1 s".formatted(mirror.address(), IMAGES));
    }

    @Test
    void refusesAWrongFile() throws IOException {
        mirror.put(Part.TRAIN_IMAGES, IdxFiles.gzip(noise(1_999)));
        assertFails("last tried %s%s: its SHA-256 is %s, not %s"
                .formatted(mirror.address(), IMAGES, sha256(noise(1_999)), sha256(images)));
        assertEquals(List.of(IMAGES), mirror.requests);
        assertNothingPartial();
    }

    @Test
    void refusesAWebPage() throws IOException {
        mirror.put(Part.TRAIN_IMAGES, "<html>log in first</html>".getBytes());
        assertFails("last tried %s%s: its SHA-256 is %s, not %s"
                .formatted(mirror.address(), IMAGES, sha256("<html>log in first</html>".getBytes()), sha256(images)));
        assertNothingPartial();
    }

    @Test
    void refusesADamagedFile() throws IOException {
        byte[] damaged = compressed.clone();
        damaged[damaged.length - 8] ^= 1; // the first byte of the CRC
        mirror.put(Part.TRAIN_IMAGES, damaged);
        assertFails("last tried %s%s: it cannot be read (Corrupt GZIP trailer)".formatted(mirror.address(), IMAGES));
        assertNothingPartial();
    }

    @Test
    void asksTheSecondMirror() throws IOException {
        try (Mirror empty = new Mirror()) {
            fetch(catalogue(empty.address(), mirror.address()));
            assertEquals(4, empty.requests.size());
            assertEquals(4, mirror.requests.size());
        }
    }

    @Test
    void namesTheLastReasonWhenAllMirrorsFail() throws IOException {
        try (Mirror empty = new Mirror()) {
            Failure failure = assertThrows(Failure.class, () -> fetch(catalogue(empty.address())));
            assertEquals(
                    "toy: train-images-idx3-ubyte.gz cannot be fetched (last tried %s%s: HTTP status 404); "
                                    .formatted(empty.address(), IMAGES)
                            + "try again later, or put the dataset's four files into %s by hand, or give their folder with --data"
                                    .formatted(cache()),
                    failure.getMessage());
        }
        mirror.close();
        assertFails("last tried %s%s: no connection".formatted(mirror.address(), IMAGES));
    }

    @Test
    void offlineTouchesNoNetwork() {
        Failure failure = assertThrows(
                Failure.class, () -> catalogue(mirror.address()).fetch("toy", true, DownloadProgress.NONE));
        assertEquals(
                "toy is not on this machine; run 'tandem data' with a network to fetch it, or put its four files into "
                        + cache(),
                failure.getMessage());
        assertEquals(List.of(), mirror.requests);
        assertFalse(Files.exists(folder.resolve("tandem")));
    }

    @Test
    void saysThatTheDiskIsFull() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")), "only Linux has a file that is always full");
        Files.createDirectories(cache());
        Files.createSymbolicLink(partial(), Path.of("/dev/full"));
        Failure failure = assertThrows(Failure.class, () -> fetch(catalogue(mirror.address())));
        assertEquals(
                cache()
                        + ": cannot be written (No space left on device); make it writable and make room, or set XDG_CACHE_HOME to another folder",
                failure.getMessage());
        assertFalse(Files.exists(cache().resolve(IMAGES)));
        Files.delete(partial());
    }

    @Test
    void saysThatTheCacheCannotBeMade() throws IOException {
        Files.writeString(folder.resolve("tandem"), "a file where the cache should be");
        Failure failure = assertThrows(Failure.class, () -> fetch(catalogue(mirror.address())));
        assertTrue(failure.getMessage().startsWith(cache() + ": cannot be written ("), failure::getMessage);
        assertEquals(List.of(), mirror.requests);
    }

    @Test
    void twoAtATimeFetchOnce() throws Exception {
        Catalogue catalogue = catalogue(mirror.address());
        Callable<Location> fetch = () -> catalogue.fetch("toy", false, DownloadProgress.NONE);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var result : threads.invokeAll(List.of(fetch, fetch))) {
                assertEquals(location(catalogue), result.get());
            }
        }
        assertEquals(4, mirror.requests.size());
    }

    /** Whoever waits says for whom, and can give up; nothing is taken away from under whoever fetches. */
    @Test
    void anotherProcessThatFetchesIsWaitedFor() {
        Catalogue catalogue = catalogue(mirror.address());
        List<OptionalLong> told = new ArrayList<>();
        try (ProcessLock _ =
                ProcessLock.tryAcquire(cache().resolveSibling("toy.lock")).orElseThrow()) {
            DownloadProgress impatient = new DownloadProgress() {
                @Override
                public void at(String file, long done, long total) {}

                @Override
                public void waiting(OptionalLong holder) {
                    told.add(holder);
                    throw new Failure("enough");
                }
            };
            assertEquals(
                    "enough",
                    assertThrows(Failure.class, () -> catalogue.fetch("toy", false, impatient))
                            .getMessage());
            assertEquals(
                    "toy is being fetched by another process; wait until it is done, or end it",
                    assertThrows(Failure.class, () -> catalogue.remove("toy")).getMessage());
        }
        assertEquals(List.of(OptionalLong.of(ProcessHandle.current().pid())), told);
        assertEquals(List.of(), mirror.requests);
        fetch(catalogue);
    }

    private Mirror mirrorOfNoise() throws IOException {
        Mirror made = Mirror.ofSmallDataset();
        made.put(Part.TRAIN_IMAGES, compressed);
        made.put(Part.TRAIN_LABELS, IdxFiles.gzip(content(Part.TRAIN_LABELS)));
        return made;
    }

    private byte[] content(Part part) {
        return switch (part) {
            case TRAIN_IMAGES -> images;
            case TRAIN_LABELS -> IdxFiles.labels(2_000, 3);
            case TEST_IMAGES, TEST_LABELS -> IdxFiles.content(part);
        };
    }

    private static byte[] noise(int count) {
        byte[] values = new byte[count * 56];
        new Random(1).nextBytes(values);
        return IdxFiles.idx(2051, values, count, 8, 7);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private Catalogue catalogue(URI... mirrors) {
        KnownDataset toy =
                new KnownDataset("toy", "noise", "none", 3, new Normalisation(0.5, 0.25), List.of(mirrors), checksums);
        return new Catalogue(
                List.of(toy),
                folder.resolve("nothing-installed"),
                () -> new CacheFolder(folder.resolve("tandem")),
                patience);
    }

    private Location fetch(Catalogue catalogue) {
        return catalogue.fetch("toy", false, (file, done, total) -> {
            progress.add("%s %s/%s".formatted(file, done, total));
            mirror.arrived = done;
        });
    }

    private static Location location(Catalogue catalogue) {
        return catalogue.entries().getFirst().location();
    }

    private Path cache() {
        return folder.resolve("tandem").resolve("datasets").resolve("toy");
    }

    private Path partial() {
        return cache().resolve(IMAGES + ".part");
    }

    private void writePartial(byte[] content) throws IOException {
        Files.createDirectories(cache());
        Files.write(partial(), content);
    }

    private void assertNothingPartial() throws IOException {
        try (Stream<Path> files = Files.list(cache())) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.toString().endsWith(".part")).toList());
        }
    }

    private void assertFails(String last) {
        Failure failure = assertThrows(Failure.class, () -> fetch(catalogue(mirror.address())));
        assertEquals(
                "toy: train-images-idx3-ubyte.gz cannot be fetched (%s); try again later, or put the dataset's four files into %s by hand, or give their folder with --data"
                        .formatted(last, cache()),
                failure.getMessage());
    }
}
