package tandem.lab.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;
import tandem.lab.statistics.PairedDifference;

/**
 * Two rows of a table on the same seeds.
 *
 * @param first name of the one
 * @param second name of the other
 * @param difference the first's test accuracy minus the second's
 */
public record ArmPair(String first, String second, PairedDifference difference) implements Compared {
    /**
     * Checks what a file holds.
     *
     * @throws Failure if a pair is not of two arms, or two arms have the same name
     */
    static void check(List<ArmPair> pairs, List<ArmResult> arms) {
        List<String> names = arms.stream().map(ArmResult::name).toList();
        Require.that(Set.copyOf(names).size() == names.size(), "the names of the rows", names, "different ones");
        for (ArmPair pair : pairs) {
            for (String name : List.of(pair.first, pair.second)) {
                Require.that(names.contains(name), "a pair's row", name, "one of " + names);
            }
        }
    }

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
