package tandem.core.picture;

/**
 * The direction in which colours differ most: the first principal axis, by power iteration. For a grey picture it is
 * the grey axis; ink that is as light as its paper but of another colour is found all the same.
 *
 * @param direction of length 1: [3]
 */
record PrincipalAxis(double[] direction) {

    /**
     * Finds it.
     *
     * @param differences [pixels, 3]
     * @param strong whether a difference weighs as its square, so that the little ink on a large page counts for more
     *     than the noise of all its paper
     */
    static PrincipalAxis of(float[] differences, boolean strong) {
        double[][] moments = new double[Picture.CHANNELS][Picture.CHANNELS];
        for (int i = 0; i < differences.length; i += Picture.CHANNELS) {
            double weight = 1;
            if (strong) {
                weight = 0;
                for (int c = 0; c < Picture.CHANNELS; c++) {
                    weight += differences[i + c] * differences[i + c];
                }
            }
            for (int a = 0; a < Picture.CHANNELS; a++) {
                for (int b = 0; b < Picture.CHANNELS; b++) {
                    moments[a][b] += weight * differences[i + a] * differences[i + b];
                }
            }
        }
        // No colour of a real picture is at right angles to all three starts.
        double[] best = {};
        double most = -1;
        for (double[] start : new double[][] {{1, 1, 1}, {1, -1, 0}, {0, 1, -1}}) {
            double[] axis = start;
            double length = 0;
            for (int round = 0; round < 50; round++) {
                double[] next = new double[Picture.CHANNELS];
                for (int a = 0; a < Picture.CHANNELS; a++) {
                    for (int b = 0; b < Picture.CHANNELS; b++) {
                        next[a] += moments[a][b] * axis[b];
                    }
                }
                length = Math.sqrt(next[0] * next[0] + next[1] * next[1] + next[2] * next[2]);
                if (length == 0) {
                    break;
                }
                for (int a = 0; a < Picture.CHANNELS; a++) {
                    next[a] /= length;
                }
                axis = next;
            }
            if (length > most) {
                most = length;
                best = axis;
            }
        }
        return new PrincipalAxis(best);
    }

    /** How far each pixel lies along the axis: [pixels]. */
    float[] along(float[] differences) {
        float[] along = new float[differences.length / Picture.CHANNELS];
        for (int i = 0; i < along.length; i++) {
            double sum = 0;
            for (int c = 0; c < Picture.CHANNELS; c++) {
                sum += direction[c] * differences[Picture.CHANNELS * i + c];
            }
            along[i] = (float) sum;
        }
        return along;
    }
}
