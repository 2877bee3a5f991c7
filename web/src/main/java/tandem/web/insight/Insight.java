package tandem.web.insight;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import tandem.engine.reference.Inspection;
import tandem.web.live.ServedModel;

/**
 * Why a network answers as it does, computed by the reference in float64. Used by one thread at a time. Pixels are
 * numbers from 0 to 1.
 */
public final class Insight implements AutoCloseable {
    private static final int KERNEL = 9;

    private final ServedModel model;
    private final Inspection inspection;

    /** Of a model. */
    public Insight(ServedModel model) {
        this.model = model;
        inspection = new Inspection(model.model(), model.normalisation());
    }

    /** The model it is about. */
    public ServedModel model() {
        return model;
    }

    /**
     * What a digit's logit owes to each pixel.
     *
     * @param digit whose
     * @param gradient derivative of its logit by each pixel: [rows, columns]
     * @param logits [classes]
     */
    public record Explanation(int digit, double[] gradient, double[] logits) {}

    /**
     * Outputs of one layer as pictures.
     *
     * @param name of the layer
     * @param rows of a picture
     * @param columns of a picture
     * @param largest output of the layer
     * @param maps a picture for each channel: bytes, 255 is the largest, in Base64
     * @param alive whether anything of a channel is above zero
     */
    public record Layer(String name, int rows, int columns, double largest, List<String> maps, List<Boolean> alive) {}

    /**
     * What is inside the network for one image.
     *
     * @param layers from the first to the last before the outputs
     * @param filters of the first convolution: [channels][3, 3]
     * @param logits [classes]
     */
    public record Inside(List<Layer> layers, List<float[]> filters, double[] logits) {}

    /**
     * Explains.
     *
     * @param digit whose logit, or -1 for the most probable
     */
    public Explanation explain(double[] pixels, int digit) {
        double[] logits = inspection.logits(pixels);
        int chosen = digit < 0 ? Deception.largest(logits) : digit;
        double[] weights = new double[logits.length];
        weights[chosen] = 1;
        return new Explanation(chosen, inspection.gradient(pixels, weights), logits);
    }

    /** The least change that turns the answer. */
    public Deception deceive(double[] pixels) {
        return Deception.of(inspection, pixels);
    }

    /** Looks inside. */
    public Inside inside(double[] pixels) {
        Inspection.Activity activity = inspection.activity(pixels);
        int rows = model.model().network().rows();
        int columns = model.model().network().columns();
        List<Layer> layers = List.of(
                layer("conv1", rows - 2, columns - 2, activity.conv1()),
                layer("conv2", rows - 4, columns - 4, activity.conv2()),
                layer("pool", (rows - 4) / 2, (columns - 4) / 2, activity.pooled()),
                layer("fc1", 1, activity.hidden().length, new double[][] {activity.hidden()}));
        float[] kernels = model.model().parameters().get("conv1.weight");
        List<float[]> filters = IntStream.range(0, kernels.length / KERNEL)
                .mapToObj(k -> Arrays.copyOfRange(kernels, k * KERNEL, (k + 1) * KERNEL))
                .toList();
        return new Inside(layers, filters, activity.logits());
    }

    private static Layer layer(String name, int rows, int columns, double[][] channels) {
        double largest =
                Arrays.stream(channels).flatMapToDouble(Arrays::stream).max().orElse(0);
        List<String> maps = Arrays.stream(channels)
                .map(channel -> {
                    byte[] picture = new byte[channel.length];
                    for (int i = 0; i < picture.length; i++) {
                        picture[i] = (byte) Math.round(largest == 0 ? 0 : 255 * Math.max(0, channel[i]) / largest);
                    }
                    return Base64.getEncoder().encodeToString(picture);
                })
                .toList();
        List<Boolean> alive = Arrays.stream(channels)
                .map(channel -> Arrays.stream(channel).anyMatch(value -> value > 0))
                .toList();
        return new Layer(name, rows, columns, largest, maps, alive);
    }

    /** Frees its thread. */
    @Override
    public void close() {
        inspection.close();
    }
}
