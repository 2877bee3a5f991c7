package tandem.core.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PhiloxTest {
    /** The three published vectors of philox4x32-10: file kat_vectors of the Random123 distribution. */
    @ParameterizedTest
    @CsvSource({
        "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
        "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
    })
    void givesThePublishedKnownAnswers(String counter, String key, String expected) {
        int[] c = words(counter);
        int[] k = words(key);
        long[] out = new long[2];

        Philox.block(k[0] & 0xFFFFFFFFL | (long) k[1] << 32, c[0], c[1], c[2], c[3], out, 0);

        assertEquals(expected, "%08x %08x %08x %08x".formatted((int) out[0], (int) (out[0] >>> 32), (int) out[1], (int)
                        (out[1] >>> 32)));
    }

    @Test
    void manyBlocksSideBySideAreTheSameBlocks() {
        long key = 0x299f31d0a4093822L;
        for (int first : new int[] {0, 5, Integer.MAX_VALUE - 3}) {
            for (int count : new int[] {0, 1, 7, 64, 145}) {
                long[] expected = new long[2 * count];
                long[] out = new long[2 * count];
                for (int block = 0; block < count; block++) {
                    Philox.block(key, first + block, -5, 6, 3, expected, 2 * block);
                }
                new Philox.Blocks(count).draw(key, first, -5, 6, 3, out);
                assertArrayEquals(expected, out);
            }
        }
    }

    private static int[] words(String text) {
        return Arrays.stream(text.split(" "))
                .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
                .toArray();
    }
}
