package tandem.core;

import java.util.List;
import java.util.Locale;

/**
 * The convolutional network of the seed, as sizes.
 *
 * <pre>
 * input                 [1, rows, columns]
 * conv1 3x3, ReLU       [conv1, rows-2, columns-2]
 * conv2 3x3, ReLU       [conv2, rows-4, columns-4]
 * max-pool 2x2          [conv2, (rows-4)/2, (columns-4)/2]     an odd last row or column is dropped
 * dropout1, flatten     [features] in channel, row, column order
 * fc1, ReLU, dropout2   [hidden]
 * fc2                   [classes]                              the logits
 * </pre>
 *
 * @param rows height of an image in pixels, at least 6
 * @param columns width of an image in pixels, at least 6
 * @param classes number of classes, at least 2
 * @param conv1 output channels of the first convolution
 * @param conv2 output channels of the second convolution
 * @param hidden units of the dense layer
 * @param dropout1 probability that a pooled activation is dropped, a multiple of 1/256 in [0, 1)
 * @param dropout2 probability that a hidden unit is dropped, a multiple of 1/256 in [0, 1)
 */
public record Network(
        int rows, int columns, int classes, int conv1, int conv2, int hidden, double dropout1, double dropout2) {

    /** Side of both convolutions' kernels (3x3, stride 1, no padding). */
    public static final int KERNEL = 3;

    /** Side and stride of the pooling window. */
    public static final int POOL = 2;

    /** Values of the largest tensor: 1 GiB of floats. */
    private static final int LARGEST_TENSOR = 1 << 28;

    /** The sizes of the seed on 28x28 images of 10 classes: 1,199,882 parameters. */
    public static final Network SEED = new Network(28, 28, 10, 32, 64, 128, 0.25, 0.5);

    /**
     * @throws Failure if a size is too small, a tensor has more than {@value #LARGEST_TENSOR} values, or a probability
     *     cannot be drawn exactly
     */
    public Network {
        int smallest = 2 * (KERNEL - 1) + POOL;
        if (rows < smallest || columns < smallest) {
            throw new Failure("images of %sx%s pixels are too small for the network; it needs at least %sx%s"
                    .formatted(rows, columns, smallest, smallest));
        }
        atLeast("classes", classes, 2);
        atLeast("conv1", conv1, 1);
        atLeast("conv2", conv2, 1);
        atLeast("hidden", hidden, 1);
        probability("dropout1", dropout1);
        probability("dropout2", dropout2);
        largest("images", 1.0 * rows * columns);
        largest("activations of conv2", 1.0 * conv2 * rows * columns);
        largest("conv2.weight", 1.0 * conv2 * conv1 * KERNEL * KERNEL);
        largest(
                "fc1.weight",
                1.0 * hidden * conv2 * ((rows - smallest + POOL) / POOL) * ((columns - smallest + POOL) / POOL));
        largest("fc2.weight", 1.0 * classes * hidden);
    }

    private static void largest(String name, double size) {
        if (size > LARGEST_TENSOR) {
            throw new Failure(String.format(
                    Locale.ROOT,
                    "the network's %s would have %.0f values, and at most %s are allowed; make it smaller",
                    name,
                    size,
                    LARGEST_TENSOR));
        }
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new Failure("network.%s is %s; it must be at least %s".formatted(name, value, least));
        }
    }

    private static void probability(String name, double p) {
        if (!(p >= 0 && p < 1) || p * 256 != Math.rint(p * 256)) {
            throw new Failure("network.%s is %s; it must be a multiple of 1/256 from 0 up to, not including, 1"
                    .formatted(name, p));
        }
    }

    /** The same network for images of another size or number of classes. */
    public Network forImages(int rows, int columns, int classes) {
        return new Network(rows, columns, classes, conv1, conv2, hidden, dropout1, dropout2);
    }

    /** Rows of the pooled activation. */
    public int pooledRows() {
        return (rows - 2 * (KERNEL - 1)) / POOL;
    }

    /** Columns of the pooled activation. */
    public int pooledColumns() {
        return (columns - 2 * (KERNEL - 1)) / POOL;
    }

    /** Positions of the pooled activation: pooledRows x pooledColumns. */
    public int pooledPositions() {
        return pooledRows() * pooledColumns();
    }

    /** Inputs of the dense layer: conv2 x pooledRows x pooledColumns. */
    public int features() {
        return conv2 * pooledPositions();
    }

    /**
     * The eight parameter tensors in canonical order, with PyTorch's names and layouts: convolutions are [out, in, row,
     * column], dense layers [out, in]; the inputs of fc1 are flattened in channel, row, column order.
     */
    public List<Shape> parameters() {
        return List.of(
                new Shape("conv1.weight", conv1, 1, KERNEL, KERNEL),
                new Shape("conv1.bias", conv1),
                new Shape("conv2.weight", conv2, conv1, KERNEL, KERNEL),
                new Shape("conv2.bias", conv2),
                new Shape("fc1.weight", hidden, features()),
                new Shape("fc1.bias", hidden),
                new Shape("fc2.weight", classes, hidden),
                new Shape("fc2.bias", classes));
    }

    /** Number of parameters. */
    public long parameterCount() {
        return parameters().stream().mapToLong(Shape::size).sum();
    }
}
