package tandem.lab.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tandem.lab.statistics.PairedDifference;

/**
 * Two rows of a table on the same seeds.
 *
 * @param first name of the one
 * @param second name of the other
 * @param difference the first's test accuracy minus the second's
 */
public record Pair(String first, String second, PairedDifference difference) {

    /** Each two of these. */
    static List<Pair> all(List<ArmResult> arms, double margin) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < arms.size(); i++) {
            for (int j = i + 1; j < arms.size(); j++) {
                ArmResult first = arms.get(i);
                ArmResult second = arms.get(j);
                pairs.add(new Pair(first.name(), second.name(), difference(first, second, margin)));
            }
        }
        return pairs;
    }

    /** On the seeds that both have. */
    static PairedDifference difference(ArmResult first, ArmResult second, double margin) {
        Map<Long, Double> accuracies = second.accuracies();
        return PairedDifference.of(
                first.trials().stream()
                        .filter(trial -> accuracies.containsKey(trial.seed()))
                        .map(trial -> 100 * (trial.testAccuracy() - accuracies.get(trial.seed())))
                        .toList(),
                margin);
    }
}
