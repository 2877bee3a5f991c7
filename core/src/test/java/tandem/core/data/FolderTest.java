package tandem.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {
    @TempDir
    Path folder;

    @Test
    void takesSizesAndClassesFromTheFiles() throws IOException {
        IdxFiles.write(folder);
        Dataset data = Datasets.open(folder.toString());
        assertEquals(folder.toString(), data.name());
        assertEquals(3, data.classes());
        assertEquals(12, data.train().count());
        assertEquals(6, data.test().count());
        assertEquals(8, data.train().rows());
        assertEquals(7, data.train().columns());
        for (int i = 0; i < 12; i++) {
            assertEquals(i % 3, data.train().label(i));
        }
        for (int i = 0; i < 12 * 56; i++) {
            assertEquals((byte) i, data.train().pixels()[i]);
        }
        for (int i = 0; i < 6 * 56; i++) {
            assertEquals((byte) i, data.test().pixels()[i]);
        }
        // 12 x 56 pixels count 0 to 255 twice and on to 159: mean (2 x 32640 + 12720) / 672 / 255.
        assertEquals(0.4552, data.train().normalisation().mean());
        assertEquals(data.train().normalisation(), data.test().normalisation());
        Dataset offline = Datasets.open(folder.toString(), true, DownloadProgress.NONE);
        assertEquals(data.train().fingerprint(), offline.train().fingerprint());
    }

    @Test
    void whatIsWrittenIsWhatWasRead() throws IOException {
        IdxFiles.write(folder);
        Dataset data = Datasets.open(folder.toString());
        Path copy = folder.resolve("copy");
        Datasets.write(data, copy);
        Dataset read = Datasets.open(copy.toString());
        assertEquals(data.train().fingerprint(), read.train().fingerprint());
        assertEquals(data.test().fingerprint(), read.test().fingerprint());
        for (Part part : Part.values()) {
            assertArrayEquals(
                    IdxFiles.content(part), Files.readAllBytes(copy.resolve(part.fileName)), "byte by byte " + part);
        }
    }

    @Test
    void goesByContentNotByName() throws IOException {
        IdxFiles.write(folder);
        byte[] expected = Datasets.open(folder.toString()).train().pixels();
        Path compressed = folder.resolve("train-images-idx3-ubyte.gz");
        Files.move(compressed, folder.resolve("train-images-idx3-ubyte"));
        assertArrayEquals(expected, Datasets.open(folder.toString()).train().pixels());
        Files.delete(folder.resolve("train-images-idx3-ubyte"));
        Files.write(compressed, IdxFiles.content(Part.TRAIN_IMAGES));
        assertArrayEquals(expected, Datasets.open(folder.toString()).train().pixels());
    }

    @Test
    void classesCountTheTestLabelsToo() throws IOException {
        IdxFiles.write(folder);
        byte[] labels = IdxFiles.labels(6, 3);
        labels[labels.length - 1] = (byte) 255;
        Files.write(folder.resolve("t10k-labels-idx1-ubyte.gz"), labels);
        Dataset data = Datasets.open(folder.toString());
        assertEquals(256, data.classes());
        assertEquals(255, data.test().label(5));
    }

    @Test
    void standardDeviationIsThatOfAllPixels() {
        // 0 and 255 in equal parts: mean 0.5, every pixel 0.5 away from it; one 255 in four: sqrt(3) / 4.
        assertEquals(new Normalisation(0.5, 0.5), Normalisation.of(new byte[] {0, -1, -1, 0}));
        assertEquals(new Normalisation(0.25, 0.4330), Normalisation.of(new byte[] {0, 0, -1, 0}));
    }
}
