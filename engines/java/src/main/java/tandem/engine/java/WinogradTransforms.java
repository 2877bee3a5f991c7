package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The three linear maps of Winograd's minimal filtering F(4, 3): four outputs of a filter of three taps by six
 * multiplications, where the definition takes twelve.
 *
 * <pre>
 * y = A' ((G g) * (B' d))        d: six inputs, g: three taps, y: four outputs, *: element by element
 * </pre>
 *
 * <p>The idea, by Cook and Toom: a product of two polynomials of degrees 2 and 3 is known from its values at five
 * points and its leading coefficient ("the value at infinity"); multiplying values is six multiplications. Winograd
 * filtering is that, transposed. Any five points do; the matrices follow from them:
 *
 * <pre>
 * A' row i     p^i for each point p, and 1 for infinity in the last row alone
 * G            (1, p, p^2) / N(p) for each point p, with N(p) the product of p - q over all other points q; (0, 0, 1)
 * B'           the coefficients of the product of x - q over all other points q; for infinity over all points
 * </pre>
 *
 * <p>The points are 0, ±a and ±b with a = 3/4 and b = 3/2. With the usual 0, ±1 and ±2 entries grow up to 8, and
 * float32 loses five times as many digits as by the definition, here three times: see docs/java-engine.md for what was
 * measured, and why points matter in B. Barabasz et al., "Error analysis and improving the accuracy of Winograd
 * convolution for deep neural networks", arXiv:1803.10986. Entries of A' and B' are short binary fractions, so float32
 * holds them exactly.
 *
 * <p>A point and its negative share their even and odd parts, which is how the maps are computed. Every method applies
 * one of them several times, to vectors that lie in memory at regular distances.
 */
final class WinogradTransforms {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;

    /** Inputs of a map of six: rows and columns of a patch. */
    static final int PATCH = 6;

    /** Outputs of a block, in each direction. */
    static final int BLOCK = 4;

    /** Taps of a filter, in each direction. */
    static final int TAPS = 3;

    private static final float A = 3f / 4;
    private static final float B = 3f / 2;
    private static final float A2 = A * A;
    private static final float B2 = B * B;

    // N of 0, a and b: products of the distances between a point and the others.
    private static final double N0 = A2 * B2;
    private static final double NA = 2.0 * A2 * (A2 - B2);
    private static final double NB = 2.0 * B2 * (B2 - A2);

    private WinogradTransforms() {}

    /**
     * B' d, {@value #PATCH} times.
     *
     * @param from index of the first vector of d, {@code fromStep} from each other, {@code fromNext} to the next d
     * @param to index of the first of six results, likewise
     */
    static void input(float[] m, int from, int fromStep, int fromNext, int to, int toStep, int toNext) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector minusA = FloatVector.broadcast(S, -A);
        FloatVector minusB = FloatVector.broadcast(S, -B);
        FloatVector minusA2 = FloatVector.broadcast(S, -A2);
        FloatVector minusB2 = FloatVector.broadcast(S, -B2);
        FloatVector product = FloatVector.broadcast(S, A2 * B2);
        FloatVector minusSum = FloatVector.broadcast(S, -(A2 + B2));
        int f = from;
        int t = to;
        for (int n = 0; n < PATCH; n++, f += fromNext, t += toNext) {
            FloatVector d1 = FloatVector.fromArray(S, m, f + fromStep);
            FloatVector d2 = FloatVector.fromArray(S, m, f + 2 * fromStep);
            FloatVector d3 = FloatVector.fromArray(S, m, f + 3 * fromStep);
            FloatVector d4 = FloatVector.fromArray(S, m, f + 4 * fromStep);
            FloatVector evenA = d2.fma(minusB2, d4);
            FloatVector oddA = d1.fma(minusB2, d3);
            FloatVector evenB = d2.fma(minusA2, d4);
            FloatVector oddB = d1.fma(minusA2, d3);
            d2.fma(minusSum, FloatVector.fromArray(S, m, f).fma(product, d4)).intoArray(m, t);
            oddA.fma(a, evenA).intoArray(m, t + toStep);
            oddA.fma(minusA, evenA).intoArray(m, t + 2 * toStep);
            oddB.fma(b, evenB).intoArray(m, t + 3 * toStep);
            oddB.fma(minusB, evenB).intoArray(m, t + 4 * toStep);
            d3.fma(minusSum, d1.fma(product, FloatVector.fromArray(S, m, f + 5 * fromStep)))
                    .intoArray(m, t + 5 * toStep);
        }
    }

    /**
     * A' m, several times.
     *
     * @param count how many times
     * @param from index of the first of six vectors, {@code fromStep} from each other, {@code fromNext} to the next six
     * @param to index of the first of four results: the second lies {@code toStep} behind it, the third and the fourth
     *     {@code toHalf} behind these, and {@code toNext} on lie the next four
     */
    static void output(
            float[] m, int count, int from, int fromStep, int fromNext, int to, int toStep, int toHalf, int toNext) {
        FloatVector a = FloatVector.broadcast(S, A);
        FloatVector a2 = FloatVector.broadcast(S, A2);
        FloatVector a3 = FloatVector.broadcast(S, A2 * A);
        FloatVector b = FloatVector.broadcast(S, B);
        FloatVector b2 = FloatVector.broadcast(S, B2);
        FloatVector b3 = FloatVector.broadcast(S, B2 * B);
        int f = from;
        int t = to;
        for (int n = 0; n < count; n++, f += fromNext, t += toNext) {
            FloatVector m1 = FloatVector.fromArray(S, m, f + fromStep);
            FloatVector m2 = FloatVector.fromArray(S, m, f + 2 * fromStep);
            FloatVector m3 = FloatVector.fromArray(S, m, f + 3 * fromStep);
            FloatVector m4 = FloatVector.fromArray(S, m, f + 4 * fromStep);
            FloatVector evenA = m1.add(m2);
            FloatVector oddA = m1.sub(m2);
            FloatVector evenB = m3.add(m4);
            FloatVector oddB = m3.sub(m4);
            evenA.add(FloatVector.fromArray(S, m, f)).add(evenB).intoArray(m, t);
            oddA.fma(a, oddB.mul(b)).intoArray(m, t + toStep);
            evenA.fma(a2, evenB.mul(b2)).intoArray(m, t + toHalf);
            oddB.fma(b3, oddA.fma(a3, FloatVector.fromArray(S, m, f + 5 * fromStep)))
                    .intoArray(m, t + toHalf + toStep);
        }
    }

    /**
     * G g, several times; results may take the place of what they are computed from.
     *
     * @param count how many times
     * @param from index of the first of three vectors, {@code fromStep} from each other, {@code fromNext} to the next
     * @param to index of the first of six results, likewise
     */
    static void kernel(float[] m, int count, int from, int fromStep, int fromNext, int to, int toStep, int toNext) {
        int f = from;
        int t = to;
        for (int n = 0; n < count; n++, f += fromNext, t += toNext) {
            FloatVector g0 = FloatVector.fromArray(S, m, f);
            FloatVector g1 = FloatVector.fromArray(S, m, f + fromStep);
            FloatVector g2 = FloatVector.fromArray(S, m, f + 2 * fromStep);
            FloatVector even = g2.mul(A2).add(g0).mul((float) (1 / NA));
            FloatVector odd = g1.mul((float) (A / NA));
            g0.mul((float) (1 / N0)).intoArray(m, t);
            even.add(odd).intoArray(m, t + toStep);
            even.sub(odd).intoArray(m, t + 2 * toStep);
            even = g2.mul(B2).add(g0).mul((float) (1 / NB));
            odd = g1.mul((float) (B / NB));
            even.add(odd).intoArray(m, t + 3 * toStep);
            even.sub(odd).intoArray(m, t + 4 * toStep);
            g2.intoArray(m, t + 5 * toStep);
        }
    }
}
