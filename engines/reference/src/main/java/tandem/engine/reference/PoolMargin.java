package tandem.engine.reference;

import static tandem.core.Network.KERNEL;
import static tandem.core.Network.POOL;

import tandem.core.Network;

/**
 * The margin of max-pool and the ReLU after it on one image, see {@link Margins}.
 *
 * @param image pixels, outputs of conv1 after ReLU and of conv2 before pooling
 * @param square squared sizes of conv2's outputs
 */
record PoolMargin(Network network, ImageScratch image, ImageScratch square) {
    private static final int PLACES = POOL * POOL;

    /** The smallest margin of all windows that dropout keeps. */
    double smallest(ReferenceInputs inputs, int n) {
        double smallest = Double.POSITIVE_INFINITY;
        for (int r = 0; r < network.pooledRows(); r++) {
            for (int c = 0; c < network.pooledColumns(); c++) {
                for (int k = 0; k < network.conv2(); k++) {
                    int feature = (k * network.pooledRows() + r) * network.pooledColumns() + c;
                    if (inputs.keeps1(network, n, feature)) {
                        smallest = Math.min(smallest, margin(POOL * r, POOL * c, k, smallest));
                    }
                }
            }
        }
        return smallest;
    }

    /** Margin of one window; where it is not below {@code enough}, anything that is not. */
    private double margin(int row, int column, int channel, double enough) {
        int best = 0;
        double size = 0;
        for (int place = 0; place < PLACES; place++) {
            size = Math.max(size, square.conv2[position(row, column, place)][channel]);
            best = value(row, column, place, channel) > value(row, column, best, channel) ? place : best;
        }
        double largest = value(row, column, best, channel);
        double margin = Margins.ratio(largest, size);
        for (int place = 0; largest > 0 && place < PLACES; place++) {
            double distance = Margins.ratio(largest - value(row, column, place, channel), size);
            if (distance < Math.min(margin, enough) && isChoice(row, column, place, best)) {
                margin = distance;
            }
        }
        return margin;
    }

    private double value(int row, int column, int place, int channel) {
        return image.conv2[position(row, column, place)][channel];
    }

    /** Position in conv2's output of one of the four places of a window, in row-major order. */
    private int position(int row, int column, int place) {
        int columns = network.columns() - 2 * (KERNEL - 1);
        return (row + place / POOL) * columns + column + place % POOL;
    }

    /** Whether it makes a difference which of two places of a window is the largest. */
    private boolean isChoice(int row, int column, int a, int b) {
        return !samePixels(row + a / POOL, column + a % POOL, row + b / POOL, column + b % POOL)
                && !(dead(row + a / POOL, column + a % POOL) && dead(row + b / POOL, column + b % POOL));
    }

    /** Whether two outputs of conv2 see the same 5x5 pixels. */
    private boolean samePixels(int rowA, int columnA, int rowB, int columnB) {
        int side = 2 * KERNEL - 1;
        for (int u = 0; u < side; u++) {
            for (int v = 0; v < side; v++) {
                if (image.input[(rowA + u) * network.columns() + columnA + v][0]
                        != image.input[(rowB + u) * network.columns() + columnB + v][0]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether an output of conv2 sees zeros only. */
    private boolean dead(int row, int column) {
        int columns = network.columns() - (KERNEL - 1);
        for (int u = 0; u < KERNEL; u++) {
            for (int v = 0; v < KERNEL; v++) {
                for (double output : image.conv1[(row + u) * columns + column + v]) {
                    if (output != 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }
}
