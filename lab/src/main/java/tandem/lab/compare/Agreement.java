package tandem.lab.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Require;
import tandem.core.Safetensors;
import tandem.core.Shape;
import tandem.core.engine.Evaluation;
import tandem.lab.engines.EngineName;
import tandem.lab.run.RunDirectory;
import tandem.worker.protocol.Checkpoint;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.EventLog;
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
    /** @throws Failure if a value is out of its range */
    public Agreement {
        firstLoss.forEach((name, loss) -> Require.finite("firstLoss of " + name, loss));
        Require.atLeast(0.0, "firstLossSpread", firstLossSpread);
    }

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
        /** @throws Failure if a value is out of its range */
        public EnginePair {
            Require.share("samePredictions", samePredictions);
            Require.atLeast(0.0, "parameterDistance", parameterDistance);
        }

        /** Whether these are the two, in either order. */
        public boolean of(EngineName one, EngineName other) {
            return first.equals(one) && second.equals(other) || first.equals(other) && second.equals(one);
        }
    }

    /** One engine that did all of the recipe, as its files say. */
    private record Whole(EngineName name, Inputs inputs, Safetensors.Tensor logits, Parameters parameters) {
        static Optional<Whole> read(Recipe recipe, EngineName name, Path folder) {
            Checkpoint.Found checkpoint = Checkpoint.find(folder.resolve("checkpoint"));
            Safetensors.Tensor logits = Safetensors.read(folder.resolve(EngineTraining.PREDICTIONS))
                    .tensors()
                    .get("logits");
            if (checkpoint.position() == null
                    || checkpoint.position().evaluatedEpochs() != recipe.epochs()
                    || logits == null) {
                return Optional.empty();
            }
            String batches = HexFormat.of().toHexDigits(checkpoint.position().batches());
            return Optional.of(new Whole(
                    name,
                    new Inputs(checkpoint.position().identity(), batches),
                    logits,
                    Parameters.read(folder.resolve(EngineTraining.MODEL), recipe.network())));
        }

        int[] predictions() {
            return Evaluation.largest(
                    logits.values(), logits.shape().dimensions().getLast());
        }
    }

    /** Of the engines that are done, those that did every epoch themselves. */
    static Agreement of(Recipe recipe, List<EngineResult> results, RunDirectory directory) {
        Map<String, Inputs> inputs = new LinkedHashMap<>();
        Map<String, Double> firstLoss = new LinkedHashMap<>();
        List<Whole> whole = new ArrayList<>();
        for (EngineResult result : results) {
            Path folder = directory.engine(result.engine());
            String name = result.engine().toString();
            List<Event.Step> steps = EventLog.read(folder).steps();
            if (!steps.isEmpty() && steps.getFirst().step() == 0) {
                firstLoss.put(name, steps.getFirst().loss());
            }
            if (result.hasEpochs(recipe.epochs()) && result.epochs().getFirst().epoch() == 1) {
                Whole.read(recipe, result.engine(), folder).ifPresent(engine -> {
                    whole.add(engine);
                    inputs.put(name, engine.inputs);
                });
            }
        }
        return new Agreement(
                inputs.size() < 2 ? null : Set.copyOf(inputs.values()).size() == 1,
                inputs,
                firstLoss,
                spread(firstLoss.values()),
                pairs(whole));
    }

    private static @Nullable Double spread(Collection<Double> losses) {
        if (losses.size() < 2) {
            return null;
        }
        double least = Collections.min(losses);
        return (Collections.max(losses) - least) / Math.abs(least);
    }

    private static List<EnginePair> pairs(List<Whole> engines) {
        List<EnginePair> pairs = new ArrayList<>();
        for (int i = 0; i < engines.size(); i++) {
            Whole first = engines.get(i);
            for (Whole second : engines.subList(i + 1, engines.size())) {
                double same = same(first.predictions(), second.predictions());
                double distance = distance(first.parameters, second.parameters);
                pairs.add(new EnginePair(first.name, second.name, same, distance));
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
