package tandem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.core.picture.Box;
import tandem.core.picture.DigitImage;
import tandem.core.picture.Picture;
import tandem.core.picture.PictureDigits;
import tandem.lab.engines.EngineName;
import tandem.lab.predict.Answer;
import tandem.lab.predict.Predictions;
import tandem.lab.progress.Status;

/** What a prediction prints on a terminal, of answers written here. */
final class PredictReportTest {
    private static final List<String> ENGINES =
            List.of("java", "pytorch", "tensorflow", "deeplearning4j", "djl", "onnxruntime");

    private final PrintStream before = System.out;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void aTerminal() {
        System.setProperty("tandem.screen", "true");
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void noTerminal() {
        System.clearProperty("tandem.screen");
        System.clearProperty("tandem.columns");
        System.setOut(before);
    }

    /** Four digits in a picture with a long name; every engine sees another last one, and all are unsure. */
    @ParameterizedTest
    @ValueSource(ints = {80, 120})
    void noLineIsLongerThanTheTerminal(int width) {
        for (boolean details : new boolean[] {false, true}) {
            out.reset();
            print(width, "a-photograph-of-the-number-on-a-door.jpg", details);
            String text = out.toString(StandardCharsets.UTF_8);
            assertTrue(text.lines().allMatch(line -> line.length() <= width), text);
            assertTrue(text.contains(details ? "75.00%" : "714"), text);
        }
    }

    @Test
    void enginesThatDifferAreNamed() {
        print(120, "7144.png", false);
        assertEquals("""
                picture   number  probability  engines                                           doubt
                -----------------------------------------------------------------------------------------------------------------------
                7144.png    7140           0%  1 of 6 agree, pytorch says 7141, tensorflow says  unsure: 7 or 9, 1 or 9, 4 or 9, 0 or 1
                                               7142, deeplearning4j says 7143, djl says 7144,
                                               onnxruntime says 7145
                """, out.toString(StandardCharsets.UTF_8));
    }

    private static void print(int width, String file, boolean details) {
        System.setProperty("tandem.columns", String.valueOf(width));
        DigitImage image = new DigitImage(28, 28, new byte[28 * 28], true);
        PictureDigits.Digit digit = new PictureDigits.Digit(image, new Box(0, 0, 10, 10));
        List<Predictions.AskedEngine> asked = new ArrayList<>();
        List<List<Answer>> answers = new ArrayList<>();
        for (int place = 0; place < 4; place++) {
            answers.add(new ArrayList<>());
        }
        for (int engine = 0; engine < ENGINES.size(); engine++) {
            EngineName name = new EngineName(ENGINES.get(engine));
            asked.add(new Predictions.AskedEngine(name, Status.DONE, null, "", ""));
            int[] number = {7, 1, 4, engine};
            for (int place = 0; place < 4; place++) {
                double[] probabilities = new double[10];
                probabilities[number[place]] = 0.75;
                probabilities[9] = 0.25;
                answers.get(place).add(new Answer(name, number[place], 0.75, 9, probabilities));
            }
        }
        PredictReport report = new PredictReport(Path.of("model.safetensors"), false, false, details);
        report.add(
                file, new Picture(1, 1, new float[3]), new PictureDigits(List.of(List.of(digit, digit, digit, digit))));
        report.print(new Predictions(asked, answers), false);
    }
}
