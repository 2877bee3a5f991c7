package tandem.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OrientationTest {
    /** The ratios of MNIST's first 5,000 training images, computed with NumPy. */
    @Test
    void digitsOnTheirSideAreDoubted() {
        Dataset upright = Datasets.open("mnist");
        Dataset turned = Datasets.open("transposed:mnist");
        double[] expected = {0.82371, 0.18187, 0.60542, 0.41792, 0.87522, 0.55472, 0.52014, 0.49029, 0.43183, 0.48527};
        double[] widths = Orientation.widths(upright.train());
        double[] others = Orientation.widths(turned.train());
        for (int digit = 0; digit < 10; digit++) {
            assertEquals(expected[digit], widths[digit], 1e-4);
            assertEquals(1 / expected[digit], others[digit], 1e-3);
        }
        assertEquals(Optional.empty(), Orientation.doubt(upright));
        assertTrue(Orientation.doubt(turned).orElseThrow().endsWith("say --transpose"));
        // Also of few images.
        assertEquals(Optional.empty(), Orientation.doubt(upright.limit(300, 10)));
        assertTrue(Orientation.doubt(turned.limit(300, 10)).isPresent());
    }
}
