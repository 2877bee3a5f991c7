package tandem.engine.reference;

import tandem.core.Network;
import tandem.core.engine.Batch;

/**
 * The network of one image straight from its definition: indices as in the formulas, canonical layouts, the masks' bits
 * as documented. Shares nothing with the engine but the parameters.
 */
final class Definition {
    private final Network network;

    /** Pixels: [1][rows][columns]. */
    final double[][][] input;

    /** Before ReLU: [conv1][rows - 2][columns - 2]. */
    final double[][][] conv1;

    /** Before ReLU: [conv2][rows - 4][columns - 4]. */
    final double[][][] conv2;

    /** Before ReLU: [hidden]. */
    final double[] fc1;

    final double[] logits;

    Definition(Network network, ReferenceTensors parameters, Batch batch, int n) {
        this.network = network;
        float[] inputs = new float[batch.size() * network.rows() * network.columns()];
        batch.inputs(inputs);
        input = new double[1][network.rows()][network.columns()];
        for (int i = 0; i < network.rows() * network.columns(); i++) {
            input[0][i / network.columns()][i % network.columns()] = inputs[n * network.rows() * network.columns() + i];
        }
        conv1 = convolve(input, parameters.get("conv1.weight"), parameters.get("conv1.bias"));
        conv2 = convolve(relu(conv1), parameters.get("conv2.weight"), parameters.get("conv2.bias"));
        fc1 = dense(features(batch, n), parameters.get("fc1.weight"), parameters.get("fc1.bias"));
        double[] hidden = new double[fc1.length];
        for (int h = 0; h < hidden.length; h++) {
            hidden[h] = Math.max(0, fc1[h]) * (keeps2(batch, n, h) ? batch.scale2() : 0);
        }
        logits = dense(hidden, parameters.get("fc2.weight"), parameters.get("fc2.bias"));
    }

    static boolean keeps2(Batch batch, int n, int h) {
        return (batch.keep2()[n] >>> h & 1) == 1;
    }

    static boolean keeps1(Batch batch, Network network, int n, int r, int c, int k) {
        return (batch.keep1()[(n * network.pooledRows() + r) * network.pooledColumns() + c] >>> k & 1) == 1;
    }

    private double[] features(Batch batch, int n) {
        double[] features = new double[network.features()];
        int f = 0;
        for (int k = 0; k < network.conv2(); k++) {
            for (int r = 0; r < network.pooledRows(); r++) {
                for (int c = 0; c < network.pooledColumns(); c++) {
                    double largest = 0;
                    for (int place = 0; place < 4; place++) {
                        largest = Math.max(largest, conv2[k][2 * r + place / 2][2 * c + place % 2]);
                    }
                    features[f++] = largest * (keeps1(batch, network, n, r, c, k) ? batch.scale1() : 0);
                }
            }
        }
        return features;
    }

    /** A 3x3 convolution of [in][rows][columns] with weights [out, in, 3, 3]. */
    static double[][][] convolve(double[][][] x, double[] weight, double[] bias) {
        int rows = x[0].length - 2;
        int columns = x[0][0].length - 2;
        double[][][] y = new double[bias.length][rows][columns];
        for (int o = 0; o < bias.length; o++) {
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    y[o][r][c] = bias[o];
                    for (int i = 0; i < x.length; i++) {
                        for (int k = 0; k < 9; k++) {
                            y[o][r][c] += weight[(o * x.length + i) * 9 + k] * x[i][r + k / 3][c + k % 3];
                        }
                    }
                }
            }
        }
        return y;
    }

    private static double[][][] relu(double[][][] x) {
        double[][][] y = new double[x.length][x[0].length][x[0][0].length];
        for (int k = 0; k < x.length; k++) {
            for (int r = 0; r < x[0].length; r++) {
                for (int c = 0; c < x[0][0].length; c++) {
                    y[k][r][c] = Math.max(0, x[k][r][c]);
                }
            }
        }
        return y;
    }

    /** A dense layer with weights [out, in]. */
    static double[] dense(double[] x, double[] weight, double[] bias) {
        double[] y = bias.clone();
        for (int o = 0; o < bias.length; o++) {
            for (int i = 0; i < x.length; i++) {
                y[o] += weight[o * x.length + i] * x[i];
            }
        }
        return y;
    }
}
