package tandem.lab.study;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;

/**
 * What is run with many seeds: one engine on one recipe.
 *
 * @param name as in tables: the engine in a study, the recipe in differences
 * @param folder of its trials, below that of all trials
 * @param engine that trains
 * @param recipe its network already has the dataset's sizes; its seed does not count
 */
record Arm(String name, String folder, EngineName engine, Recipe recipe) {

    /** The seeds of so many trials: a recipe's and those after it. */
    static List<Long> seeds(Recipe recipe, int count) {
        return LongStream.range(recipe.seed(), recipe.seed() + count).boxed().toList();
    }

    /** Fingerprint of a trial's every choice; where the images lie is none. */
    String fingerprint(long seed) {
        return recipe(seed).with(Map.of("dataset", "any")).fingerprint();
    }

    /** Whether it is a trial's; until 2026-11-25 the name of the dataset was a part of it. */
    boolean isOf(String fingerprint, long seed) {
        return fingerprint.equals(fingerprint(seed))
                || fingerprint.equals(recipe(seed).fingerprint());
    }

    /** The recipe of one trial. */
    Recipe recipe(long seed) {
        return recipe.with(Map.of("seed", seed));
    }
}
