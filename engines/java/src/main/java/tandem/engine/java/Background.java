package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The shortcut for windows that see nothing but background. A pool window depends on 6x6 pixels; where all of them are
 * 0, its four sums are the same numbers in every image, computed once a step. In MNIST that is a third of all windows.
 * Nothing is approximated, but how much it saves depends on the data, so there is a variant without it.
 */
record Background(Layout layout, float[] memory, InkBits ink) {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;

    /** Pixels that a pool window depends on, in a row. */
    private static final int REACH = 6;

    private static final long WINDOW = (1L << REACH) - 1;

    /** Pixels in the six rows under a row of windows that are not background, a bit for each column. */
    long ink(int image, int windowRow) {
        return ink.in(image, 2 * windowRow, REACH);
    }

    /** Whether a window sees background alone. */
    static boolean covers(long ink, int windowColumn) {
        // Without the shortcut there may be more columns than bits; every bit is set then.
        return (ink >>> (2 * windowColumn & Long.SIZE - 1) & WINDOW) == 0;
    }

    /**
     * Computes what conv2 yields on background, without its bias, for one thread: [channels2] at
     * {@link Layout#background2}. Expects what conv1 yields there at {@link Layout#background1}.
     */
    void compute(int thread) {
        if (!ink.known) {
            return;
        }
        float[] m = memory;
        int out = layout.background2(thread);
        int activations = layout.background1(thread);
        for (int c = 0; c < layout.channels2; c += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int i = 0; i < layout.conv1; i++) {
                FloatVector a = FloatVector.broadcast(S, m[activations + i]);
                int weight = layout.conv2Transposed + i * Layout.TAPS * layout.channels2 + c;
                for (int k = 0; k < Layout.TAPS; k++) {
                    sum = FloatVector.fromArray(S, m, weight + k * layout.channels2)
                            .fma(a, sum);
                }
            }
            sum.intoArray(m, out + c);
        }
    }
}
