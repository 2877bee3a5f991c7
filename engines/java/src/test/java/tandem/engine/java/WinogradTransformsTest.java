package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The maps on vectors against their matrices, which are derived here from the points by Cook and Toom's construction in
 * exact fractions, and are proved there: for all unit inputs and taps they filter.
 */
final class WinogradTransformsTest {
    private static final List<Fraction> POINTS =
            List.of(of(0, 1), of(3, 4), of(-3, 4), of(3, 2), of(-3, 2)); // and infinity
    private static final int PATCH = POINTS.size() + 1;
    private static final int BLOCK = 4;
    private static final int TAPS = 3;

    private record Fraction(BigInteger above, BigInteger below) {
        Fraction {
            BigInteger common = above.gcd(below).multiply(BigInteger.valueOf(below.signum()));
            above = above.divide(common);
            below = below.divide(common);
        }

        Fraction plus(Fraction other) {
            return new Fraction(
                    above.multiply(other.below).add(other.above.multiply(below)), below.multiply(other.below));
        }

        Fraction times(Fraction other) {
            return new Fraction(above.multiply(other.above), below.multiply(other.below));
        }

        Fraction inverse() {
            return new Fraction(below, above);
        }

        Fraction negative() {
            return new Fraction(above.negate(), below);
        }

        Fraction power(int exponent) {
            return new Fraction(above.pow(exponent), below.pow(exponent));
        }

        double value() {
            return above.doubleValue() / below.doubleValue();
        }
    }

    private static Fraction of(long above, long below) {
        return new Fraction(BigInteger.valueOf(above), BigInteger.valueOf(below));
    }

    // ---- the matrices

    /** A': [4][6]. */
    private static Fraction[][] outputMatrix() {
        Fraction[][] matrix = new Fraction[BLOCK][PATCH];
        for (int i = 0; i < BLOCK; i++) {
            for (int p = 0; p < POINTS.size(); p++) {
                matrix[i][p] = POINTS.get(p).power(i);
            }
            matrix[i][PATCH - 1] = of(i == BLOCK - 1 ? 1 : 0, 1);
        }
        return matrix;
    }

    /** G: [6][3]. */
    private static Fraction[][] kernelMatrix() {
        Fraction[][] matrix = new Fraction[PATCH][TAPS];
        for (int k = 0; k < TAPS; k++) {
            for (int p = 0; p < POINTS.size(); p++) {
                Fraction scale = of(1, 1);
                for (Fraction other : POINTS) {
                    if (!other.equals(POINTS.get(p))) {
                        scale = scale.times(POINTS.get(p).plus(other.negative()));
                    }
                }
                matrix[p][k] = POINTS.get(p).power(k).times(scale.inverse());
            }
            matrix[PATCH - 1][k] = of(k == TAPS - 1 ? 1 : 0, 1);
        }
        return matrix;
    }

    /** B': [6][6]. */
    private static Fraction[][] inputMatrix() {
        Fraction[][] matrix = new Fraction[PATCH][];
        for (int p = 0; p < PATCH; p++) {
            Fraction[] polynomial = new Fraction[PATCH];
            for (int i = 0; i < PATCH; i++) {
                polynomial[i] = of(i == 0 ? 1 : 0, 1);
            }
            for (int q = 0; q < POINTS.size(); q++) {
                if (q != p) {
                    // times (x - q)
                    for (int i = PATCH - 1; i >= 0; i--) {
                        Fraction shifted = i == 0 ? of(0, 1) : polynomial[i - 1];
                        polynomial[i] =
                                shifted.plus(polynomial[i].times(POINTS.get(q)).negative());
                    }
                }
            }
            matrix[p] = polynomial;
        }
        return matrix;
    }

    @Test
    void matricesFilter() {
        Fraction[][] out = outputMatrix();
        Fraction[][] kernel = kernelMatrix();
        Fraction[][] in = inputMatrix();
        for (int y = 0; y < BLOCK; y++) {
            for (int tap = 0; tap < TAPS; tap++) {
                for (int d = 0; d < PATCH; d++) {
                    Fraction sum = of(0, 1);
                    for (int f = 0; f < PATCH; f++) {
                        sum = sum.plus(out[y][f].times(kernel[f][tap]).times(in[f][d]));
                    }
                    assertEquals(of(y + tap == d ? 1 : 0, 1), sum, "y%d g%d d%d".formatted(y, tap, d));
                }
            }
        }
    }

    // ---- the kernels

    /** A map under test: from 64 vectors on to 128 vectors on, results one after the other. */
    private interface Map {
        void apply(float[] memory, int lanes);
    }

    @BeforeEach
    void onVectorsOnly() {
        assumeTrue(VectorWidth.bits() > 0, "in plain Java there are no transforms");
    }

    /** @param ulps how many units in the last place an entry may be off: rounded fractions are multiplied */
    private static void assertMatrix(Fraction[][] matrix, Map map, int ulps) {
        int lanes = Lanes.COUNT;
        for (int column = 0; column < matrix[0].length; column++) {
            float[] memory = new float[256 * lanes];
            for (int lane = 0; lane < lanes; lane++) {
                memory[(64 + column) * lanes + lane] = 1;
            }
            map.apply(memory, lanes);
            for (int row = 0; row < matrix.length; row++) {
                float expected = (float) matrix[row][column].value();
                for (int lane = 0; lane < lanes; lane++) {
                    assertEquals(
                            expected,
                            memory[(128 + row) * lanes + lane],
                            ulps * Math.ulp(expected),
                            "row %d, column %d".formatted(row, column));
                }
            }
        }
    }

    @Test
    void inputIsItsMatrix() {
        assertMatrix(inputMatrix(), (m, l) -> WinogradTransforms.input(m, 64 * l, l, 0, 128 * l, l, 0), 0);
    }

    @Test
    void outputIsItsMatrix() {
        assertMatrix(outputMatrix(), (m, l) -> WinogradTransforms.output(m, 1, 64 * l, l, 0, 128 * l, l, 2 * l, 0), 0);
    }

    @Test
    void kernelIsItsMatrix() {
        assertMatrix(kernelMatrix(), (m, l) -> WinogradTransforms.kernel(m, 1, 64 * l, l, 0, 128 * l, l, 0), 1);
    }
}
