package tandem.lab.parity;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tandem.engine.reference.DecidedImages;

/**
 * How one engine's step compares with the reference's.
 *
 * @param checks logits, prediction, loss; then tensor by tensor in the order in which the backward pass reaches them,
 *     from fc2.weight to conv1.bias, its gradient, both accumulators and update
 * @param images which images the step was taken on
 */
public record Verdict(List<Check> checks, DecidedImages images) {

    /** Whether every error is within its limit. */
    public boolean passed() {
        return checks.stream().allMatch(Check::passed);
    }

    /** The first comparison over its limit: where to look for the mistake. */
    public Optional<Check> firstDiverging() {
        return checks.stream().filter(check -> !check.passed()).findFirst();
    }

    /** The error of one comparison. */
    public double error(Quantity quantity, String tensor) {
        return checks.stream()
                .filter(check -> check.quantity() == quantity && check.tensor().equals(tensor))
                .findFirst()
                .orElseThrow()
                .error();
    }

    /** One line for each comparison, and one about the images. */
    @Override
    public String toString() {
        String about = images.decided()
                ? "%d images passed over, their choices being undecided".formatted(images.passedOver())
                : "no batch of images with decided choices was found (margin %.1e), so a right engine may differ"
                        .formatted(images.margin());
        return checks.stream().map(Check::toString).collect(Collectors.joining("\n", "", "\n" + about));
    }
}
