package tandem.lab.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Parameters;
import tandem.core.Shape;
import tandem.lab.engines.EngineName;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;

/**
 * Whether the engines of a comparison saw the same, and how alike they became.
 *
 * @param sameInputs whether all fingerprints are equal; null if fewer than two engines are done
 * @param inputs the fingerprints of each engine
 * @param firstLoss loss of step 0 of each engine
 * @param firstLossSpread largest relative difference between two of them; null if fewer than two
 * @param pairs each two engines that are done
 */
public record Agreement(
        @Nullable Boolean sameInputs,
        Map<String, Inputs> inputs,
        Map<String, Double> firstLoss,
        @Nullable Double firstLossSpread,
        List<EnginePair> pairs) {

    /**
     * Fingerprints of what one engine was given.
     *
     * @param identity recipe, images and initial parameters
     * @param batches indices, labels and masks of every batch
     */
    public record Inputs(Identity identity, String batches) {}

    /**
     * Two engines after training.
     *
     * @param samePredictions share of test images that both take for the same class
     * @param parameterDistance norm of the difference of all parameters over the norm of the first engine's
     */
    public record EnginePair(EngineName first, EngineName second, double samePredictions, double parameterDistance) {
        /** Whether these are the two, in either order. */
        public boolean of(EngineName one, EngineName other) {
            return first.equals(one) && second.equals(other) || first.equals(other) && second.equals(one);
        }
    }

    static Agreement of(List<EngineTraining.Trained> trained, Function<EngineName, Parameters> models) {
        Map<String, Inputs> inputs = new LinkedHashMap<>();
        Map<String, Double> firstLoss = new LinkedHashMap<>();
        List<EngineTraining.Trained> done = new ArrayList<>();
        for (EngineTraining.Trained engine : trained) {
            String name = engine.result().engine().toString();
            if (engine.firstLoss() != null) {
                firstLoss.put(name, engine.firstLoss());
            }
            if (engine.done() != null && engine.ready() != null) {
                done.add(engine);
                inputs.put(
                        name,
                        new Inputs(engine.ready().identity(), engine.done().batches()));
            }
        }
        return new Agreement(
                inputs.size() < 2 ? null : Set.copyOf(inputs.values()).size() == 1,
                inputs,
                firstLoss,
                spread(firstLoss.values()),
                pairs(done, models));
    }

    private static @Nullable Double spread(Collection<Double> losses) {
        if (losses.size() < 2) {
            return null;
        }
        double least = Collections.min(losses);
        return (Collections.max(losses) - least) / Math.abs(least);
    }

    private static List<EnginePair> pairs(List<EngineTraining.Trained> done, Function<EngineName, Parameters> models) {
        List<EngineName> names =
                done.stream().map(engine -> engine.result().engine()).toList();
        List<int[]> answers = done.stream()
                .flatMap(engine -> Stream.ofNullable(engine.done()))
                .map(Event.Done::predictions)
                .toList();
        List<Parameters> parameters = names.stream().map(models).toList();
        List<EnginePair> pairs = new ArrayList<>();
        for (int i = 0; i < done.size(); i++) {
            for (int j = i + 1; j < done.size(); j++) {
                double same = same(answers.get(i), answers.get(j));
                double distance = distance(parameters.get(i), parameters.get(j));
                pairs.add(new EnginePair(names.get(i), names.get(j), same, distance));
            }
        }
        return pairs;
    }

    private static double same(int[] a, int[] b) {
        int same = 0;
        for (int i = 0; i < a.length; i++) {
            same += a[i] == b[i] ? 1 : 0;
        }
        return (double) same / a.length;
    }

    private static double distance(Parameters a, Parameters b) {
        double difference = 0;
        double norm = 0;
        for (Shape shape : a.shapes()) {
            float[] x = a.get(shape.name());
            float[] y = b.get(shape.name());
            for (int i = 0; i < x.length; i++) {
                difference += ((double) x[i] - y[i]) * ((double) x[i] - y[i]);
                norm += (double) x[i] * x[i];
            }
        }
        return Math.sqrt(difference / norm);
    }
}
