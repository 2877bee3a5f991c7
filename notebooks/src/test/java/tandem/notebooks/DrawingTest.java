package tandem.notebooks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
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

    /** 1 to 10,000 over 101 points: each power of ten takes a quarter of the height. */
    @Test
    void onALogarithmicAxisAnExponentialIsAStraightLine() {
        SequencedMap<String, double[][]> lines = new LinkedHashMap<>();
        double[] steps = IntStream.range(0, 101).mapToDouble(i -> i).toArray();
        double[] values =
                IntStream.range(0, 101).mapToDouble(i -> Math.pow(10, i / 25.0)).toArray();
        lines.put("up", new double[][] {steps, values});
        Curves curves = new Curves("title", "step", lines).onLogAxis();
        BufferedImage image = curves.image();
        assertEquals(276 - 60, bluest(image, 64 + 126), 1, "10");
        assertEquals(276 - 180, bluest(image, 64 + 380), 1, "1,000");
        // The grid is at powers of ten alone, from 1 at row 276 to 10,000 at row 36.
        assertEquals(
                List.of(36, 96, 156, 216, 276),
                IntStream.rangeClosed(30, 276)
                        .filter(row -> image.getRGB(66, row) == 0xffdddddd || row == 276)
                        .boxed()
                        .toList());
        assertEquals("title\nup: 1.000 at step 0, 1.000e+04 at step 100", curves.text());
    }

    @Test
    void aNameKeepsItsColourWhereAnotherIsLeftOut() {
        SequencedMap<String, double[][]> lines = new LinkedHashMap<>();
        lines.put("pytorch", new double[][] {{0, 100}, {0, 100}});
        Curves alone = new Curves("title", "step", lines);
        // Okabe and Ito's vermillion is the second colour, blue the first.
        assertEquals(
                0xffd55e00, alone.colouredAs(List.of("java", "pytorch")).image().getRGB(317, 156));
        assertEquals(BLUE, alone.image().getRGB(317, 156));
    }

    @Test
    void aTableIsHtmlAndText() {
        HtmlTable table =
                new HtmlTable("layer", "parameters").row("a < b", 1_179_776).row("fc2", 10L);
        assertEquals("""
                <table>
                <tr><th>layer</th><th>parameters</th></tr>
                <tr><td>a &lt; b</td><td style="text-align: right">1,179,776</td></tr>
                <tr><td>fc2</td><td style="text-align: right">10</td></tr>
                </table>""", table.content());
        assertEquals("layer  parameters\na < b   1,179,776\nfc2            10", table.text());
    }

    /** 3 of 2 x 4 steps in 6 seconds leave 10 more. */
    @Test
    void lossesSayHowFarTheTrainingIs() {
        Losses losses = new Losses();
        List<String> lines = new ArrayList<>();
        losses.start(2, 4, lines::add);
        for (double loss : new double[] {3, 2, 1}) {
            losses.add(loss);
        }
        assertEquals("epoch 1 of 2, step 3 of 4: loss 2.0000, about 10 s left", losses.line(6));
        assertEquals("epoch 1 of 2, step 3 of 4: loss 2.0000, almost done", losses.line(0.3));
        for (double loss : new double[] {1, 0.5, 0.25, 0.125, 0.125}) {
            losses.add(loss);
        }
        assertEquals("epoch 2 of 2, step 4 of 4: loss 1.0000, done after 12.3 s", losses.line(12.3));
        assertTrue(lines.getLast().startsWith("epoch 2 of 2, step 4 of 4: loss 1.0000, done after "), lines::getLast);
        assertEquals(0.25, losses.mean(4), 1e-12);
        assertArrayEquals(new double[] {3, 2, 1, 1, 0.5, 0.25, 0.125, 0.125}, losses.values());
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
        Digits digits = new Digits(images, List.of(0, 1), List.of("a", "b"));
        BufferedImage image = digits.image();
        assertEquals("2 images: a, b", digits.text());
        assertEquals(6 + 2 * (9 + 6), image.getWidth());
        // The second image begins at column 6 + 9 + 6; its pixel of row 1, column 1 fills 3 x 3 from (3, 3) on.
        int left = 21;
        assertEquals(0xff000000, image.getRGB(left + 2, 6 + 4));
        assertEquals(0xffc8c8c8, image.getRGB(left + 3, 6 + 3));
        assertEquals(0xffc8c8c8, image.getRGB(left + 5, 6 + 5));
        assertEquals(0xff000000, image.getRGB(left + 6, 6 + 4));
    }
}
