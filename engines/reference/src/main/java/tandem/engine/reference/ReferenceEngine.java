package tandem.engine.reference;

import static tandem.core.Network.KERNEL;
import static tandem.core.Network.POOL;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.core.Batch;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;

/**
 * The oracle: the network in float64, every formula written out. What every engine is proved against, never a
 * competitor.
 *
 * <p>At the interface of {@link Engine} values are rounded to float32; {@link #pass}, {@link #step}, {@link #logits64},
 * {@link #parameters64}, {@link #squareAverage64}, {@link #accumulatedDelta64} and {@link #restore64} give and take
 * them in float64. Results do not depend on the number of threads: images are worked on in groups of {@value #GROUP},
 * whatever the number of threads, and sums over images run in a fixed order.
 */
public final class ReferenceEngine implements Engine {
    /** Images that one thread takes through the network together. */
    static final int GROUP = 4;

    /** Images whose logits are computed at a time. */
    private static final int CHUNK = 64;

    private final Recipe recipe;
    final Network network;
    final Convolution conv1;
    final Convolution conv2;
    final Dense fc1;
    private final Dense fc2;
    final Threads threads;

    /** [threads][GROUP]. */
    final ImageScratch[][] scratch;

    private Tensors parameters;
    private Tensors squareAverage;
    private Tensors accumulatedDelta;

    /**
     * A network in training.
     *
     * @param recipe network, loss and optimizer constants
     * @param parameters initial parameters, copied
     * @param state initial accumulators, copied
     * @param threads how many threads compute, at least 1
     */
    public ReferenceEngine(Recipe recipe, Parameters parameters, OptimizerState state, int threads) {
        this.recipe = recipe;
        network = recipe.network();
        conv1 = conv1(network);
        conv2 = conv2(network);
        fc1 = new Dense(network.features(), network.hidden());
        fc2 = new Dense(network.hidden(), network.classes());
        this.threads = new Threads(threads);
        scratch = new ImageScratch[threads][GROUP];
        for (ImageScratch[] ofThread : scratch) {
            Arrays.setAll(ofThread, slot -> new ImageScratch(network, conv1, conv2));
        }
        restore(parameters, state);
    }

    static Convolution conv1(Network network) {
        return new Convolution(network.rows() - (KERNEL - 1), network.columns() - (KERNEL - 1), 1, network.conv1());
    }

    static Convolution conv2(Network network) {
        return new Convolution(
                network.rows() - 2 * (KERNEL - 1),
                network.columns() - 2 * (KERNEL - 1),
                network.conv1(),
                network.conv2());
    }

    @Override
    public Library library() {
        return new Library(ReferenceProvider.LIBRARY, Runtime.version().toString(), "cpu", threads.count());
    }

    // ---- network ----

    /** Takes the images from {@code first} up to {@code end} to their logits. */
    private void forward(Activations a, int first, int end, ImageScratch[] group) {
        for (int n = first; n < end; n++) {
            ImageScratch image = group[n - first];
            image.read(a.inputs, n);
            conv1.forward(image.input, image.conv1);
            Vectors.relu(image.conv1);
            conv2.forward(image.conv1, image.conv2);
            pool(image.conv2, a.features[n], image.largest);
            Vectors.relu(a.features[n]);
            Activations.drop(a.features[n], a.mask1, n);
        }
        fc1.forward(a.features, a.hidden, first, end);
        for (int n = first; n < end; n++) {
            Vectors.relu(a.hidden[n]);
            Activations.drop(a.hidden[n], a.mask2, n);
        }
        fc2.forward(a.hidden, a.logits, first, end);
    }

    /**
     * Largest of each 2x2 window, the first of equals in row-major order as in PyTorch. ReLU comes after it: the
     * largest is the same either way, and so is the gradient.
     *
     * @param x [rows - 4, columns - 4, conv2]
     * @param features receives [conv2, pooledRows, pooledColumns]
     * @param largest receives the index in {@code x} of each feature
     */
    void pool(double[] x, double[] features, int[] largest) {
        int channels = network.conv2();
        int right = channels;
        int down = (network.columns() - 2 * (KERNEL - 1)) * channels;
        for (int r = 0; r < network.pooledRows(); r++) {
            for (int c = 0; c < network.pooledColumns(); c++) {
                int window = POOL * r * down + POOL * c * right;
                int feature = r * network.pooledColumns() + c;
                for (int k = 0; k < channels; k++) {
                    int best = window + k;
                    best = x[window + k + right] > x[best] ? window + k + right : best;
                    best = x[window + k + down] > x[best] ? window + k + down : best;
                    best = x[window + k + down + right] > x[best] ? window + k + down + right : best;
                    features[feature] = x[best];
                    largest[feature] = best;
                    feature += network.pooledPositions();
                }
            }
        }
    }

    /**
     * Takes the derivatives by the logits of the images from {@code first} up to {@code end} back to the convolutions'
     * parameters.
     *
     * @param norms receives for each image the norms of its gradients of conv1 and conv2, see {@link #imageNorms}
     * @return sum over the images of the gradients of conv1 and conv2
     */
    private KernelGradient[] backward(Activations a, int first, int end, ImageScratch[] group, double[][] norms) {
        fc2.inputGradient(a.dLogits, a.dHidden, first, end);
        for (int n = first; n < end; n++) {
            Activations.drop(a.dHidden[n], a.mask2, n);
            for (int h = 0; h < network.hidden(); h++) {
                // A unit that was dropped has no derivative left, so that zero after dropout means zero after ReLU.
                a.dHidden[n][h] = a.hidden[n][h] > 0 ? a.dHidden[n][h] : 0;
            }
        }
        fc1.inputGradient(a.dHidden, a.dFeatures, first, end);
        KernelGradient[] image = {conv1.zeroGradient(), conv2.zeroGradient()};
        KernelGradient[] sum = {conv1.zeroGradient(), conv2.zeroGradient()};
        for (int n = first; n < end; n++) {
            Activations.drop(a.dFeatures[n], a.mask1, n);
            backward(group[n - first], a.features[n], a.dFeatures[n], image);
            for (int layer = 0; layer < 2; layer++) {
                norms[n][2 * layer] = Vectors.norm(image[layer].weight());
                norms[n][2 * layer + 1] = Vectors.norm(image[layer].bias());
                sum[layer].add(image[layer]);
                image[layer].clear();
            }
        }
        return sum;
    }

    private void backward(ImageScratch image, double[] features, double[] dFeatures, KernelGradient[] gradients) {
        double[] dConv2 = image.conv2;
        Arrays.fill(dConv2, 0);
        for (int f = 0; f < features.length; f++) {
            if (features[f] > 0) {
                dConv2[image.largest[f]] = dFeatures[f];
            }
        }
        conv2.weightGradient(image.conv1, dConv2, gradients[1]);
        Arrays.fill(image.dConv1, 0);
        conv2.inputGradient(dConv2, image.dConv1);
        for (int i = 0; i < image.dConv1.length; i++) {
            image.dConv1[i] = image.conv1[i] > 0 ? image.dConv1[i] : 0;
        }
        conv1.weightGradient(image.input, image.dConv1, gradients[0]);
    }

    // ---- loss ----

    /**
     * Loss of one image.
     *
     * @param z its logits
     * @param gradient receives the derivative by them
     */
    private double loss(double[] z, int label, double[] gradient) {
        double[] p = new double[z.length];
        double logSum = softmax(z, p);
        return switch (recipe.loss()) {
            case CROSS_ENTROPY -> {
                // -log p[label]; derivative p - onehot(label)
                System.arraycopy(p, 0, gradient, 0, p.length);
                gradient[label] -= 1;
                yield logSum - z[label];
            }
            case DOUBLE_SOFTMAX -> {
                // -log q[label] with q = softmax(p); derivative by p is d = q - onehot(label),
                // by z[k] it is p[k] (d[k] - sum over j of p[j] d[j])
                double[] d = new double[z.length];
                double logSumOfP = softmax(p, d);
                d[label] -= 1;
                double mean = 0;
                for (int k = 0; k < d.length; k++) {
                    mean += p[k] * d[k];
                }
                for (int k = 0; k < d.length; k++) {
                    gradient[k] = p[k] * (d[k] - mean);
                }
                yield logSumOfP - p[label];
            }
        };
    }

    /** Writes {@code exp(z) / sum of exp(z)} and returns the logarithm of that sum. */
    private static double softmax(double[] z, double[] out) {
        double max = Arrays.stream(z).max().orElseThrow();
        double sum = 0;
        for (int k = 0; k < z.length; k++) {
            out[k] = Math.exp(z[k] - max);
            sum += out[k];
        }
        Vectors.scale(out, 1 / sum);
        return max + Math.log(sum);
    }

    // ---- update ----

    /**
     * Adadelta with given gradients: Zeiler 2012, arXiv:1212.5701, algorithm 1, with a learning rate as in
     * torch/optim/adadelta.py.
     */
    public void update(Tensors gradients, double learningRate) {
        double rho = recipe.rho();
        double epsilon = recipe.epsilon();
        List<Shape> shapes = network.parameters();
        threads.forEach(shapes.size(), (t, thread) -> {
            String name = shapes.get(t).name();
            double[] p = parameters.get(name);
            double[] s = squareAverage.get(name);
            double[] d = accumulatedDelta.get(name);
            double[] g = gradients.get(name);
            for (int i = 0; i < p.length; i++) {
                s[i] = rho * s[i] + (1 - rho) * g[i] * g[i];
                double delta = Math.sqrt(d[i] + epsilon) / Math.sqrt(s[i] + epsilon) * g[i];
                d[i] = rho * d[i] + (1 - rho) * delta * delta;
                p[i] -= learningRate * delta;
            }
        });
        load();
    }

    // ---- train step ----

    @Override
    public float trainStep(Batch batch, float learningRate) {
        return (float) step(batch, learningRate);
    }

    /** As {@link #trainStep}, in float64. */
    public double step(Batch batch, double learningRate) {
        Pass pass = pass(batch);
        update(pass.gradients(), learningRate);
        return pass.loss();
    }

    @Override
    public Gradients gradients(Batch batch) {
        Pass pass = pass(batch);
        return new Gradients(
                (float) pass.loss(), round(pass.logits()), pass.gradients().round());
    }

    /** As {@link #gradients}, in float64. */
    public Pass pass(Batch batch) {
        int count = batch.size();
        int groups = Math.ceilDiv(count, GROUP);
        Activations a = Activations.of(network, batch);
        double[] losses = new double[count];
        double[][] norms = new double[count][network.parameters().size()];
        KernelGradient[][] kernels = new KernelGradient[groups][];
        threads.forEach(groups, (group, thread) -> {
            int first = group * GROUP;
            int end = Math.min(count, first + GROUP);
            forward(a, first, end, scratch[thread]);
            for (int n = first; n < end; n++) {
                losses[n] = loss(a.logits[n], batch.label(n), a.dLogits[n]);
            }
            kernels[group] = backward(a, first, end, scratch[thread], norms);
        });

        Tensors gradients = new Tensors(network);
        for (KernelGradient[] group : kernels) {
            conv1.addCanonical(group[0], gradients.get("conv1.weight"), gradients.get("conv1.bias"));
            conv2.addCanonical(group[1], gradients.get("conv2.weight"), gradients.get("conv2.bias"));
        }
        threads.forEach(
                network.hidden(),
                (row, thread) -> fc1.weightGradient(
                        a.features, a.dHidden, row, gradients.get("fc1.weight"), gradients.get("fc1.bias")));
        threads.forEach(
                network.classes(),
                (row, thread) -> fc2.weightGradient(
                        a.hidden, a.dLogits, row, gradients.get("fc2.weight"), gradients.get("fc2.bias")));
        for (Shape shape : network.parameters()) {
            Vectors.scale(gradients.get(shape.name()), 1.0 / count);
        }
        double loss = Arrays.stream(losses).reduce(0, Double::sum) / count;
        return new Pass(loss, flat(a.logits), gradients, imageNorms(a, norms));
    }

    /** Mean over the images of the norm of each parameter's gradient; a dense layer's is an outer product. */
    private Map<String, Double> imageNorms(Activations a, double[][] norms) {
        for (int n = 0; n < norms.length; n++) {
            norms[n][5] = Vectors.norm(a.dHidden[n]);
            norms[n][4] = norms[n][5] * Vectors.norm(a.features[n]);
            norms[n][7] = Vectors.norm(a.dLogits[n]);
            norms[n][6] = norms[n][7] * Vectors.norm(a.hidden[n]);
        }
        Map<String, Double> means = new LinkedHashMap<>();
        List<Shape> shapes = network.parameters();
        for (int t = 0; t < shapes.size(); t++) {
            double sum = 0;
            for (double[] ofImage : norms) {
                sum += ofImage[t];
            }
            means.put(shapes.get(t).name(), sum / norms.length);
        }
        return means;
    }

    // ---- predict ----

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        float[] rounded = round(logits64(images, from, count));
        System.arraycopy(rounded, 0, out, 0, rounded.length);
    }

    /** As {@link #logits}, in float64: [count, classes]. */
    public double[] logits64(Images images, int from, int count) {
        double[] out = new double[count * network.classes()];
        for (int done = 0; done < count; done += CHUNK) {
            int chunk = Math.min(CHUNK, count - done);
            Activations a = Activations.of(network, images, from + done, chunk);
            threads.forEach(Math.ceilDiv(chunk, GROUP), (group, thread) -> {
                int first = group * GROUP;
                forward(a, first, Math.min(chunk, first + GROUP), scratch[thread]);
            });
            System.arraycopy(flat(a.logits), 0, out, done * network.classes(), chunk * network.classes());
        }
        return out;
    }

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    private static float[] round(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    // ---- parameters in and out ----

    @Override
    public Parameters parameters() {
        return parameters.round();
    }

    @Override
    public OptimizerState optimizerState() {
        return new OptimizerState(squareAverage.round(), accumulatedDelta.round());
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        restore64(
                Tensors.widen(network, parameters),
                Tensors.widen(network, state.squareAverage()),
                Tensors.widen(network, state.accumulatedDelta()));
    }

    /** A copy of the parameters in float64. */
    public Tensors parameters64() {
        return parameters.copy();
    }

    /** A copy of the running average of squared gradients in float64. */
    public Tensors squareAverage64() {
        return squareAverage.copy();
    }

    /** A copy of the running average of squared updates in float64. */
    public Tensors accumulatedDelta64() {
        return accumulatedDelta.copy();
    }

    /** As {@link #restore}, in float64; copies. */
    public void restore64(Tensors parameters, Tensors squareAverage, Tensors accumulatedDelta) {
        this.parameters = parameters.copy();
        this.squareAverage = squareAverage.copy();
        this.accumulatedDelta = accumulatedDelta.copy();
        load();
    }

    /** Hands the parameters to the layers. */
    private void load() {
        conv1.load(parameters.get("conv1.weight"), parameters.get("conv1.bias"));
        conv2.load(parameters.get("conv2.weight"), parameters.get("conv2.bias"));
        fc1.load(parameters.get("fc1.weight"), parameters.get("fc1.bias"));
        fc2.load(parameters.get("fc2.weight"), parameters.get("fc2.bias"));
    }

    @Override
    public void close() {
        threads.close();
    }
}
