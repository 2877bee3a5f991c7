package tandem.engine.reference;

import tandem.core.Network;
import tandem.core.engine.Batch;

/**
 * Measures how far the choices that max-pool and ReLU make are from falling otherwise. Two right engines may differ
 * where two candidates are equal up to rounding, and a whole gradient tensor is then off with nobody wrong; an image
 * whose margins are well above rounding leaves no such choice.
 *
 * <p>Margins are relative to the size {@code s} of an output: float32 errors of a sum grow with the root of the sum of
 * its squared terms, and so do those that arrive from the layer before. So {@code s} is carried through the network as
 * values are, but squared: {@code s^2 = bias^2 + sum of weight^2 s^2}, from the pixels on, through positions that ReLU
 * lets pass. It is local: on an empty background all numbers are small, and so are their errors.
 *
 * <ul>
 *   <li>{@code conv1}: the smallest {@code |y| / s} of all outputs {@code y} before ReLU.
 *   <li>{@code conv2}: over all 2x2 windows that dropout1 keeps, with {@code m} the largest of the four outputs before
 *       ReLU and {@code s} the largest of their sizes (Winograd's algorithm computes the four together): the smallest
 *       {@code |m| / s}, and where {@code m > 0} also the smallest {@code (m - y) / s} of another output {@code y} of
 *       the window. Where {@code m < 0}, ReLU lets nothing pass, whichever is the largest. Two places are not a choice
 *       where they see the same 5x5 pixels, or nothing but dead outputs of conv1: either passes on the same gradient.
 *   <li>{@code fc1}: the smallest {@code |y| / s} of all outputs {@code y} before ReLU that dropout2 keeps.
 * </ul>
 */
public final class Margins {
    private final ReferenceNetwork model;
    private final Network network;
    private final Convolution conv1;
    private final Convolution conv2;
    private final Dense fc1;

    /** For an engine's parameters as they are now. */
    public Margins(ReferenceEngine engine) {
        model = engine.model();
        network = model.network;
        ReferenceTensors parameters = model.parameters();
        conv1 = ReferenceNetwork.conv1(network);
        conv2 = ReferenceNetwork.conv2(network);
        fc1 = new Dense(network.features(), network.hidden());
        conv1.load(squared(parameters.get("conv1.weight")), squared(parameters.get("conv1.bias")));
        conv2.load(squared(parameters.get("conv2.weight")), squared(parameters.get("conv2.bias")));
        fc1.load(squared(parameters.get("fc1.weight")), squared(parameters.get("fc1.bias")));
    }

    /** The margins of every image of a batch, with its dropout masks. */
    public Margin[] of(Batch batch) {
        ReferenceInputs inputs = ReferenceInputs.of(network, batch);
        Activations values = new Activations(network, inputs);
        Activations sizes = new Activations(network, inputs);
        Margin[] margins = new Margin[batch.size()];
        int groups = Math.ceilDiv(batch.size(), ReferenceNetwork.GROUP);
        ImageScratch[] squares = new ImageScratch[model.threads.count()];
        model.threads.forEach(groups, (group, thread) -> {
            if (squares[thread] == null) {
                squares[thread] = new ImageScratch(network, conv1, conv2);
            }
            int first = group * ReferenceNetwork.GROUP;
            int end = Math.min(batch.size(), first + ReferenceNetwork.GROUP);
            for (int n = first; n < end; n++) {
                margins[n] = convolutions(values, sizes, n, model.scratch[thread][0], squares[thread]);
            }
            model.fc1.forward(values.features, first, values.hidden, first, end - first);
            fc1.forward(sizes.features, first, sizes.hidden, first, end - first);
            for (int n = first; n < end; n++) {
                double hidden = hidden(values, sizes, n);
                margins[n] = new Margin(margins[n].conv1(), margins[n].conv2(), hidden);
            }
        });
        return margins;
    }

    /** Takes an image and its squares to the features, and returns the margins so far. */
    private Margin convolutions(Activations values, Activations sizes, int n, ImageScratch image, ImageScratch square) {
        image.read(values.inputs.images(), n);
        for (int p = 0; p < image.input.length; p++) {
            square.input[p][0] = image.input[p][0] * image.input[p][0];
        }
        model.conv1.forward(image.input, image.conv1);
        conv1.forward(square.input, square.conv1);
        double margin1 = Double.POSITIVE_INFINITY;
        for (int p = 0; p < image.conv1.length; p++) {
            for (int k = 0; k < network.conv1(); k++) {
                margin1 = Math.min(margin1, ratio(image.conv1[p][k], square.conv1[p][k]));
            }
            Vectors.relu(image.conv1[p]);
            Vectors.reluGradient(image.conv1[p], square.conv1[p]);
        }
        model.conv2.forward(image.conv1, image.conv2);
        conv2.forward(square.conv1, square.conv2);
        double margin2 = new PoolMargin(network, image, square).smallest(values.inputs, n);
        model.pool(image.conv2, values.features[n], image.largest);
        Vectors.relu(values.features[n]);
        for (int f = 0; f < network.features(); f++) {
            sizes.features[n][f] =
                    values.features[n][f] > 0 ? square.conv2[image.largest[f]][f / network.pooledPositions()] : 0;
        }
        values.inputs.drop1(values.features[n], n);
        // Squares are scaled by the squared factor.
        sizes.inputs.drop1(sizes.features[n], n);
        sizes.inputs.drop1(sizes.features[n], n);
        return new Margin(margin1, margin2, Double.NaN);
    }

    private double hidden(Activations values, Activations sizes, int n) {
        double smallest = Double.POSITIVE_INFINITY;
        for (int h = 0; h < network.hidden(); h++) {
            if (values.inputs.keeps2(network, n, h)) {
                smallest = Math.min(smallest, ratio(values.hidden[n][h], sizes.hidden[n][h]));
            }
        }
        return smallest;
    }

    /** {@code |value| / sqrt(square)}; where nothing but zeros is summed, every engine has the same zero. */
    static double ratio(double value, double square) {
        return square == 0 ? Double.POSITIVE_INFINITY : Math.abs(value) / Math.sqrt(square);
    }

    private static double[] squared(double[] x) {
        double[] squared = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            squared[i] = x[i] * x[i];
        }
        return squared;
    }
}
