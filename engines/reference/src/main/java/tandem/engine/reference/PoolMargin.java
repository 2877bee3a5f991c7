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
        int best = at(row, column, channel, 0);
        int bestPlace = 0;
        double size = square.conv2[best];
        for (int place = 1; place < PLACES; place++) {
            int at = at(row, column, channel, place);
            size = Math.max(size, square.conv2[at]);
            if (image.conv2[at] > image.conv2[best]) {
                best = at;
                bestPlace = place;
            }
        }
        double largest = image.conv2[best];
        double margin = Margins.ratio(largest, size);
        for (int place = 0; largest > 0 && place < PLACES; place++) {
            double distance = Margins.ratio(largest - image.conv2[at(row, column, channel, place)], size);
            if (distance < Math.min(margin, enough) && isChoice(row, column, place, bestPlace)) {
                margin = distance;
            }
        }
        return margin;
    }

    /** Index in conv2's output of one of the four places of a window, in row-major order. */
    private int at(int row, int column, int channel, int place) {
        int columns = network.columns() - 2 * (KERNEL - 1);
        return ((row + place / POOL) * columns + column + place % POOL) * network.conv2() + channel;
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
                if (image.input[(rowA + u) * network.columns() + columnA + v]
                        != image.input[(rowB + u) * network.columns() + columnB + v]) {
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
            int from = ((row + u) * columns + column) * network.conv1();
            for (int i = from; i < from + KERNEL * network.conv1(); i++) {
                if (image.conv1[i] != 0) {
                    return false;
                }
            }
        }
        return true;
    }
}
