package tandem.lab.study;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.lab.statistics.PairedDifference;

/**
 * Two rows of a table on the same seeds.
 *
 * @param first name of the one
 * @param second name of the other
 * @param difference the first's test accuracy minus the second's
 */
public record ArmPair(String first, String second, PairedDifference difference) implements Compared {

    /** Student's t; null if there is none. */
    @Nullable
    Double t() {
        return difference.t();
    }

    /** The p of the t test; null if there is none. */
    @Nullable
    Double p() {
        return difference.p();
    }

    /** Each two of these. */
    static List<ArmPair> all(List<ArmResult> arms, double margin) {
        List<ArmPair> pairs = new ArrayList<>();
        for (int i = 0; i < arms.size(); i++) {
            for (int j = i + 1; j < arms.size(); j++) {
                ArmResult first = arms.get(i);
                ArmResult second = arms.get(j);
                pairs.add(new ArmPair(first.name(), second.name(), difference(first, second, margin)));
            }
        }
        return pairs;
    }

    /** On the seeds that both have. */
    static PairedDifference difference(ArmResult first, ArmResult second, double margin) {
        return PairedDifference.of(first.minus(second), margin);
    }
}
