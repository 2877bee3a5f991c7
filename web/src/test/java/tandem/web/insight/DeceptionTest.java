package tandem.web.insight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.core.Model;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.Inspection;

/** A network that has learnt nothing answers, too, and is turned by less than one that has. */
class DeceptionTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    void aSmallChangeTurnsTheAnswer(int index) {
        Recipe recipe = Recipe.HARMONIZED;
        Images images = Datasets.open("mnist").test();
        double[] pixels = new double[images.size()];
        Arrays.setAll(pixels, i -> (images.pixels()[index * pixels.length + i] & 0xff) / 255.0);
        try (Inspection inspection =
                new Inspection(new Model(recipe.network(), InitialParameters.of(recipe)), images.normalisation())) {
            Deception deception = Deception.of(inspection, pixels);
            assertEquals(Deception.largest(inspection.logits(pixels)), deception.from());
            assertNotEquals(deception.from(), deception.to());
            assertEquals(deception.to(), Deception.largest(inspection.logits(deception.pixels())), "it can be checked");
            double squares = 0;
            double most = 0;
            for (int i = 0; i < pixels.length; i++) {
                double pixel = deception.pixels()[i];
                assertEquals(Math.rint(255 * pixel), 255 * pixel, 1e-9, "a byte of an image");
                assertTrue(pixel >= 0 && pixel <= 1);
                squares += Math.pow(pixel - pixels[i], 2);
                most = Math.max(most, Math.abs(pixel - pixels[i]));
            }
            assertEquals(Math.sqrt(squares), deception.l2(), 1e-12);
            assertEquals(most, deception.largest(), 1e-12);

            // A change of the same length in a direction that knows nothing of the network does not turn it.
            double[] elsewhere = pixels.clone();
            double step = deception.l2() / Math.sqrt(pixels.length);
            for (int i = 0; i < pixels.length; i++) {
                elsewhere[i] += i % 2 == 0 ? step : -step;
            }
            assertEquals(deception.from(), Deception.largest(inspection.logits(elsewhere)));
        }
    }
}
