package tandem.engine.reference;

import java.util.Arrays;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.data.Normalisation;

/**
 * What happens inside a trained network for one image, in float64, and what its outputs owe to each pixel. Pixels are
 * numbers from 0, which is background, to 1: a byte over 255. Used by one thread at a time.
 */
public final class Inspection implements AutoCloseable {
    private final Network network;
    private final Normalisation normalisation;
    private final ReferenceNetwork layers;
    private final ImageScratch image;
    /** One image: layers take several. */
    private final double[][] features;

    private final double[][] hidden;
    private final double[][] logits;

    /** Of a model. */
    public Inspection(Model model, Normalisation normalisation) {
        network = model.network();
        this.normalisation = normalisation;
        layers = new ReferenceNetwork(network, 1);
        layers.load(ReferenceTensors.widen(network, model.parameters()));
        image = layers.scratch[0][0];
        features = new double[1][network.features()];
        hidden = new double[1][network.hidden()];
        logits = new double[1][network.classes()];
    }

    /**
     * What flows through the network.
     *
     * @param conv1 after ReLU: [channels][rows - 2, columns - 2]
     * @param conv2 after ReLU: [channels][rows - 4, columns - 4]
     * @param pooled largest of each 2x2 window of conv2: [channels][half of its rows, half of its columns]
     * @param hidden after ReLU: [hidden]
     * @param logits [classes]
     */
    public record Activity(double[][] conv1, double[][] conv2, double[][] pooled, double[] hidden, double[] logits) {}

    /**
     * Takes an image through the network.
     *
     * @param pixels [rows, columns]
     */
    public Activity activity(double[] pixels) {
        forward(pixels);
        double[][] pooled = new double[network.conv2()][];
        Arrays.setAll(
                pooled,
                k -> Arrays.copyOfRange(
                        features[0], k * network.pooledPositions(), (k + 1) * network.pooledPositions()));
        double[][] conv2 = byChannel(image.conv2);
        for (double[] channel : conv2) {
            Vectors.relu(channel);
        }
        return new Activity(byChannel(image.conv1), conv2, pooled, hidden[0].clone(), logits[0].clone());
    }

    /**
     * Outputs for an image.
     *
     * @param pixels [rows, columns]
     * @return [classes]
     */
    public double[] logits(double[] pixels) {
        forward(pixels);
        return logits[0].clone();
    }

    /**
     * How outputs change with each pixel: the derivative of the sum of {@code weights[k] * logits[k]}.
     *
     * @param pixels [rows, columns]
     * @param weights [classes]
     * @return [rows, columns]
     */
    public double[] gradient(double[] pixels, double[] weights) {
        forward(pixels);
        double[] dHidden = new double[network.hidden()];
        layers.fc2.inputGradient(weights, dHidden);
        Vectors.reluGradient(hidden[0], dHidden);
        double[] dFeatures = new double[network.features()];
        layers.fc1.inputGradient(dHidden, dFeatures);
        double[][] dConv2 = layers.conv2.newOutput();
        for (int f = 0; f < dFeatures.length; f++) {
            if (features[0][f] > 0) {
                dConv2[image.largest[f]][f / network.pooledPositions()] = dFeatures[f];
            }
        }
        Vectors.clear(image.dConv1);
        layers.conv2.inputGradient(dConv2, image.dConv1);
        for (int p = 0; p < image.dConv1.length; p++) {
            Vectors.reluGradient(image.conv1[p], image.dConv1[p]);
        }
        double[][] dInput = layers.conv1.newInput();
        layers.conv1.inputGradient(image.dConv1, dInput);
        double[] gradient = new double[dInput.length];
        Arrays.setAll(gradient, i -> dInput[i][0] / normalisation.standardDeviation());
        return gradient;
    }

    private void forward(double[] pixels) {
        for (int i = 0; i < image.input.length; i++) {
            image.input[i][0] = (pixels[i] - normalisation.mean()) / normalisation.standardDeviation();
        }
        layers.conv1.forward(image.input, image.conv1);
        for (double[] position : image.conv1) {
            Vectors.relu(position);
        }
        layers.conv2.forward(image.conv1, image.conv2);
        layers.pool(image.conv2, features[0], image.largest);
        Vectors.relu(features[0]);
        layers.fc1.forward(features, 0, hidden, 0, 1);
        Vectors.relu(hidden[0]);
        layers.fc2.forward(hidden, 0, logits, 0, 1);
    }

    /** [positions][channels] the other way round. */
    private static double[][] byChannel(double[][] positions) {
        double[][] channels = new double[positions[0].length][positions.length];
        for (int p = 0; p < positions.length; p++) {
            for (int k = 0; k < channels.length; k++) {
                channels[k][p] = positions[p][k];
            }
        }
        return channels;
    }

    /** Frees its thread. */
    @Override
    public void close() {
        layers.close();
    }
}
