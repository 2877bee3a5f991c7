package tandem.lab.study;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.core.Require;
import tandem.lab.engines.EngineName;

/**
 * A trial as the lab hands it to a host of a cluster.
 *
 * @param name of the arm
 * @param folder of the arm's trials
 * @param engine that trains
 * @param recipe of the trial, with its seed
 */
record ClusterOrder(String name, String folder, EngineName engine, Recipe recipe) {

    static ClusterOrder of(Arm arm, long seed) {
        return new ClusterOrder(arm.name(), arm.folder(), arm.engine(), arm.recipe(seed));
    }

    Arm arm() {
        return new Arm(name, folder, engine, recipe);
    }

    /**
     * What a host is told first.
     *
     * @param threads that a trial computes with
     * @param jvmOptions further options of an engine's JVM, by the engine's name
     * @param keepModels whether trained models are sent
     * @param ownData whether the images are not of the catalogue, and are shipped
     */
    record Setup(int threads, Map<String, List<String>> jvmOptions, boolean keepModels, boolean ownData) {
        /** @throws Failure if a value is out of its range */
        Setup {
            Require.atLeast(1, "threads", threads);
        }
    }

    /**
     * What a host makes of an order.
     *
     * @param log the end of the worker's log where the trial failed; null otherwise
     */
    record Delivery(TrialResult result, @Nullable String log) {}
}
