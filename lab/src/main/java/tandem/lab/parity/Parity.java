package tandem.lab.parity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Require;
import tandem.core.data.Images;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.DecidedImages;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Status;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;

/**
 * The proof that engines compute what the reference computes, and their trajectories beside the reference's; the
 * content of parity.json.
 *
 * @param command what was asked for
 * @param recipe what was trained on
 * @param machine what it ran on
 * @param initialParameters file the parameters were read from, or null if they were drawn
 * @param firstImage training images before this one were left out
 * @param steps length of the trajectory
 * @param lossReference the reference's loss of each step, before the update
 * @param noise for each step, how far at most a loss moves if the initial parameters are nudged by one float32 rounding
 * @param parameterNoise the same of the parameters after the last step, over how far the reference moved
 * @param proofs the states at which engines were proved
 * @param against the engine that the others were also compared with, or null
 * @param engines in the order asked for
 */
public record Parity(
        String command,
        Recipe recipe,
        Machine machine,
        @Nullable String initialParameters,
        int firstImage,
        int steps,
        List<Double> lossReference,
        List<Double> noise,
        @Nullable Double parameterNoise,
        List<Proof> proofs,
        @Nullable EngineName against,
        List<ProvedEngine> engines) {
    /** @throws Failure if a value is out of its range */
    public Parity {
        Require.atLeast(0, "firstImage", firstImage);
        Require.atLeast(1, "steps", steps);
        Require.that(
                lossReference.size() == steps || lossReference.isEmpty(),
                "lossReference",
                "a list of " + lossReference.size(),
                "one of %s steps, or empty".formatted(steps));
        Require.that(
                noise.size() == lossReference.size(),
                "noise",
                "a list of " + noise.size(),
                "as long as lossReference, " + lossReference.size());
        lossReference.forEach(loss -> Require.finite("lossReference", loss));
        checkEngines(engines, against, lossReference.size());
    }

    /** Name of the file in a run directory. */
    public static final String FILE = "parity.json";

    /**
     * What to prove.
     *
     * @param command as the user gave it
     * @param recipe its network already has the dataset's sizes
     * @param names engines in the order in which they are proved
     * @param against an engine among them that the others are also compared with, or null
     * @param initialParameters safetensors file to start from, or null to draw them
     * @param firstImage training images before this one are left out
     * @param steps length of the trajectory, at least 1
     */
    public record Plan(
            String command,
            Recipe recipe,
            List<EngineName> names,
            @Nullable EngineName against,
            @Nullable Path initialParameters,
            int firstImage,
            int steps) {}

    /**
     * A state at which engines were proved.
     *
     * @param afterSteps steps the reference had trained
     * @param images images of the batch
     * @param passedOver images whose choices were undecided, passed over to gather the batch
     * @param decided whether the choices of all images of the batch are decided; if not, a right engine may fail
     * @param margin smallest margin of the batch
     * @param loss the reference's, on the batch
     */
    public record Proof(int afterSteps, int images, int passedOver, boolean decided, double margin, double loss) {
        /** @throws Failure if a value is out of its range */
        public Proof {
            Require.atLeast(0, "afterSteps", afterSteps);
            Require.atLeast(1, "images", images);
            Require.atLeast(0, "passedOver", passedOver);
            Require.finite("loss", loss);
        }
    }

    /**
     * Proves the engines of a plan. One that fails does not keep the others from being proved.
     *
     * @param train the dataset's training images, within the recipe's limit
     * @throws Failure if the run directory cannot be written, or the initial parameters cannot be read
     */
    public static Parity run(Plan plan, Workers workers, Images train, RunDirectory directory) {
        Machine machine = Machine.current(workers, plan.names);
        Parameters initial = plan.initialParameters == null
                ? InitialParameters.of(plan.recipe)
                : Parameters.read(plan.initialParameters, plan.recipe.network());
        directory.begin(plan.recipe, machine);
        ReferenceRun reference = ReferenceRun.of(
                plan.recipe, train, initial, plan.steps, workers.threads(), workers.progress(), workers.stop());
        List<ProvedEngine> engines;
        try (Prover prover = new Prover(plan, reference, directory, workers)) {
            engines = plan.names.stream().map(prover::prove).toList();
        }
        Parity parity = new Parity(
                plan.command,
                plan.recipe,
                machine,
                plan.initialParameters == null ? null : plan.initialParameters.toString(),
                plan.firstImage,
                plan.steps,
                reference == null ? List.of() : reference.losses(),
                reference == null ? List.of() : reference.noise(),
                reference == null ? null : reference.endNoise(),
                reference == null ? List.of() : proofs(reference),
                plan.against,
                engines);
        directory.write(FILE, parity);
        return parity;
    }

    /** Tables and pages have a row for each comparison, and a column for each engine. */
    private static void checkEngines(List<ProvedEngine> engines, @Nullable EngineName against, int steps) {
        Require.that(
                engines.stream().map(ProvedEngine::engine).distinct().count() == engines.size(),
                "engines",
                engines.stream().map(ProvedEngine::engine).toList(),
                "different ones");
        Set<String> compared = null;
        for (ProvedEngine engine : engines) {
            Require.that(
                    engine.against() == null || against != null,
                    "against",
                    null,
                    "an engine, as others are against it");
            if (engine.status() == Status.DONE) {
                Require.that(
                        engine.loss().size() == steps,
                        "loss of " + engine.engine(),
                        "a list of " + engine.loss().size(),
                        "one of %s steps".formatted(steps));
                Set<String> its = engine.states().stream()
                        .flatMap(state -> state.checks().stream())
                        .map(check -> check.quantity() + " of " + check.tensor())
                        .collect(Collectors.toCollection(TreeSet::new));
                Require.that(
                        compared == null || compared.equals(its),
                        "states of " + engine.engine(),
                        its,
                        "the comparisons of the other engines");
                compared = its;
            }
        }
    }

    /** The engines that took all their steps, right or wrong. */
    public List<ProvedEngine> done() {
        return engines.stream().filter(engine -> engine.status() == Status.DONE).toList();
    }

    /** How far an engine's loss is from the reference's, step by step. */
    public List<Double> lossDistances(ProvedEngine engine) {
        return IntStream.range(0, steps)
                .mapToObj(step -> Math.abs(engine.loss().get(step) - lossReference.get(step)))
                .toList();
    }

    private static List<Proof> proofs(ReferenceRun reference) {
        List<Proof> proofs = new ArrayList<>();
        for (StepProof proof : reference.proofs()) {
            DecidedImages images = proof.images();
            int size = proof.start().batch().size();
            int afterSteps = ReferenceRun.STATES.get(proofs.size());
            proofs.add(
                    new Proof(afterSteps, size, images.passedOver(), images.decided(), images.margin(), proof.loss()));
        }
        return proofs;
    }
}
