package tandem.lab.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.engine.Training;
import tandem.engine.reference.ReferenceEngine;
import tandem.engine.reference.ReferenceTensors;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

/**
 * The reference's own training: the trajectory that engines are shown beside, the states at which they are proved, and
 * how far training carries one rounding.
 *
 * @param network what was trained
 * @param losses of each step, before the update
 * @param distance how far the parameters moved in all steps together: Euclidean norm
 * @param end parameters after the last step
 * @param proofs at the states after {@link #STATES} steps
 * @param noise for each step, how far at most the losses of the twins are from the reference's
 * @param endNoise how far at most the twins' parameters are from the reference's after the last step: Euclidean norm
 *     over {@code distance}
 */
record ReferenceRun(
        Network network,
        List<Double> losses,
        double distance,
        ReferenceTensors end,
        List<StepProof> proofs,
        List<Double> noise,
        double endNoise) {

    /** Steps after which engines are proved: fresh parameters, the first accumulators, the first large steps, later. */
    static final List<Integer> STATES = List.of(0, 1, 5, 20);

    /** Runs from parameters of which each was moved to the next float32 number, up or down by chance. */
    static final int TWINS = 4;

    /** Trains the reference for at least one step; null if it was stopped. */
    static @Nullable ReferenceRun of(
            Recipe recipe,
            Images train,
            Parameters initial,
            int steps,
            int threads,
            Consumer<Progress> progress,
            StopSignal stop) {
        List<Double> losses = new ArrayList<>();
        List<StepProof> proofs = new ArrayList<>();
        int longest = Math.max(steps, STATES.getLast());
        int total = longest + STATES.size() + TWINS * steps;
        int done = 0;
        ReferenceTensors start = ReferenceTensors.widen(recipe.network(), initial);
        ReferenceTensors end = start;
        try (ReferenceEngine engine = engine(recipe, initial, threads)) {
            Training training = new Training(recipe, train);
            for (int step = 0; step <= longest && !stop.raised(); step++) {
                if (STATES.contains(step)) {
                    proofs.add(
                            new StepProof(recipe, train, step, engine.parameters(), engine.optimizerState(), threads));
                    progress.accept(new Progress.Reference("proof after %s steps".formatted(step), ++done, total));
                }
                if (step == steps) {
                    end = engine.parameters64();
                }
                if (step < longest) {
                    double loss = training.step(engine::step).loss();
                    if (step < steps) {
                        losses.add(loss);
                    }
                    progress.accept(new Progress.Reference("reference, step %s".formatted(step), ++done, total));
                }
            }
        }
        List<Double> noise = new ArrayList<>();
        losses.forEach(loss -> noise.add(0.0));
        double endNoise = 0;
        for (int twin = 0; twin < TWINS && !stop.raised(); twin++) {
            try (ReferenceEngine engine = engine(recipe, nudged(recipe, initial, twin), threads)) {
                Training training = new Training(recipe, train);
                for (int step = 0; step < steps && !stop.raised(); step++) {
                    double apart = Math.abs(training.step(engine::step).loss() - losses.get(step));
                    noise.set(step, Math.max(noise.get(step), apart));
                    progress.accept(new Progress.Reference(
                            "twin %s of %s, step %s".formatted(twin + 1, TWINS, step), ++done, total));
                }
                endNoise = Math.max(endNoise, distance(engine.parameters64(), end, initial.shapes()));
            }
        }
        if (stop.raised()) {
            return null;
        }
        double distance = distance(start, end, initial.shapes());
        return new ReferenceRun(recipe.network(), losses, distance, end, proofs, noise, endNoise / distance);
    }

    private static ReferenceEngine engine(Recipe recipe, Parameters initial, int threads) {
        return new ReferenceEngine(recipe, initial, OptimizerState.zeros(recipe.network()), threads);
    }

    private static Parameters nudged(Recipe recipe, Parameters initial, int twin) {
        SplittableRandom random = new SplittableRandom(twin);
        Parameters nudged = initial.copy(recipe.network());
        for (Shape shape : nudged.shapes()) {
            float[] values = nudged.get(shape.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextBoolean() ? Math.nextUp(values[i]) : Math.nextDown(values[i]);
            }
        }
        return nudged;
    }

    /** How far an engine's parameters after the last step are from the reference's, over how far those moved. */
    double distanceOf(Parameters parameters) {
        return distance(ReferenceTensors.widen(network, parameters), end, parameters.shapes()) / distance;
    }

    /** How far two engines' parameters after the last step are apart, over how far the reference's moved. */
    double distanceBetween(Parameters one, Parameters other) {
        return distance(ReferenceTensors.widen(network, one), ReferenceTensors.widen(network, other), one.shapes())
                / distance;
    }

    private static double distance(ReferenceTensors a, ReferenceTensors b, List<Shape> shapes) {
        double sum = 0;
        for (Shape shape : shapes) {
            double[] x = a.get(shape.name());
            double[] y = b.get(shape.name());
            for (int i = 0; i < x.length; i++) {
                sum += (x[i] - y[i]) * (x[i] - y[i]);
            }
        }
        return Math.sqrt(sum);
    }
}
