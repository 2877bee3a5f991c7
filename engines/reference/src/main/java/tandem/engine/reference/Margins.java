package tandem.engine.reference;

import static tandem.core.Network.KERNEL;

import tandem.core.Batch;
import tandem.core.Network;

/**
 * How far the choices that max-pool and ReLU make on one image are from falling otherwise. Two right engines may differ
 * where two candidates are equal up to rounding, and a whole gradient tensor is then off with nobody wrong; an image
 * whose margins are above rounding leaves no such choice.
 *
 * <ul>
 *   <li>{@code conv1}: the smallest distance from zero of any output of conv1 before ReLU.
 *   <li>{@code conv2}: over all 2x2 windows of conv2's outputs before ReLU, with {@code m} the window's largest: the
 *       smallest {@code |m|}, and where {@code m > 0} also the smallest {@code m - s}, with {@code s} the window's
 *       largest whose 5x5 input patch differs from {@code m}'s. Positions with equal patches are no choice: either
 *       passes on the same gradient. Nor is a window that dropout1 drops, or one with {@code m} below zero, since
 *       nothing of it passes ReLU.
 *   <li>{@code fc1}: the smallest distance from zero of any hidden unit before ReLU that dropout2 keeps.
 * </ul>
 *
 * <p>Each is relative to the root mean square of its layer's outputs before ReLU on this image, because float32 errors
 * grow with the numbers that are summed, and activations grow in training.
 *
 * @param conv1 margin of the first ReLU
 * @param conv2 margin of max-pool and the second ReLU
 * @param fc1 margin of the third ReLU
 */
public record Margins(double conv1, double conv2, double fc1) {

    /** The smallest of the three. */
    public double smallest() {
        return Math.min(conv1, Math.min(conv2, fc1));
    }

    /** The margins of every image of a batch, with its dropout masks. */
    public static Margins[] of(ReferenceEngine engine, Batch batch) {
        Network network = engine.network;
        Activations a = Activations.of(network, batch);
        double[] conv1 = new double[batch.size()];
        double[] conv2 = new double[batch.size()];
        Margins[] margins = new Margins[batch.size()];
        engine.threads.forEach(Math.ceilDiv(batch.size(), ReferenceEngine.GROUP), (group, thread) -> {
            int first = group * ReferenceEngine.GROUP;
            int end = Math.min(batch.size(), first + ReferenceEngine.GROUP);
            ImageScratch image = engine.scratch[thread][0];
            for (int n = first; n < end; n++) {
                image.read(a.inputs, n);
                engine.conv1.forward(image.input, image.conv1);
                conv1[n] = smallest(image.conv1) / size(image.conv1);
                Vectors.relu(image.conv1);
                engine.conv2.forward(image.conv1, image.conv2);
                conv2[n] = new Windows(network, image, a.mask1, n).margin() / size(image.conv2);
                engine.pool(image.conv2, a.features[n], image.largest);
                Vectors.relu(a.features[n]);
                Activations.drop(a.features[n], a.mask1, n);
            }
            engine.fc1.forward(a.features, a.hidden, first, end);
            for (int n = first; n < end; n++) {
                double fc1 = kept(a.hidden[n], a.mask2, n) / size(a.hidden[n]);
                margins[n] = new Margins(conv1[n], conv2[n], fc1);
            }
        });
        return margins;
    }

    private static double smallest(double[] x) {
        double smallest = Double.POSITIVE_INFINITY;
        for (double v : x) {
            smallest = Math.min(smallest, Math.abs(v));
        }
        return smallest;
    }

    /** The smallest that a mask keeps. */
    private static double kept(double[] x, float[] mask, int image) {
        double smallest = Double.POSITIVE_INFINITY;
        for (int j = 0; j < x.length; j++) {
            if (mask == null || mask[image * x.length + j] != 0) {
                smallest = Math.min(smallest, Math.abs(x[j]));
            }
        }
        return smallest;
    }

    /** Root mean square. */
    private static double size(double[] x) {
        return Math.sqrt(Vectors.squares(x) / x.length);
    }

    /** The pooling windows of one image. */
    private record Windows(Network network, ImageScratch image, float[] mask1, int n) {

        double margin() {
            double smallest = Double.POSITIVE_INFINITY;
            for (int r = 0; r < network.pooledRows(); r++) {
                for (int c = 0; c < network.pooledColumns(); c++) {
                    for (int k = 0; k < network.conv2(); k++) {
                        int feature = (k * network.pooledRows() + r) * network.pooledColumns() + c;
                        if (mask1 == null || mask1[n * network.features() + feature] != 0) {
                            smallest = Math.min(smallest, margin(2 * r, 2 * c, k, smallest));
                        }
                    }
                }
            }
            return smallest;
        }

        /** Margin of one window, or anything not below {@code enough} if it is not below it. */
        private double margin(int row, int column, int channel, double enough) {
            int best = 0;
            for (int w = 1; w < 4; w++) {
                best = value(row, column, channel, w) > value(row, column, channel, best) ? w : best;
            }
            double largest = value(row, column, channel, best);
            if (largest <= 0) {
                return -largest;
            }
            double margin = largest;
            for (int w = 0; w < 4; w++) {
                double distance = largest - value(row, column, channel, w);
                if (distance < Math.min(margin, enough) && !samePatch(row, column, w, best)) {
                    margin = distance;
                }
            }
            return margin;
        }

        /** Output of conv2 at one of the four places of a window, in row-major order. */
        private double value(int row, int column, int channel, int place) {
            int columns = network.columns() - 2 * (KERNEL - 1);
            return image.conv2[((row + place / 2) * columns + column + place % 2) * network.conv2() + channel];
        }

        /** Whether two places of a window see the same 5x5 pixels. */
        private boolean samePatch(int row, int column, int a, int b) {
            int side = 2 * KERNEL - 1;
            for (int u = 0; u < side; u++) {
                for (int v = 0; v < side; v++) {
                    int inA = (row + a / 2 + u) * network.columns() + column + a % 2 + v;
                    int inB = (row + b / 2 + u) * network.columns() + column + b % 2 + v;
                    if (image.input[inA] != image.input[inB]) {
                        return false;
                    }
                }
            }
            return true;
        }
    }
}
