package tandem.engine.reference;

import static tandem.core.Network.KERNEL;
import static tandem.core.Network.POOL;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.Shape;
import tandem.core.engine.Batch;

/**
 * The network with every formula written out, forward and back.
 *
 * <p>Results do not depend on the number of threads: images are worked on in groups of {@value #GROUP}, whatever the
 * number of threads, and sums over images run in a fixed order.
 */
final class ReferenceNetwork implements AutoCloseable {
    /** Images that one thread takes through the network together. */
    static final int GROUP = 4;

    final Network network;
    final Convolution conv1;
    final Convolution conv2;
    final Dense fc1;
    final Dense fc2;
    final Threads threads;

    /** [threads][GROUP]. */
    final ImageScratch[][] scratch;

    private ReferenceTensors parameters;

    /** With all parameters zero. */
    ReferenceNetwork(Network network, int threads) {
        this.network = network;
        parameters = new ReferenceTensors(network);
        conv1 = conv1(network);
        conv2 = conv2(network);
        fc1 = new Dense(network.features(), network.hidden());
        fc2 = new Dense(network.hidden(), network.classes());
        this.threads = new Threads(threads);
        scratch = new ImageScratch[threads][GROUP];
        for (ImageScratch[] ofThread : scratch) {
            Arrays.setAll(ofThread, slot -> new ImageScratch(network, conv1, conv2));
        }
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

    /** The parameters; who changes them calls {@link #load} afterwards. */
    ReferenceTensors parameters() {
        return parameters;
    }

    /** Hands parameters to the layers. They are held, not copied. */
    void load(ReferenceTensors parameters) {
        this.parameters = parameters;
        conv1.load(parameters.get("conv1.weight"), parameters.get("conv1.bias"));
        conv2.load(parameters.get("conv2.weight"), parameters.get("conv2.bias"));
        fc1.load(parameters.get("fc1.weight"), parameters.get("fc1.bias"));
        fc2.load(parameters.get("fc2.weight"), parameters.get("fc2.bias"));
    }

    // ---- forward

    /** Logits of images, [count, classes]. */
    double[] logits(ReferenceInputs inputs) {
        Activations a = new Activations(network, inputs);
        threads.forEach(Math.ceilDiv(a.count(), GROUP), (group, thread) -> {
            int first = group * GROUP;
            forward(a, first, Math.min(a.count(), first + GROUP), scratch[thread]);
        });
        return flat(a.logits);
    }

    /** Takes the images from {@code first} up to {@code end} to their logits. */
    private void forward(Activations a, int first, int end, ImageScratch[] group) {
        for (int n = first; n < end; n++) {
            ImageScratch image = group[n - first];
            image.read(a.inputs.images(), n);
            conv1.forward(image.input, image.conv1);
            for (double[] position : image.conv1) {
                Vectors.relu(position);
            }
            conv2.forward(image.conv1, image.conv2);
            pool(image.conv2, a.features[n], image.largest);
            Vectors.relu(a.features[n]);
            a.inputs.drop1(a.features[n], n);
        }
        fc1.forward(a.features, first, a.hidden, first, end - first);
        for (int n = first; n < end; n++) {
            Vectors.relu(a.hidden[n]);
            a.inputs.drop2(a.hidden[n], n);
        }
        fc2.forward(a.hidden, first, a.logits, first, end - first);
    }

    /**
     * Largest of each 2x2 window, the first of equals in row-major order as in PyTorch. ReLU comes after it: the
     * largest is the same either way, and so is the gradient.
     *
     * @param x [(rows - 4) x (columns - 4)][conv2]
     * @param features receives [conv2, pooledRows, pooledColumns]
     * @param largest receives the position in {@code x} of each feature
     */
    void pool(double[][] x, double[] features, int[] largest) {
        int down = network.columns() - 2 * (KERNEL - 1);
        for (int r = 0; r < network.pooledRows(); r++) {
            for (int c = 0; c < network.pooledColumns(); c++) {
                int window = POOL * r * down + POOL * c;
                for (int k = 0; k < network.conv2(); k++) {
                    int best = window;
                    best = x[window + 1][k] > x[best][k] ? window + 1 : best;
                    best = x[window + down][k] > x[best][k] ? window + down : best;
                    best = x[window + down + 1][k] > x[best][k] ? window + down + 1 : best;
                    int feature = (k * network.pooledRows() + r) * network.pooledColumns() + c;
                    features[feature] = x[best][k];
                    largest[feature] = best;
                }
            }
        }
    }

    // ---- loss

    /**
     * Loss of one image.
     *
     * @param loss the recipe's
     * @param z its logits
     * @param gradient receives the derivative by them
     */
    private static double loss(Loss loss, double[] z, int label, double[] gradient) {
        double[] p = new double[z.length];
        double logSum = softmax(z, p);
        return switch (loss) {
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
        for (int k = 0; k < z.length; k++) {
            out[k] /= sum;
        }
        return max + Math.log(sum);
    }

    // ---- backward

    /** Forward and backward pass on a batch. */
    Pass pass(Batch batch, Loss loss) {
        int count = batch.size();
        int groups = Math.ceilDiv(count, GROUP);
        Activations a = new Activations(network, ReferenceInputs.of(network, batch));
        double[] losses = new double[count];
        double[][] norms = new double[count][network.parameters().size()];
        KernelGradient[][] kernels = new KernelGradient[groups][];
        threads.forEach(groups, (group, thread) -> {
            int first = group * GROUP;
            int end = Math.min(count, first + GROUP);
            forward(a, first, end, scratch[thread]);
            for (int n = first; n < end; n++) {
                losses[n] = loss(loss, a.logits[n], batch.label(n), a.dLogits[n]);
            }
            kernels[group] = backward(a, first, end, scratch[thread], norms);
        });

        ReferenceTensors gradients = new ReferenceTensors(network);
        for (KernelGradient[] group : kernels) {
            group[0].addTo(1.0 / count, gradients.get("conv1.weight"), gradients.get("conv1.bias"));
            group[1].addTo(1.0 / count, gradients.get("conv2.weight"), gradients.get("conv2.bias"));
        }
        threads.forEach(
                network.hidden(),
                (row, thread) -> fc1.meanWeightGradient(
                        a.features, a.dHidden, row, gradients.get("fc1.weight"), gradients.get("fc1.bias")));
        threads.forEach(
                network.classes(),
                (row, thread) -> fc2.meanWeightGradient(
                        a.hidden, a.dLogits, row, gradients.get("fc2.weight"), gradients.get("fc2.bias")));
        double mean = Arrays.stream(losses).reduce(0, Double::sum) / count;
        return new Pass(mean, flat(a.logits), gradients, imageNorms(a, norms));
    }

    /**
     * Takes the derivatives by the logits of the images from {@code first} up to {@code end} back to the convolutions'
     * parameters.
     *
     * @param norms receives for each image the norms of its gradients of conv1 and conv2, see {@link #imageNorms}
     * @return sum over the images of the gradients of conv1 and conv2
     */
    private KernelGradient[] backward(Activations a, int first, int end, ImageScratch[] group, double[][] norms) {
        for (int n = first; n < end; n++) {
            fc2.inputGradient(a.dLogits[n], a.dHidden[n]);
            a.inputs.drop2(a.dHidden[n], n);
            // A unit that was dropped has no derivative left, so it does not matter that it looks like a dead one.
            Vectors.reluGradient(a.hidden[n], a.dHidden[n]);
            fc1.inputGradient(a.dHidden[n], a.dFeatures[n]);
        }
        KernelGradient[] image = {conv1.newGradient(), conv2.newGradient()};
        KernelGradient[] sum = {conv1.newGradient(), conv2.newGradient()};
        for (int n = first; n < end; n++) {
            a.inputs.drop1(a.dFeatures[n], n);
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
        double[][] dConv2 = image.conv2;
        Vectors.clear(dConv2);
        for (int f = 0; f < features.length; f++) {
            if (features[f] > 0) {
                dConv2[image.largest[f]][f / network.pooledPositions()] = dFeatures[f];
            }
        }
        conv2.weightGradient(image.conv1, dConv2, gradients[1]);
        Vectors.clear(image.dConv1);
        conv2.inputGradient(dConv2, image.dConv1);
        for (int p = 0; p < image.dConv1.length; p++) {
            Vectors.reluGradient(image.conv1[p], image.dConv1[p]);
        }
        conv1.weightGradient(image.input, image.dConv1, gradients[0]);
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

    private static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }

    @Override
    public void close() {
        threads.close();
    }
}
