package tandem.engine.reference;

import java.util.Map;
import java.util.Objects;

/**
 * What one forward and backward pass yields, in float64.
 *
 * @param loss the recipe's loss, mean over the batch
 * @param logits [batch, classes], row-major
 * @param gradients derivative of the loss by each parameter, canonical names and layouts
 * @param imageNorms for each parameter the Euclidean norm of the gradient of one image's own loss, mean over the batch.
 *     The gradient of the batch is the mean of the images' gradients, which point in many directions and cancel late in
 *     training; rounding errors do not shrink with them, so they are measured against this norm.
 */
public record Pass(double loss, double[] logits, ReferenceTensors gradients, Map<String, Double> imageNorms) {

    /** The norm for one parameter. */
    public double imageNorm(String parameter) {
        return Objects.requireNonNull(imageNorms.get(parameter), parameter);
    }
}
