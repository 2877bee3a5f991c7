package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class BitMatrixTest {
    @Test
    void rowsBecomeColumns() {
        long[] words = new Random(1).longs(3 * 64).toArray();
        long[] transposed = words.clone();
        BitMatrix.transpose(transposed, 64);
        for (int r = 0; r < 64; r++) {
            for (int c = 0; c < 64; c++) {
                assertEquals(words[64 + r] >>> c & 1, transposed[64 + c] >>> r & 1, r + ", " + c);
            }
            assertEquals(words[r], transposed[r]);
            assertEquals(words[128 + r], transposed[128 + r]);
        }
    }
}
