package example;

import java.util.Arrays;
import tandem.core.*;
import tandem.core.data.Images;
import tandem.core.engine.*;

/** A whole engine in plain Java and float32: copy it, replace its loops by your library, ask for a verdict. */
public final class MyEngine implements Engine {
    private final Recipe recipe;
    private final MyPredictor forward;
    private OptimizerState state;

    /** What Tandem finds through META-INF/services/tandem.core.engine.EngineProvider. */
    public static final class Provider implements EngineProvider {
        @Override public EngineDescription describe() { return new EngineDescription("mine", "My library", "1.0", 50); }
        @Override public Engine create(EngineSetup setup) { return new MyEngine(setup); }
        @Override public Predictor predictor(PredictorSetup setup) { return new MyPredictor(setup); }
    }

    MyEngine(EngineSetup setup) {
        recipe = setup.recipe();
        if (recipe.loss() != Loss.CROSS_ENTROPY) throw new Failure("this engine knows no loss but cross-entropy");
        forward = new MyPredictor(setup.forPredictor());
        state = copy(setup.state());
    }

    // ---- backward: from the logits' derivative to every parameter's, added to what other images gave

    private void backward(MyPredictor.Pass pass, float[] dLogits, float[] mask1, float[] mask2, Parameters gradients) {
        float[] dHidden = denseGradient(pass.hidden, dLogits, "fc2", gradients);
        for (int h = 0; h < dHidden.length; h++) dHidden[h] = pass.hidden[h] > 0 ? dHidden[h] * mask2[h] : 0;
        float[] dFeatures = denseGradient(pass.features, dHidden, "fc1", gradients);
        float[][] dConv2 = new float[pass.conv2.length][pass.conv2[0].length];
        for (int f = 0; f < dFeatures.length; f++)
            if (pass.features[f] > 0) dConv2[f / forward.network.pooledPositions()][pass.largest[f]] = dFeatures[f] * mask1[f];
        float[][] dConv1 = convolutionGradient(pass.conv1, forward.network.columns() - 2, dConv2, "conv2", gradients);
        for (int i = 0; i < dConv1.length; i++)
            for (int p = 0; p < dConv1[i].length; p++) dConv1[i][p] *= pass.conv1[i][p] > 0 ? 1 : 0;
        convolutionGradient(pass.input, forward.network.columns(), dConv1, "conv1", gradients);
    }

    private float[] denseGradient(float[] x, float[] dy, String layer, Parameters gradients) {
        float[] weight = forward.parameters.get(layer + ".weight"), dWeight = gradients.get(layer + ".weight");
        float[] dx = new float[x.length];
        for (int o = 0; o < dy.length; o++) {
            gradients.get(layer + ".bias")[o] += dy[o];
            for (int i = 0, w = o * x.length; i < x.length; i++, w++) { dWeight[w] += dy[o] * x[i]; dx[i] += dy[o] * weight[w]; }
        }
        return dx;
    }

    private float[][] convolutionGradient(float[][] x, int columns, float[][] dy, String layer, Parameters gradients) {
        float[] weight = forward.parameters.get(layer + ".weight"), dWeight = gradients.get(layer + ".weight");
        float[][] dx = new float[x.length][x[0].length];
        for (int o = 0; o < dy.length; o++) {
            for (int p = 0; p < dy[o].length; p++) if (dy[o][p] != 0) {
                gradients.get(layer + ".bias")[o] += dy[o][p];
                for (int w = 0; w < 9 * x.length; w++) {
                    dWeight[9 * x.length * o + w] += dy[o][p] * x[w / 9][MyPredictor.at(p, w % 9, columns)];
                    dx[w / 9][MyPredictor.at(p, w % 9, columns)] += dy[o][p] * weight[9 * x.length * o + w];
                }
            }
        }
        return dx;
    }

    // ---- what Tandem asks for

    @Override public Gradients gradients(Batch batch) {
        int count = batch.size(), classes = forward.network.classes();
        float[] pixels = new float[count * batch.images().size()], logits = new float[count * classes];
        float[] masks1 = new float[count * forward.network.features()], masks2 = new float[count * forward.network.hidden()];
        batch.inputs(pixels); batch.mask1ChannelsFirst(masks1); batch.mask2(masks2);
        Parameters gradients = Parameters.zeros(forward.network);
        double loss = 0;
        for (int n = 0; n < count; n++) {
            float[] mask1 = row(masks1, n, count), mask2 = row(masks2, n, count), dLogits = new float[classes];
            MyPredictor.Pass pass = forward.new Pass(row(pixels, n, count), mask1, mask2);
            System.arraycopy(pass.logits, 0, logits, n * classes, classes);
            double sum = 0; for (float z : pass.logits) sum += Math.exp(z);
            for (int k = 0; k < classes; k++) dLogits[k] = (float) (Math.exp(pass.logits[k]) / sum / count);
            dLogits[batch.label(n)] -= 1f / count;
            loss += (Math.log(sum) - pass.logits[batch.label(n)]) / count;
            backward(pass, dLogits, mask1, mask2, gradients);
        }
        return new Gradients((float) loss, logits, gradients);
    }

    private static float[] row(float[] all, int n, int rows) {
        return Arrays.copyOfRange(all, n * (all.length / rows), (n + 1) * (all.length / rows));
    }

    @Override public float trainStep(Batch batch, float learningRate) {
        Gradients gradients = gradients(batch);
        double rho = recipe.rho(), epsilon = recipe.epsilon();
        for (Shape shape : forward.network.parameters()) {
            float[] p = forward.parameters.get(shape.name()), g = gradients.gradients().get(shape.name());
            float[] s = state.squareAverage().get(shape.name()), d = state.accumulatedDelta().get(shape.name());
            for (int i = 0; i < p.length; i++) {
                s[i] = (float) (rho * s[i] + (1 - rho) * g[i] * g[i]);
                double update = Math.sqrt(d[i] + epsilon) / Math.sqrt(s[i] + epsilon) * g[i];
                d[i] = (float) (rho * d[i] + (1 - rho) * update * update);
                p[i] -= (float) (learningRate * update);
            }
        }
        return gradients.loss();
    }

    @Override public void logits(Images images, int from, int count, float[] out) { forward.logits(images, from, count, out); }
    @Override public Library library() { return forward.library(); }
    @Override public Parameters parameters() { return forward.parameters.copy(forward.network); }
    @Override public OptimizerState optimizerState() { return copy(state); }
    @Override public void close() {}

    @Override public void restore(Parameters parameters, OptimizerState state) {
        forward.parameters = parameters.copy(forward.network);
        this.state = copy(state);
    }

    private OptimizerState copy(OptimizerState from) {
        return new OptimizerState(from.squareAverage().copy(forward.network), from.accumulatedDelta().copy(forward.network));
    }
}

/** The half of it that predicts: the network forward. */
final class MyPredictor implements Predictor {
    final Network network;
    Parameters parameters;

    MyPredictor(PredictorSetup setup) {
        network = setup.network();
        parameters = setup.parameters().copy(network);
    }

    /** All that one image makes of the network: planes of [rows x columns] for each channel. */
    final class Pass {
        final float[][] input = new float[1][];
        final float[][] conv1 = new float[network.conv1()][(network.rows() - 2) * (network.columns() - 2)];
        final float[][] conv2 = new float[network.conv2()][(network.rows() - 4) * (network.columns() - 4)];
        final float[] features = new float[network.features()];   // channel, row, column
        final int[] largest = new int[network.features()];        // where in its plane of conv2
        final float[] hidden = new float[network.hidden()], logits = new float[network.classes()];

        Pass(float[] pixels, float[] mask1, float[] mask2) {
            input[0] = pixels;
            convolve(input, network.columns(), "conv1", conv1);
            for (float[] plane : conv1) for (int i = 0; i < plane.length; i++) plane[i] = Math.max(0, plane[i]);
            convolve(conv1, network.columns() - 2, "conv2", conv2);
            int columns = network.columns() - 4, positions = network.pooledPositions();
            for (int f = 0; f < features.length; f++) {
                float[] plane = conv2[f / positions];
                int corner = f % positions / network.pooledColumns() * 2 * columns + f % network.pooledColumns() * 2;
                int best = corner;
                for (int p : new int[] {corner + 1, corner + columns, corner + columns + 1}) if (plane[p] > plane[best]) best = p;
                largest[f] = best; features[f] = Math.max(0, plane[best]) * mask1[f];
            }
            dense(features, "fc1", hidden);
            for (int h = 0; h < hidden.length; h++) hidden[h] = Math.max(0, hidden[h]) * mask2[h];
            dense(hidden, "fc2", logits);
        }
    }

    private void convolve(float[][] x, int columns, String layer, float[][] y) {
        float[] weight = parameters.get(layer + ".weight"), bias = parameters.get(layer + ".bias");
        for (int o = 0; o < y.length; o++) {
            Arrays.fill(y[o], bias[o]);
            for (int w = 0; w < 9 * x.length; w++)
                for (int p = 0; p < y[o].length; p++)
                    y[o][p] += weight[9 * x.length * o + w] * x[w / 9][at(p, w % 9, columns)];
        }
    }

    /** Which place of a plane element k of the 3x3 kernel sees from an output's place. */
    static int at(int place, int k, int columns) {
        return (place / (columns - 2) + k / 3) * columns + place % (columns - 2) + k % 3;
    }

    private void dense(float[] x, String layer, float[] y) {
        float[] weight = parameters.get(layer + ".weight"), bias = parameters.get(layer + ".bias");
        for (int o = 0; o < y.length; o++) {
            double sum = bias[o];
            for (int i = 0; i < x.length; i++) sum += weight[o * x.length + i] * x[i];
            y[o] = (float) sum;
        }
    }

    @Override public void logits(Images images, int from, int count, float[] out) {
        float[] pixels = new float[images.size()], keep = new float[Math.max(network.features(), network.hidden())];
        Arrays.fill(keep, 1);
        for (int n = 0; n < count; n++) {
            images.normalise(from + n, pixels, 0);
            System.arraycopy(new Pass(pixels, keep, keep).logits, 0, out, n * network.classes(), network.classes());
        }
    }

    @Override public Library library() { return new Library("My library", "1.0", "cpu", 1); }
    @Override public void close() {}
}
