package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors of this process. Constants, because the JIT compiler makes one instruction of a vector operation only if
 * it knows the species when it compiles.
 *
 * <p>Kernels call {@link FloatVector} directly, without helpers in between: HotSpot inlines the Vector API's own
 * methods whatever their size, but ours only up to 8,000 bytes of bytecode in all, and a vector that crosses a call
 * that was not inlined becomes an object.
 */
final class Lanes {
    /** Floats of {@link VectorWidth#bits()} bits. */
    static final VectorSpecies<Float> SPECIES =
            VectorSpecies.of(float.class, VectorShape.forBitSize(VectorWidth.bits()));

    /** Floats in a vector: 4, 8 or 16. */
    static final int COUNT = SPECIES.length();

    private static final VectorShuffle<Float> ACROSS_8 = across(8);
    private static final VectorShuffle<Float> ACROSS_4 = across(4);
    private static final VectorShuffle<Float> ACROSS_2 = across(2);
    private static final VectorShuffle<Float> ACROSS_1 = across(1);

    private Lanes() {}

    private static VectorShuffle<Float> across(int distance) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ distance) % COUNT);
    }

    /**
     * Sum of all lanes in a fixed order: halves are added until one lane is left. {@code reduceLanes(ADD)} promises no
     * order, and the interpreter, C1 and C2 differ.
     */
    static float sum(FloatVector v) {
        FloatVector sum = v;
        if (COUNT > 8) {
            sum = sum.add(sum.rearrange(ACROSS_8));
        }
        if (COUNT > 4) {
            sum = sum.add(sum.rearrange(ACROSS_4));
        }
        sum = sum.add(sum.rearrange(ACROSS_2));
        return sum.add(sum.rearrange(ACROSS_1)).lane(0);
    }
}
