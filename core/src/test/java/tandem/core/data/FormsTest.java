package tandem.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.Failure;

/** Every form in which a dataset may lie, with the pixels and labels that come out; and what is refused, in words. */
class FormsTest {
    @TempDir
    Path folder;

    private Dataset open(Path place) {
        return Datasets.open(place.toString());
    }

    private String refused(Path place) {
        return assertThrows(Failure.class, () -> open(place)).getMessage();
    }

    private Path put(String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    /** The dataset of {@link IdxFiles#write}, whichever way it lies. */
    private static void assertIsThatOfIdxFiles(Dataset data) {
        assertEquals(12, data.train().count());
        assertEquals(6, data.test().count());
        assertEquals(8, data.train().rows());
        assertEquals(7, data.train().columns());
        for (int i = 0; i < 12 * 56; i++) {
            assertEquals((byte) i, data.train().pixels()[i]);
        }
        for (int i = 0; i < 12; i++) {
            assertEquals(i % 3, data.train().label(i));
        }
        for (int i = 0; i < 6; i++) {
            assertEquals(i % 3, data.test().label(i));
        }
    }

    /** Names of real sets, and what people make of them. */
    @ParameterizedTest
    @CsvSource({
        "train-images.idx3-ubyte, train-labels.idx1-ubyte, t10k-images.idx3-ubyte, t10k-labels.idx1-ubyte",
        "emnist-letters-train-images-idx3-ubyte, emnist-letters-train-labels-idx1-ubyte, emnist-letters-test-images-idx3-ubyte, emnist-letters-test-labels-idx1-ubyte",
        "train-images-idx3-ubyte, train-labels-idx1-ubyte, test-images-idx3-ubyte, test-labels-idx1-ubyte",
        "Train-Images.idx3-ubyte, Train-Labels.idx1-ubyte, T10K-Images.idx3-ubyte, T10K-Labels.idx1-ubyte",
        "raw/train_images.idx, raw/train_labels.idx, raw/val_images.idx, raw/val_labels.idx",
        "MNIST/raw/train-images-idx3-ubyte, MNIST/raw/train-labels-idx1-ubyte, MNIST/raw/t10k-images-idx3-ubyte, MNIST/raw/t10k-labels-idx1-ubyte",
    })
    void everyNamingThatIsClear(String trainImages, String trainLabels, String testImages, String testLabels)
            throws IOException {
        // Plain, compressed under a name that does not say so, compressed twice, and as the name says.
        put(trainImages, IdxFiles.gzip(IdxFiles.gzip(IdxFiles.content(Part.TRAIN_IMAGES))));
        put(trainLabels, IdxFiles.content(Part.TRAIN_LABELS));
        put(testImages, IdxFiles.gzip(IdxFiles.content(Part.TEST_IMAGES)));
        put(testLabels + ".gz", IdxFiles.gzip(IdxFiles.content(Part.TEST_LABELS)));
        put("README.txt", new byte[10]);
        assertIsThatOfIdxFiles(open(folder));
    }

    @Test
    void severalSetsAreNamedAndOneCanBeChosen() throws IOException {
        for (String set : List.of("emnist-digits", "emnist-letters")) {
            put(set + "-train-images-idx3-ubyte.gz", IdxFiles.content(Part.TRAIN_IMAGES));
            put(set + "-train-labels-idx1-ubyte.gz", IdxFiles.content(Part.TRAIN_LABELS));
            put(set + "-test-images-idx3-ubyte.gz", IdxFiles.content(Part.TEST_IMAGES));
            put(set + "-test-labels-idx1-ubyte.gz", IdxFiles.content(Part.TEST_LABELS));
        }
        Path digits = folder.resolve("emnist-digits-train-images-idx3-ubyte.gz");
        assertEquals(
                folder
                        + ": holds several datasets, emnist-digits, emnist-letters; name one by its training images, such as"
                        + " --data " + digits,
                refused(folder));
        assertIsThatOfIdxFiles(open(digits));
    }

    @Test
    void twoFilesForOnePartAreRefused() throws IOException {
        IdxFiles.write(folder);
        put("test-images-idx3-ubyte", IdxFiles.content(Part.TEST_IMAGES));
        assertEquals(
                folder
                        + ": t10k-images-idx3-ubyte.gz, test-images-idx3-ubyte could each be the test images; keep one of"
                        + " them there",
                refused(folder));
    }

    @Test
    void whatIsNoDatasetIsNamed() throws IOException {
        put("notes.txt", new byte[1]);
        put("old/notes.txt", new byte[1]);
        assertEquals(
                folder
                        + ": is not a dataset: it holds notes.txt, old; expected are IDX files, an mnist.npz, CSV files, or a"
                        + " folder of pictures for each class; docs/data.md shows each",
                refused(folder));
    }

    /** One channel may be a dimension of its own; QMNIST's labels are columns of 32-bit integers. */
    @Test
    void arraysOfOtherShapes() throws IOException {
        byte[] pixels = new byte[12 * 56];
        byte[] tests = new byte[6 * 56];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) i;
        }
        System.arraycopy(pixels, 0, tests, 0, tests.length);
        put("qmnist-train-images-idx4-ubyte", IdxFiles.idx(0x804, pixels, 12, 1, 8, 7));
        put("qmnist-test-images-idx4-ubyte", IdxFiles.idx(0x804, tests, 6, 8, 7, 1));
        put("qmnist-train-labels-idx2-int", IdxFiles.idx(0xc02, columns(12), 12, 8));
        put("qmnist-test-labels-idx2-int", IdxFiles.idx(0xc02, columns(6), 6, 8));
        put("qmnist-test-labels.tsv.gz", new byte[3]);
        assertIsThatOfIdxFiles(open(folder));
        put("qmnist-test-labels-idx2-int", IdxFiles.idx(0xd01, new byte[6 * 4], 6));
        assertEquals(
                folder.resolve("qmnist-test-labels-idx2-int")
                        + ": it is intact but holds 6 32-bit floats; labels are a whole number for each image; put the"
                        + " right file in its place",
                refused(folder));
    }

    /** A label and seven more numbers for each image. */
    private static byte[] columns(int count) {
        ByteBuffer buffer = ByteBuffer.allocate(count * 8 * Integer.BYTES);
        for (int i = 0; i < count; i++) {
            buffer.putInt(i % 3);
            for (int k = 1; k < 8; k++) {
                buffer.putInt(1000 * k + i);
            }
        }
        return buffer.array();
    }

    static byte[] npy(String type, String shape, byte[] values) {
        byte[] header = "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }"
                .formatted(type, shape)
                .getBytes(StandardCharsets.US_ASCII);
        // The values begin at a multiple of 64.
        int padded = Math.ceilDiv(10 + header.length + 1, 64) * 64 - 10;
        ByteBuffer file = ByteBuffer.allocate(10 + padded + values.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) padded);
        file.put(header);
        while (file.position() < 9 + padded) {
            file.put((byte) ' ');
        }
        return file.put((byte) '\n').put(values).array();
    }

    private void npz(String name, boolean whole) throws IOException {
        byte[] train = Arrays.copyOfRange(IdxFiles.content(Part.TRAIN_IMAGES), 16, 16 + 12 * 56);
        byte[] test = Arrays.copyOfRange(IdxFiles.content(Part.TEST_IMAGES), 16, 16 + 6 * 56);
        try (OutputStream out = Files.newOutputStream(folder.resolve(name));
                ZipOutputStream zip = new ZipOutputStream(out)) {
            entry(zip, "x_train.npy", npy("|u1", "12, 8, 7", train));
            entry(zip, "y_train.npy", npy("<i8", "12,", longs(12)));
            entry(zip, "x_test.npy", npy("|u1", "6, 8, 7", test));
            if (whole) {
                entry(zip, "y_test.npy", npy("<i8", "6,", longs(6)));
            }
        }
    }

    private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] longs(int count) {
        ByteBuffer buffer = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            buffer.putLong(i % 3);
        }
        return buffer.array();
    }

    @Test
    void npzOfKeras() throws IOException {
        npz("mnist.npz", true);
        assertIsThatOfIdxFiles(open(folder));
        assertIsThatOfIdxFiles(open(folder.resolve("mnist.npz")));
        npz("mnist.npz", false);
        assertEquals(
                folder.resolve("mnist.npz")
                        + ": holds x_test.npy, x_train.npy, y_train.npy, and no dataset can be made of that: missing are"
                        + " test labels (such as t10k-labels-idx1-ubyte)",
                refused(folder));
    }

    /** A line of Kaggle's: label, then 6x6 pixels, of which the first is the image's number. */
    private static String line(int image, int label) {
        return label + "," + image + ",255".repeat(35) + "\n";
    }

    private static final String NAMES = "label" + ",pixel".repeat(36) + "\n";

    @Test
    void csvWithAndWithoutNamesAndWithoutTestLabels() throws IOException {
        StringBuilder train = new StringBuilder();
        for (int i = 0; i < 70; i++) {
            train.append(line(i, i % 10));
        }
        put("mnist_test.csv", (line(200, 3) + line(201, 7)).getBytes());
        for (String text :
                List.of(train.toString(), "\ufeff" + NAMES + train.toString().replace("\n", "\r\n"))) {
            put("mnist_train.csv", text.getBytes(StandardCharsets.UTF_8));
            Dataset data = open(folder);
            assertEquals(70, data.train().count());
            assertEquals(2, data.test().count());
            assertEquals(6, data.train().rows());
            assertEquals(69, data.train().pixels()[69 * 36] & 0xff);
            assertEquals(255, data.train().pixels()[69 * 36 + 35] & 0xff);
            assertEquals(9, data.train().label(69));
            assertEquals(7, data.test().label(1));
            assertEquals(200, data.test().pixels()[0] & 0xff);
        }
        put("mnist_test.csv", ("pixel" + ",pixel".repeat(35) + "\n" + "7,".repeat(35) + "7\n").getBytes());
        Dataset data = open(folder);
        assertEquals(70, data.train().count() + data.test().count());
        assertEquals(
                folder.resolve("mnist_test.csv")
                        + ": has no labels and is left out; of 70 images the %s whose pixels' CRC-32 is a multiple of 7 are for testing"
                                .formatted(data.test().count()),
                data.notes().getFirst());
        put("mnist_train.csv", (line(1, 3) + "4,1,2\n").getBytes());
        assertEquals(
                folder.resolve("mnist_train.csv")
                        + ": image 2 has 3 columns, not the first line's 37; put the right file in its place",
                refused(folder));
        put("mnist_train.csv", (line(1, 3) + line(256, 4)).getBytes());
        assertEquals(
                folder.resolve("mnist_train.csv")
                        + ": image 2 has 256 in column 2; whole numbers from 0 to 255 are read; put the right file in its"
                        + " place",
                refused(folder));
    }

    private void picture(String name, int width, int height, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(
                width,
                height,
                rgb == 0x010101 * (rgb & 0xff) ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            // Left half dark.
            if (i % width >= width / 2) {
                if (image.getType() == BufferedImage.TYPE_BYTE_GRAY) {
                    image.getRaster().setSample(i % width, i / width, 0, rgb & 0xff);
                } else {
                    image.setRGB(i % width, i / width, rgb);
                }
            }
        }
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        assertTrue(ImageIO.write(image, "png", file.toFile()));
    }

    @Test
    void foldersOfPictures() throws IOException {
        picture("training/3/a.png", 8, 6, 0x646464);
        picture("training/7/b.png", 8, 6, 0xc8c8c8);
        picture("testing/7/c.png", 8, 6, 0x010101);
        put("training/7/Thumbs.db", new byte[1]);
        Dataset data = open(folder);
        assertEquals(8, data.classes());
        assertEquals(6, data.train().rows());
        assertEquals(8, data.train().columns());
        int a = data.train().label(0) == 3 ? 0 : 1;
        assertEquals(3, data.train().label(a));
        assertEquals(7, data.train().label(1 - a));
        byte[] expected = new byte[48];
        for (int i = 0; i < 48; i++) {
            expected[i] = i % 8 < 4 ? 0 : (byte) 100;
        }
        assertArrayEquals(expected, Arrays.copyOfRange(data.train().pixels(), a * 48, a * 48 + 48));
        assertEquals(1, data.test().pixels()[7]);
        // Three of eight classes have an image: 3 and 7 of 0 to 7 are less than half.
        assertEquals(
                folder
                        + ": the largest label is 7, but of these 8 classes only 2 have training images, 3, 7, and training"
                        + " image %s has label 7; labels are damaged, or say --classes 8".formatted(1 - a),
                assertThrows(Failure.class, () -> data.forClasses(null)).getMessage());
        assertEquals(10, data.forClasses(10).classes());
    }

    @Test
    void oneTreeIsPartedAndItsClassesAreNamed() throws IOException {
        for (int i = 1; i <= 60; i++) {
            picture("letters/A/%s.png".formatted(i), 6, 6, 0x010101 * i);
            picture("letters/B/%s.png".formatted(i), 6, 6, 0x010101 * (100 + i));
        }
        Dataset data = open(folder);
        assertEquals(120, data.train().count() + data.test().count());
        assertTrue(
                data.test().count() > 5 && data.test().count() < 35,
                () -> "" + data.test().count());
        assertEquals(List.of("A", "B"), data.names());
        for (int i = 0; i < data.test().count(); i++) {
            CRC32 crc = new CRC32();
            crc.update(data.test().pixels(), 36 * i, 36);
            assertEquals(0, crc.getValue() % 7);
            assertEquals(
                    (data.test().pixels()[36 * i + 5] & 0xff) > 100 ? 1 : 0,
                    data.test().label(i));
        }
        assertEquals(
                data.train().fingerprint(),
                open(folder.resolve("letters")).train().fingerprint());
    }

    /** IDX files cannot hold them: a description lies beside. */
    @Test
    void namesOfClassesAreWrittenBesideIdxFiles() throws IOException {
        for (int i = 1; i <= 20; i++) {
            picture("letters/A/%s.png".formatted(i), 6, 6, 0x010101 * i);
            picture("letters/B/%s.png".formatted(i), 6, 6, 0x010101 * (100 + i));
        }
        Path out = Files.createDirectory(folder.resolve("out"));
        Datasets.write(open(folder.resolve("letters")), out);
        assertEquals(List.of("A", "B"), open(out).names());
        assertEquals(
                "{\"classes\":[\"A\",\"B\"]}",
                Files.readString(out.resolve("tandem.json")).replaceAll("\\s", ""));
    }

    private static final byte[] POINTER =
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".getBytes(StandardCharsets.US_ASCII);

    /** Where Git LFS is not installed, pointers lie in the place of large files, whatever their form. */
    @Test
    void pointersOfGitLfsAreNamed() throws IOException {
        for (String name : List.of("mnist.npz", "train.csv", "train/0/a.png", "train-images-idx3-ubyte")) {
            Path place = Files.createTempDirectory(folder, "pointer");
            for (Part part : name.endsWith("ubyte") ? Part.values() : new Part[0]) {
                Files.write(place.resolve(part.fileName), POINTER);
            }
            Path file = place.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, POINTER);
            String sentence = refused(place);
            assertTrue(sentence.startsWith(file + ": "), sentence);
            assertTrue(
                    sentence.endsWith("is a Git LFS pointer, not the file itself: run 'git lfs pull' where it lies"),
                    sentence);
        }
    }

    /** The name ends with the type of the values, as those of MNIST do. */
    @Test
    void imagesOfFloatsAreRefusedForWhatTheyAre() throws IOException {
        IdxFiles.write(folder);
        Files.delete(folder.resolve("train-images-idx3-ubyte.gz"));
        put("train-images-idx3-float", IdxFiles.idx(0xd03, new byte[12 * 56 * 4], 12, 8, 7));
        assertEquals(
                folder.resolve("train-images-idx3-float")
                        + ": it is intact but holds 12 x 8 x 7 32-bit floats; pixels are unsigned bytes, 0 to 255; put"
                        + " the right file in its place",
                refused(folder));
    }

    @Test
    void coloursAndSizesFollowTheDescription() throws IOException {
        picture("train/0/a.png", 12, 12, 0xff0000);
        picture("train/1/b.png", 12, 24, 0x0000ff);
        picture("test/1/c.png", 12, 12, 0x00ff00);
        assertTrue(
                refused(folder).contains("is in colour; to train on how bright they are, write {\"colour\":\"luma\"}"));
        put("tandem.json", "{\"colour\":\"luma\"}".getBytes());
        assertTrue(
                refused(folder).contains("to scale them, write {\"rows\":28,\"columns\":28} into a file tandem.json"));
        put("tandem.json", "{\"colour\":\"luma\",\"rows\":12,\"columns\":6,\"invert\":true}".getBytes());
        Dataset data = open(folder);
        assertEquals(12, data.train().rows());
        assertEquals(6, data.train().columns());
        // BT.601: red 76, blue 29, green 150; black is 255 when inverted.
        int a = data.train().label(0) == 0 ? 0 : 72;
        assertEquals(255, data.train().pixels()[a] & 0xff);
        assertEquals(255 - 76, data.train().pixels()[a + 5] & 0xff);
        assertEquals(255 - 29, data.train().pixels()[72 - a + 5] & 0xff);
        assertEquals(255 - 150, data.test().pixels()[5] & 0xff);
        put("tandem.json", "{\"color\":\"luma\"}".getBytes());
        assertTrue(refused(folder).startsWith(folder.resolve("tandem.json") + ": field 'color' is unknown"));
    }

    @Test
    void transposedImages() throws IOException {
        IdxFiles.write(folder);
        Dataset data = Datasets.open("transposed:" + folder);
        assertEquals(7, data.train().rows());
        assertEquals(8, data.train().columns());
        // Of the first image, which is 0 to 55 in rows of 7.
        assertEquals(
                List.of(0, 7, 14),
                List.of(0, 1, 2).stream()
                        .map(i -> (int) data.train().pixels()[i])
                        .toList());
        assertEquals(1, data.train().pixels()[8]);
        assertTrue(data.transposed());
        put("tandem.json", "{\"transpose\":true,\"classes\":[\"ant\",\"bee\",\"cat\"]}".getBytes());
        Dataset described = open(folder);
        assertEquals(data.train().fingerprint(), described.train().fingerprint());
        assertEquals(List.of("ant", "bee", "cat"), described.names());
    }

    @Test
    void oddClassesAreSaid() throws IOException {
        IdxFiles.write(folder);
        byte[] labels = IdxFiles.labels(6, 3);
        labels[labels.length - 1] = 4;
        put("t10k-labels-idx1-ubyte.gz", labels);
        Dataset data = open(folder).forClasses(null);
        assertEquals(5, data.classes());
        assertArrayEquals(new int[] {4, 4, 4, 0, 0}, data.balance().train());
        assertArrayEquals(new int[] {2, 2, 1, 0, 1}, data.balance().test());
        assertEquals(
                List.of(
                        "no image has label 3; it is a class all the same, as 4 is the largest label",
                        "label 4 is in the test images only, so nothing can learn it"),
                data.balance().oddities());
        Failure failure = assertThrows(Failure.class, () -> data.forClasses(4));
        assertEquals(folder + ": test image 5 has label 4; --classes 4 allows 0 to 3", failure.getMessage());
        labels[labels.length - 1] = 99;
        put("t10k-labels-idx1-ubyte.gz", labels);
        assertThrows(Failure.class, () -> open(folder).forClasses(null));
        assertEquals(100, open(folder).forClasses(100).classes());
    }
}
