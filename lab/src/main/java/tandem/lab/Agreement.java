package tandem.lab;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tandem.core.Parameters;
import tandem.core.Shape;
import tandem.lab.worker.Identity;

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
        Boolean sameInputs,
        Map<String, Inputs> inputs,
        Map<String, Double> firstLoss,
        Double firstLossSpread,
        List<Pair> pairs) {

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
    public record Pair(EngineName first, EngineName second, double samePredictions, double parameterDistance) {}

    static Agreement of(List<TrialRun.Outcome> outcomes, Function<EngineName, Parameters> models) {
        Map<String, Inputs> inputs = new LinkedHashMap<>();
        Map<String, Double> firstLoss = new LinkedHashMap<>();
        List<TrialRun.Outcome> done = new ArrayList<>();
        for (TrialRun.Outcome outcome : outcomes) {
            String name = outcome.result().engine().toString();
            if (outcome.firstLoss() != null) {
                firstLoss.put(name, outcome.firstLoss());
            }
            if (outcome.done() != null) {
                done.add(outcome);
                inputs.put(
                        name,
                        new Inputs(outcome.ready().identity(), outcome.done().batches()));
            }
        }
        Set<Inputs> different = new HashSet<>(inputs.values());
        return new Agreement(
                inputs.size() < 2 ? null : different.size() == 1,
                inputs,
                firstLoss,
                spread(firstLoss),
                pairs(done, models));
    }

    private static Double spread(Map<String, Double> losses) {
        if (losses.size() < 2) {
            return null;
        }
        double least =
                losses.values().stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double most =
                losses.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        return (most - least) / Math.abs(least);
    }

    private static List<Pair> pairs(List<TrialRun.Outcome> done, Function<EngineName, Parameters> models) {
        List<Parameters> parameters = done.stream()
                .map(outcome -> models.apply(outcome.result().engine()))
                .toList();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < done.size(); i++) {
            for (int j = i + 1; j < done.size(); j++) {
                pairs.add(new Pair(
                        done.get(i).result().engine(),
                        done.get(j).result().engine(),
                        same(
                                done.get(i).done().predictions(),
                                done.get(j).done().predictions()),
                        distance(parameters.get(i), parameters.get(j))));
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
