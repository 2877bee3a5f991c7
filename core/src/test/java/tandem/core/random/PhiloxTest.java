package tandem.core.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
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

    /**
     * The words of seed 0's blocks 0 and 1 of stream 1, in their order; the first four are none of the published ones,
     * as the stream is part of the counter. A bound of 2^30 keeps the high 30 bits, and passes over nothing.
     */
    @Test
    void wordsComeInTheirOrder() {
        long[] blocks = new long[4];
        Philox.block(0, 0, 5, 6, 1, blocks, 0);
        Philox.block(0, 1, 5, 6, 1, blocks, 2);
        Words words = new Words(0, 5, 6, Stream.ORDER);
        Words bounded = new Words(0, 5, 6, Stream.ORDER);
        for (int i = 0; i < 8; i++) {
            long word = (i % 2 == 0 ? blocks[i / 2] : blocks[i / 2] >>> 32) & 0xffffffffL;
            assertEquals(word, words.next());
            assertEquals(word >>> 2, bounded.below(1 << 30));
        }
    }

    /** For 3 x 2^29 a quarter of all words is passed over: those whose product has a low half below 2^30. */
    @Test
    void wordsThatWouldFavourSomeValuesArePassedOver() {
        int bound = 3 << 29;
        Words words = new Words(42, 0, 0, Stream.PARAMETERS);
        Words bounded = new Words(42, 0, 0, Stream.PARAMETERS);
        int passedOver = 0;
        for (int i = 0; i < 1000; i++) {
            BigInteger product = BigInteger.valueOf(words.next()).multiply(BigInteger.valueOf(bound));
            while (product.mod(BigInteger.TWO.pow(32)).longValue() < 1L << 30) {
                passedOver++;
                product = BigInteger.valueOf(words.next()).multiply(BigInteger.valueOf(bound));
            }
            assertEquals(product.shiftRight(32).intValue(), bounded.below(bound));
        }
        assertTrue(passedOver > 200, passedOver + " of about 333");
    }

    private static int[] words(String text) {
        return Arrays.stream(text.split(" "))
                .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
                .toArray();
    }
}
