package tandem.lab.parity;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tandem.engine.reference.DecidedImages;

/**
 * How one engine's step compares with the reference's.
 *
 * @param checks logits, prediction, loss; then tensor by tensor in the order in which the backward pass reaches them,
 *     from fc2.weight to conv1.bias, its gradient, both accumulators and update
 * @param images which images the step was taken on
 */
public record StepVerdict(List<Check> checks, DecidedImages images) {

    /** Whether every error is within its limit. */
    public boolean passed() {
        return checks.stream().allMatch(Check::passed);
    }

    /** The first comparison over its limit: where to look for the mistake. */
    public Optional<Check> firstDiverging() {
        return checks.stream().filter(check -> !check.passed()).findFirst();
    }

    /** Where a mistake that shows first in this comparison usually lies; the empty string if there is none. */
    public String hint() {
        return firstDiverging().map(this::hint).orElse("");
    }

    private String hint(Check first) {
        return switch (first.quantity()) {
            case LOGITS ->
                of(Quantity.PREDICTION).allMatch(Check::passed)
                        ? "right without dropout, wrong with it: masks, their scale 1/(1-p), or where they act"
                        : "the forward pass: layouts of weights, flatten order before fc1, normalisation of pixels";
            case PREDICTION -> "right with dropout, wrong without it: what prediction does differently from training";
            case LOSS -> "right logits, wrong loss: the mean over the batch, or softmax applied once or twice";
            case GRADIENT ->
                of(Quantity.GRADIENT).noneMatch(Check::passed)
                        ? "every gradient: a sum over the batch instead of its mean, or a wrong gradient of the loss"
                        : "the backward pass of " + first.tensor();
            case SQUARE_AVERAGE ->
                "right gradient, wrong average of squares: rho, or elements that do not decay where the gradient is 0";
            case ACCUMULATED_DELTA ->
                "right average of squares, wrong update: epsilon belongs under both roots, the learning rate outside";
            case UPDATE -> "right accumulators, wrong parameters: learning rate, sign, or an update that was lost";
        };
    }

    /** The error of one comparison. */
    public double error(Quantity quantity, String tensor) {
        return of(quantity)
                .filter(check -> check.tensor().equals(tensor))
                .findFirst()
                .orElseThrow()
                .error();
    }

    private Stream<Check> of(Quantity quantity) {
        return checks.stream().filter(check -> check.quantity() == quantity);
    }

    /** One line for each comparison, and one about the images. */
    @Override
    public String toString() {
        String about = images.decided()
                ? "%s images passed over, their choices being undecided".formatted(images.passedOver())
                : String.format(
                        Locale.ROOT,
                        "no batch of images with decided choices was found (margin %.1e), so a right engine may differ",
                        images.margin());
        return checks.stream().map(Check::toString).collect(Collectors.joining("\n", "", "\n" + about));
    }
}
