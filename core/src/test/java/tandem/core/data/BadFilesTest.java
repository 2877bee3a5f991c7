package tandem.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;

/** Every way in which a user's folder can be bad, with real damaged files, and the sentence that says so. */
class BadFilesTest {
    private static final String REMEDY = "; put the right file in its place";

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        IdxFiles.write(folder);
    }

    @Test
    void truncatedGzip() throws IOException {
        byte[] gzip = gzipped(Part.TRAIN_IMAGES);
        put(Part.TRAIN_IMAGES, Arrays.copyOf(gzip, gzip.length - 30));
        assertFails(path(Part.TRAIN_IMAGES) + ": it is truncated, its compressed data ends too early" + REMEDY);
    }

    @Test
    void corruptGzip() throws IOException {
        byte[] gzip = gzipped(Part.TEST_IMAGES);
        gzip[gzip.length - 5] ^= 1; // the last byte of the CRC
        put(Part.TEST_IMAGES, gzip);
        assertFails(path(Part.TEST_IMAGES) + ": its compressed data is corrupt (Corrupt GZIP trailer)" + REMEDY);
    }

    @Test
    void wrongMagic() throws IOException {
        put(Part.TRAIN_IMAGES, gzipped(Part.TRAIN_LABELS));
        assertFails(path(Part.TRAIN_IMAGES) + ": it is intact but holds 12 unsigned bytes, which are labels, not images"
                + REMEDY);
        put(Part.TRAIN_IMAGES, gzipped(Part.TRAIN_IMAGES));
        put(Part.TEST_LABELS, gzipped(Part.TEST_IMAGES));
        assertFails(path(Part.TEST_LABELS)
                + ": it is intact but holds 6 x 8 x 7 unsigned bytes, which are images, not labels" + REMEDY);
    }

    @Test
    void webPageInsteadOfLabels() throws IOException {
        put(Part.TEST_LABELS, "<!DOCTYPE html>".getBytes());
        assertFails(path(Part.TEST_LABELS)
                + ": it is a web page (HTML), perhaps the answer of a server that has no such file; IDX labels were"
                + " expected" + REMEDY);
    }

    @Test
    void empty() throws IOException {
        put(Part.TEST_LABELS, new byte[0]);
        assertFails(path(Part.TEST_LABELS) + ": it holds only 0 bytes, no IDX header" + REMEDY);
    }

    @Test
    void endsWithinHeader() throws IOException {
        put(Part.TEST_IMAGES, Arrays.copyOf(IdxFiles.images(6, 8, 7), 3));
        assertFails(path(Part.TEST_IMAGES) + ": it holds only 3 bytes, no IDX header" + REMEDY);
        put(Part.TEST_IMAGES, Arrays.copyOf(IdxFiles.images(6, 8, 7), 4));
        assertFails(path(Part.TEST_IMAGES) + ": it ends within its IDX header" + REMEDY);
        put(Part.TEST_IMAGES, Arrays.copyOf(IdxFiles.images(6, 8, 7), 11));
        assertFails(path(Part.TEST_IMAGES) + ": it ends within its IDX header" + REMEDY);
    }

    @Test
    void fewerImagesThanHeaderSays() throws IOException {
        byte[] images = IdxFiles.images(12, 8, 7);
        byte[] eleven = Arrays.copyOf(images, images.length - 56);
        put(Part.TRAIN_IMAGES, IdxFiles.gzip(eleven));
        assertFails(path(Part.TRAIN_IMAGES) + ": header says 12 images but the file holds 11" + REMEDY);
        put(Part.TRAIN_IMAGES, eleven);
        assertFails(path(Part.TRAIN_IMAGES) + ": header says 12 images but the file holds 11" + REMEDY);
    }

    @Test
    void moreBytesThanHeaderSays() throws IOException {
        byte[] images = IdxFiles.images(12, 8, 7);
        put(Part.TRAIN_IMAGES, Arrays.copyOf(images, images.length + 5));
        assertFails(path(Part.TRAIN_IMAGES) + ": header says 12 images but the file holds 12 and 5 bytes" + REMEDY);
        byte[] labels = IdxFiles.labels(12, 3);
        put(Part.TRAIN_IMAGES, images);
        put(Part.TRAIN_LABELS, IdxFiles.gzip(Arrays.copyOf(labels, labels.length + 3)));
        assertFails(path(Part.TRAIN_LABELS) + ": header says 12 labels but the file holds 15" + REMEDY);
    }

    @Test
    void headerSaysMoreThanMemoryHolds() throws IOException {
        put(Part.TRAIN_IMAGES, IdxFiles.gzip(IdxFiles.idx(2051, new byte[56], -1, 8, 7)));
        assertFails(path(Part.TRAIN_IMAGES) + ": header says 4294967295 images but the file holds 1" + REMEDY);
        put(Part.TRAIN_IMAGES, IdxFiles.gzip(IdxFiles.idx(2051, new byte[56], -1, -1, -1)));
        assertFails(
                path(Part.TRAIN_IMAGES) + ": header says 4294967295 images but the file holds 0 and 56 bytes" + REMEDY);
    }

    /** 17 MB of zeros in a file of 17 kB: more than 100 times its size, and more than 16 MiB. */
    @Test
    void inflatesBeyondMeasure() throws IOException {
        byte[] bomb = IdxFiles.gzip(IdxFiles.idx(2051, new byte[22_000 * 784], 22_000, 28, 28));
        put(Part.TRAIN_IMAGES, bomb);
        assertFails(
                "%s: header says 22000 images, and it holds more than the 16777216 bytes that are read of a file of %s%s"
                        .formatted(path(Part.TRAIN_IMAGES), String.valueOf(bomb.length), REMEDY));
    }

    @Test
    void noImages() throws IOException {
        put(Part.TEST_IMAGES, IdxFiles.images(0, 8, 7));
        assertFails(path(Part.TEST_IMAGES) + ": it holds no images, the dataset is empty" + REMEDY);
    }

    @Test
    void imagesWithoutPixels() throws IOException {
        put(Part.TEST_IMAGES, IdxFiles.images(6, 0, 7));
        assertFails(path(Part.TEST_IMAGES) + ": header says images of 0x7 pixels" + REMEDY);
    }

    @Test
    void fewerLabelsThanImages() throws IOException {
        put(Part.TRAIN_LABELS, IdxFiles.labels(11, 3));
        assertFails(
                path(Part.TRAIN_LABELS) + ": it holds 11 labels but train-images-idx3-ubyte holds 12 images" + REMEDY);
    }

    @Test
    void testImagesOfAnotherSize() throws IOException {
        put(Part.TEST_IMAGES, IdxFiles.images(6, 7, 8));
        assertFails(path(Part.TEST_IMAGES)
                + ": its images have 7x8 pixels but those of train-images-idx3-ubyte have 8x7" + REMEDY);
    }

    @Test
    void oneClass() throws IOException {
        put(Part.TRAIN_LABELS, IdxFiles.labels(12, 1));
        put(Part.TEST_LABELS, IdxFiles.labels(6, 1));
        Dataset data = Datasets.open(folder.toString());
        Failure failure = assertThrows(Failure.class, () -> data.forClasses(null));
        assertEquals(
                folder
                        + ": every training label is 0, so there is nothing to tell apart; if that is what you want, give --classes 2",
                failure.getMessage());
    }

    @Test
    void onlyOnePixelValue() throws IOException {
        put(Part.TRAIN_IMAGES, IdxFiles.idx(2051, new byte[12 * 56], 12, 8, 7));
        assertFails(folder + ": all pixels of its training images are equal, so there is nothing to learn");
    }

    @Test
    void tooSmallForTheNetwork() throws IOException {
        put(Part.TRAIN_IMAGES, IdxFiles.images(12, 8, 5));
        put(Part.TEST_IMAGES, IdxFiles.images(6, 8, 5));
        assertFails(folder + ": images of 8x5 pixels are too small for the network; it needs at least 6x6");
    }

    @Test
    void missingFile() throws IOException {
        Files.delete(path(Part.TEST_LABELS));
        assertFails(folder
                + ": holds t10k-images-idx3-ubyte.gz, train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, and no"
                + " dataset can be made of that: missing are test labels (such as t10k-labels-idx1-ubyte)");
    }

    @Test
    void folderInPlaceOfAFile() throws IOException {
        Files.delete(path(Part.TEST_LABELS));
        Files.createDirectory(path(Part.TEST_LABELS));
        assertFails(folder
                + ": holds t10k-images-idx3-ubyte.gz, train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, and no"
                + " dataset can be made of that: missing are test labels (such as t10k-labels-idx1-ubyte)");
    }

    @Test
    void otherNumbersOfLabelsThanOfImages() throws IOException {
        put(Part.TEST_LABELS, IdxFiles.gzip(IdxFiles.labels(5, 3)));
        assertFails(path(Part.TEST_LABELS) + ": it holds 5 labels but t10k-images-idx3-ubyte holds 6 images" + REMEDY);
        put(Part.TRAIN_LABELS, IdxFiles.gzip(IdxFiles.labels(13, 3)));
        assertFails(
                path(Part.TRAIN_LABELS) + ": it holds 13 labels but train-images-idx3-ubyte holds 12 images" + REMEDY);
    }

    @Test
    void unknownName() {
        Failure failure = assertThrows(Failure.class, () -> Datasets.open("mnits"));
        assertEquals(
                "dataset 'mnits' is neither in the catalogue (mnist, fashion-mnist, kmnist, qmnist, emnist-digits, emnist-letters, emnist-balanced, emnist-byclass) nor a folder or file; give one or the other; of a run whose images have moved, say where with --data",
                failure.getMessage());
    }

    private byte[] gzipped(Part part) {
        return IdxFiles.gzip(IdxFiles.content(part));
    }

    private Path path(Part part) {
        return folder.resolve(part.fileName + ".gz");
    }

    private void put(Part part, byte[] content) throws IOException {
        Files.write(path(part), content);
    }

    private void assertFails(String sentence) {
        Failure failure = assertThrows(Failure.class, () -> Datasets.open(folder.toString()));
        assertEquals(sentence, failure.getMessage());
    }
}
