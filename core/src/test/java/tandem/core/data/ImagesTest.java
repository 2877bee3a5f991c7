package tandem.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ImagesTest {
    private static final Normalisation NORMALISATION = new Normalisation(0.25, 0.5);

    /** So many images of 2x3 pixels 0, 10, 20, … 170, and again; labels 0, 1, 200, and again. */
    private static Images images(int count) {
        byte[] pixels = new byte[6 * count];
        byte[] labels = new byte[count];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i % 18 * 10);
        }
        for (int i = 0; i < count; i++) {
            labels[i] = new byte[] {0, 1, (byte) 200}[i % 3];
        }
        return new Images(2, 3, pixels, labels, NORMALISATION);
    }

    private static int[] labels(Images images) {
        return IntStream.range(0, images.count()).map(images::label).toArray();
    }

    @Test
    void sizesLabelsAndInputs() {
        Images three = images(3);
        assertEquals(3, three.count());
        assertEquals(2, three.rows());
        assertEquals(3, three.columns());
        assertEquals(6, three.size());
        assertEquals(NORMALISATION, three.normalisation());
        assertArrayEquals(new int[] {0, 1, 200}, labels(three));
        float[] inputs = new float[9];
        three.normalise(2, inputs, 2);
        // Pixels 120, 130, … 170 as (pixel / 255 - 0.25) / 0.5.
        assertArrayEquals(
                new float[] {0, 0, 0.44117647f, 0.51960784f, 0.59803922f, 0.67647059f, 0.75490196f, 0.83333333f, 0},
                inputs,
                1e-7f);
        assertEquals(1.5f, NORMALISATION.table()[255]);
    }

    /** By Python's hashlib: sizes as 64 bits, pixels, labels, and the table of 256 inputs. */
    @Test
    void theFingerprintIsOfEverything() {
        assertEquals("e2f8aad050311b03", images(3).fingerprint());
        assertNotEquals(
                images(3).fingerprint(),
                new Images(3, 2, images(3).pixels(), new byte[] {0, 1, (byte) 200}, NORMALISATION).fingerprint());
        assertNotEquals(
                images(3).fingerprint(),
                new Images(2, 3, images(3).pixels(), new byte[] {0, 1, (byte) 201}, NORMALISATION).fingerprint());
    }

    @Test
    void theFirstAndTheRest() {
        Images seven = images(7);
        Images first = seven.first(2);
        assertEquals(2, first.count());
        assertArrayEquals(new int[] {0, 1}, labels(first));
        assertArrayEquals(new byte[] {0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110}, first.pixels());
        assertEquals(NORMALISATION, first.normalisation());
        assertEquals(2, first.rows());
        assertEquals(3, first.columns());

        Images rest = seven.from(5);
        assertEquals(2, rest.count());
        assertArrayEquals(new int[] {200, 0}, labels(rest));
        byte[] pixels = {120, (byte) 130, (byte) 140, (byte) 150, (byte) 160, (byte) 170, 0, 10, 20, 30, 40, 50};
        assertArrayEquals(pixels, rest.pixels());
        assertEquals(NORMALISATION, rest.normalisation());
        assertEquals(2, rest.rows());
        assertEquals(3, rest.columns());

        assertSame(seven, seven.first(7));
        assertSame(seven, seven.first(8));
        assertEquals(6, seven.first(6).count());
        assertSame(seven, seven.from(0));
        assertArrayEquals(new int[] {0}, labels(seven.from(6)));
    }

    @Test
    void limitsOfADatasetAreOfItsParts() {
        Dataset data = new Dataset("toy", 201, images(7), images(5));
        Dataset limited = data.limit(3, 2);
        assertEquals("toy", limited.name());
        assertEquals(201, limited.classes());
        assertArrayEquals(new int[] {0, 1, 200}, labels(limited.train()));
        assertArrayEquals(new int[] {0, 1}, labels(limited.test()));
        assertSame(data.train(), data.limit(0, 2).train());
        assertEquals(2, data.limit(0, 2).test().count());
        assertSame(data.test(), data.limit(3, 0).test());
        assertEquals(3, data.limit(3, 0).train().count());
        assertSame(data.train(), data.limit(100, 100).train());
        assertSame(data.test(), data.limit(100, 100).test());
    }

    @Test
    void aDatasetFromAnImageKeepsItsTest() {
        Dataset data = new Dataset("toy", 201, images(7), images(5));
        Dataset rest = data.from(4);
        assertEquals("toy", rest.name());
        assertEquals(201, rest.classes());
        assertArrayEquals(new int[] {1, 200, 0}, labels(rest.train()));
        assertSame(data.test(), rest.test());
    }

    @Test
    void pixelsThatDoNotFitAreRefused() {
        assertEquals(
                "2 images of 2x3 do not fit 11 pixels",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Images(2, 3, new byte[11], new byte[2], NORMALISATION))
                        .getMessage());
    }
}
