package tandem.notebooks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;

final class DrawingTest {
    private static final int BLUE = 0xff0072b2;

    @Test
    void aPointIsTheMeanOfTheLastWindowOrOfAsManyAsThereAre() {
        double[][] points = Curves.smoothed(new double[] {4, 2, 6, 10, 2}, 3);
        assertArrayEquals(new double[] {0, 1, 2, 3, 4}, points[0]);
        assertArrayEquals(new double[] {4, 3, 4, 6, 6}, points[1], 1e-12);
    }

    /** A line from corner to corner of the axes begins at the bottom left and ends at the top right. */
    @Test
    void aCurveGoesFromTheFirstPointToTheLast() {
        SequencedMap<String, double[][]> lines = new LinkedHashMap<>();
        double[] values = new double[101];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        lines.put("up", new double[][] {values, values});
        BufferedImage image = new Curves("title", "step", lines).image();
        assertEquals(720, image.getWidth());
        assertEquals(320, image.getHeight());
        // Axes: columns 64 to 570, rows 276 to 36.
        assertEquals(BLUE, image.getRGB(317, 156), "the middle");
        assertEquals(276 - 60, bluest(image, 64 + 126), 1, "a quarter");
        assertEquals(276 - 180, bluest(image, 64 + 380), 1, "three quarters");
        assertEquals(0xffffffff, image.getRGB(128, 100), "above the line");
    }

    /** The row with the least red in a column. */
    private static int bluest(BufferedImage image, int column) {
        return IntStream.range(40, 270)
                .boxed()
                .min(Comparator.comparing(row -> image.getRGB(column, row) >> 16 & 0xff))
                .orElseThrow();
    }

    @Test
    void aDigitIsDrawnPixelByPixelThreeTimesAsLarge() {
        byte[] pixels = new byte[2 * 2 * 3];
        pixels[6 + 4] = (byte) 200;
        Images images = new Images(2, 3, pixels, new byte[] {1, 2}, new Normalisation(0, 1));
        BufferedImage image = Digits.row(images, List.of(0, 1), List.of("a", "b"));
        assertEquals(6 + 2 * (9 + 6), image.getWidth());
        // The second image begins at column 6 + 9 + 6; its pixel of row 1, column 1 fills 3 x 3 from (3, 3) on.
        int left = 21;
        assertEquals(0xff000000, image.getRGB(left + 2, 6 + 4));
        assertEquals(0xffc8c8c8, image.getRGB(left + 3, 6 + 3));
        assertEquals(0xffc8c8c8, image.getRGB(left + 5, 6 + 5));
        assertEquals(0xff000000, image.getRGB(left + 6, 6 + 4));
    }
}
