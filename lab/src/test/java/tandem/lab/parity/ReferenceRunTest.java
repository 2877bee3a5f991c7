package tandem.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Shape;
import tandem.core.engine.Training;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.ReferenceEngine;
import tandem.engine.reference.ReferenceTensors;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

/** Three steps of the reference and its twins, against the same steps taken here. */
final class ReferenceRunTest {
    private static final int STEPS = 3;
    private static final Parameters INITIAL = InitialParameters.of(StepProofTest.RECIPE);

    /** One engine's losses, and its parameters after the last step. */
    private record Steps(List<Double> losses, Parameters rounded, ReferenceTensors end) {
        static Steps from(Parameters initial) {
            List<Double> losses = new ArrayList<>();
            OptimizerState zeros = OptimizerState.zeros(StepProofTest.SMALL);
            try (ReferenceEngine engine = new ReferenceEngine(StepProofTest.RECIPE, initial, zeros, 1)) {
                Training training = new Training(StepProofTest.RECIPE, StepProofTest.IMAGES);
                while (losses.size() < STEPS) {
                    losses.add(training.step(engine::step).loss());
                }
                return new Steps(losses, engine.parameters(), engine.parameters64());
            }
        }
    }

    private final List<String> told = new ArrayList<>();
    private final StopSignal stop = new StopSignal();

    private ReferenceRun run(String stopAt) {
        return ReferenceRun.of(
                StepProofTest.RECIPE,
                StepProofTest.IMAGES,
                INITIAL,
                STEPS,
                1,
                progress -> {
                    Progress.Reference reference = (Progress.Reference) progress;
                    told.add("%d of %d: %s".formatted(reference.done(), reference.total(), reference.what()));
                    if (reference.what().equals(stopAt)) {
                        stop.raise();
                    }
                },
                stop);
    }

    private static double distance(ReferenceTensors a, ReferenceTensors b) {
        double[] squares = INITIAL.shapes().stream()
                .flatMapToDouble(shape -> {
                    double[] x = a.get(shape.name());
                    double[] y = b.get(shape.name());
                    return IntStream.range(0, x.length).mapToDouble(i -> Math.pow(x[i] - y[i], 2));
                })
                .toArray();
        return Math.sqrt(Arrays.stream(squares).sum());
    }

    @Test
    void itsTrajectoryIsThatOfTheEngine() {
        ReferenceRun run = run(null);
        Steps steps = Steps.from(INITIAL);
        assertEquals(steps.losses(), run.losses());
        double moved = distance(ReferenceTensors.widen(StepProofTest.SMALL, INITIAL), steps.end());
        assertTrue(moved > 0.1, "steps of Adadelta: " + moved);
        assertEquals(moved, run.distance(), 1e-12);
        assertEquals(0, run.distanceOf(steps.rounded()), 1e-6, "it is where the engine is, but for float32");
        assertEquals(1, run.distanceOf(INITIAL), 1e-12, "it moved by what it moved");
        assertEquals(0, run.distanceBetween(INITIAL, INITIAL));

        Parameters other = INITIAL.copy(StepProofTest.SMALL);
        other.get("fc1.bias")[0] = INITIAL.get("fc1.bias")[0] + 3;
        other.get("conv1.weight")[5] = INITIAL.get("conv1.weight")[5] + 4;
        assertEquals(5 / moved, run.distanceBetween(other, INITIAL), 1e-4);
        assertEquals(5 / moved, run.distanceBetween(INITIAL, other), 1e-4);
    }

    @Test
    void itsNoiseIsThatOfTheFurthestTwin() {
        ReferenceRun run = run(null);
        double[] noise = new double[STEPS];
        double endNoise = 0;
        for (int twin = 0; twin < 4; twin++) {
            SplittableRandom random = new SplittableRandom(twin);
            Parameters nudged = INITIAL.copy(StepProofTest.SMALL);
            for (Shape shape : nudged.shapes()) {
                float[] values = nudged.get(shape.name());
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextBoolean() ? Math.nextUp(values[i]) : Math.nextDown(values[i]);
                }
            }
            Steps steps = Steps.from(nudged);
            for (int step = 0; step < STEPS; step++) {
                noise[step] = Math.max(
                        noise[step],
                        Math.abs(steps.losses().get(step) - run.losses().get(step)));
            }
            endNoise = Math.max(endNoise, distance(steps.end(), run.end()));
        }
        assertEquals(Arrays.stream(noise).boxed().toList(), run.noise());
        assertTrue(noise[0] > 0 && noise[0] < 1e-6, "one rounding in every parameter: " + noise[0]);
        assertEquals(endNoise / run.distance(), run.endNoise(), 1e-15);
    }

    @Test
    void everyStepAndProofIsTold() {
        ReferenceRun run = run(null);
        assertEquals(4, run.proofs().size());
        List<String> expected = new ArrayList<>();
        for (int step = 0; step <= 20; step++) {
            if (List.of(0, 1, 5, 20).contains(step)) {
                expected.add("proof after %d steps".formatted(step));
            }
            if (step < 20) {
                expected.add("reference, step " + step);
            }
        }
        for (int twin = 1; twin <= 4; twin++) {
            for (int step = 0; step < STEPS; step++) {
                expected.add("twin %d of 4, step %d".formatted(twin, step));
            }
        }
        for (int i = 0; i < 36; i++) {
            expected.set(i, "%d of 36: %s".formatted(i + 1, expected.get(i)));
        }
        assertEquals(expected, told);
    }

    @Test
    void aStopEndsItAtOnce() {
        for (String last : List.of("reference, step 1", "twin 2 of 4, step 1")) {
            assertNull(new ReferenceRunTest().runUntil(last), last);
        }
    }

    private ReferenceRun runUntil(String last) {
        ReferenceRun run = run(last);
        assertTrue(told.getLast().endsWith(": " + last), told::toString);
        return run;
    }
}
