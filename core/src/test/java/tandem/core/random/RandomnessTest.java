package tandem.core.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tandem.core.Parameters;
import tandem.core.Recipe;

/**
 * The mapping from seed, epoch, step and position to values is a file format: these known answers pin it. They were
 * computed by an independent program from the description in docs/randomness.md, not by this code.
 */
final class RandomnessTest {
    private static final Recipe HARMONIZED = Recipe.PRESETS.get("harmonized");

    @Test
    void initialParametersOfSeed42() {
        Parameters parameters = InitialParameters.of(HARMONIZED);

        assertStart(parameters, "conv1.weight", 0.07530658692121506f, -0.02094232104718685f, -0.28451216220855713f);
        assertStart(parameters, "conv1.bias", -0.15917234122753143f, -0.005865816026926041f, -0.20858535170555115f);
        assertStart(parameters, "conv2.weight", 0.012840787880122662f, 0.05683183670043945f, -0.007476033642888069f);
        assertStart(parameters, "conv2.bias", 0.023837072774767876f, 0.028400996699929237f, 0.008777230978012085f);
        assertStart(parameters, "fc1.weight", -0.004472504369914532f, -0.004810298793017864f, 0.009495969861745834f);
        assertStart(parameters, "fc1.bias", -0.010310755111277103f, -0.0022871980909258127f, -0.004579892382025719f);
        assertStart(parameters, "fc2.weight", -1.2064741667927592e-06f, 0.050631243735551834f, -0.0657266154885292f);
        assertStart(parameters, "fc2.bias", 0.04803628474473953f, -0.01663794554769993f, 0.044204965233802795f);
        assertEquals(0.0877220556139946f, parameters.get("fc2.bias")[9]);
    }

    private static void assertStart(Parameters parameters, String name, float... expected) {
        assertArrayEquals(expected, Arrays.copyOf(parameters.get(name), expected.length), name);
    }

    @Test
    void orderOfSeed42() {
        int[] first = Order.shuffled(42, 1, 60_000);
        int[] second = Order.shuffled(42, 2, 60_000);

        assertArrayEquals(new int[] {52264, 11520, 51620, 1663, 49273, 38588, 27644, 46867}, Arrays.copyOf(first, 8));
        assertEquals(18110, first[59_999]);
        assertArrayEquals(new int[] {47801, 44241, 32570, 49981, 5820, 8749, 47072, 18032}, Arrays.copyOf(second, 8));
        assertArrayEquals(new int[] {7, 0, 5, 3, 4, 9, 8, 6, 2, 1}, Order.shuffled(Long.MIN_VALUE + 5, 1, 10));
    }

    @Test
    void masksOfSeed42() {
        DropoutMask first = DropoutMask.first(0.25, 144, 64);
        long[] mask = new long[first.words()];
        first.draw(42, 0, 0, mask, 0);
        assertEquals(
                List.of(0x3ffdfc7f73f3fb72L, 0xd5ffedfef2e2bbcfL, 0x9fdffffed7fbdffcL),
                LongStream.of(mask).limit(3).boxed().toList());
        assertEquals(0xaff3cf3df96fffbdL, mask[143]);
        assertEquals(6949, LongStream.of(mask).mapToInt(Long::bitCount).sum());

        first.draw(42, 63, 7, mask, 0);
        assertEquals(0xd4dff7f77f76f77fL, mask[0]);
        assertEquals(0xfb9fe6f7effdfdffL, mask[1]);

        long[] hidden = new long[2];
        DropoutMask.second(0.5, 128).draw(42, 59_999, 937, hidden, 0);
        assertArrayEquals(new long[] {0x802b967f4e4fb204L, 0x152f027b1c57a3c8L}, hidden);
    }

    @Test
    void unusedBitsAreZeroAndOddProbabilitiesTakeEightPlanes() {
        long[] mask = new long[4];
        DropoutMask.first(77 / 256.0, 2, 70).draw(7, 3, 5, mask, 0);
        assertArrayEquals(new long[] {0x5d3a71ef9dd7ddefL, 0x10L, 0xf5f1ff6f6fa0e9fdL, 0x24L}, mask);
    }

    @Test
    void everyProbabilityIsKept() {
        long[] mask = new long[2];
        for (int drop : new int[] {0, 1, 3, 64, 100, 128, 200, 255}) {
            DropoutMask hidden = DropoutMask.second(drop / 256.0, 128);
            int kept = 0;
            int draws = 2000;
            for (int position = 0; position < draws; position++) {
                hidden.draw(1, position, 0, mask, 0);
                kept += Long.bitCount(mask[0]) + Long.bitCount(mask[1]);
            }
            double p = 1 - drop / 256.0;
            double n = 128.0 * draws;
            // Five standard deviations of a binomial; the seed is fixed, so this either always holds or never.
            assertEquals(p, kept / n, 5 * Math.sqrt(p * (1 - p) / n), "drop " + drop + "/256");
        }
    }
}
