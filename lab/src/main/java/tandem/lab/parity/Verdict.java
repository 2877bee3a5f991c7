package tandem.lab.parity;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How one engine's step compares with the reference's.
 *
 * @param checks logits, prediction, loss; then tensor by tensor in the order in which the backward pass reaches them,
 *     from fc2.weight to conv1.bias, its gradient, both accumulators and update
 * @param passedOver images passed over to gather a batch whose choices are decided
 */
public record Verdict(List<Check> checks, int passedOver) {

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

    /** One line for each comparison. */
    @Override
    public String toString() {
        return checks.stream()
                .map(Check::toString)
                .collect(Collectors.joining(
                        "\n", "", "\n%d images passed over, their choices being undecided".formatted(passedOver)));
    }
}
