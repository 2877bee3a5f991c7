package tandem.lab.parity;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tandem.core.Failure;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.random.InitialParameters;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.Engines;
import tandem.lab.Json;
import tandem.lab.Machine;
import tandem.lab.RunDirectory;
import tandem.lab.StopSignal;
import tandem.lab.Workers;

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
        String initialParameters,
        int firstImage,
        int steps,
        List<Double> lossReference,
        List<Double> noise,
        Double parameterNoise,
        List<Proof> proofs,
        EngineName against,
        List<EngineParity> engines) {

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
     * @param silence how long a worker may say nothing
     */
    public record Plan(
            String command,
            Recipe recipe,
            List<EngineName> names,
            EngineName against,
            Path initialParameters,
            int firstImage,
            int steps,
            Duration silence) {}

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
    public record Proof(int afterSteps, int images, int passedOver, boolean decided, double margin, double loss) {}

    /**
     * Proves the engines of a plan. One that fails does not keep the others from being proved.
     *
     * @param train the dataset's training images, within the recipe's limit
     * @throws Failure if the run directory cannot be written, or the initial parameters cannot be read
     */
    public static Parity run(
            Plan plan, Workers workers, Images train, RunDirectory directory, ParityWatcher watcher, StopSignal stop) {
        Machine machine = Machine.current(
                workers.threads(),
                plan.names.stream().map(workers.engines()::get).distinct().toList());
        Parameters initial = plan.initialParameters == null
                ? InitialParameters.of(plan.recipe)
                : Parameters.read(plan.initialParameters, plan.recipe.network());
        directory.begin(plan.recipe, machine);
        ReferenceRun reference =
                ReferenceRun.of(plan.recipe, train, initial, plan.steps, workers.threads(), watcher::reference, stop);
        List<EngineParity> engines = new ArrayList<>();
        try (Prover prover = new Prover(plan, reference, directory, watcher, stop)) {
            for (EngineName name : plan.names) {
                EngineParity parity = prove(name, prover, workers, watcher, stop);
                watcher.judged(parity);
                engines.add(parity);
            }
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
        Json.write(directory.path().resolve("parity.json"), parity);
        return parity;
    }

    private static EngineParity prove(
            EngineName name, Prover prover, Workers workers, ParityWatcher watcher, StopSignal stop) {
        Engines.Engine engine = workers.engines().get(name);
        if (stop.raised()) {
            return without(name, engine, Status.INTERRUPTED, "interrupted before it began");
        }
        return switch (workers.ready(name, watcher, stop)) {
            case Workers.Readiness.Absent(Status status, String reason) -> without(name, engine, status, reason);
            case Workers.Readiness.Ready ready -> prover.prove(name, ready.command(), workers.threads());
        };
    }

    private static EngineParity without(EngineName name, Engines.Engine engine, Status status, String reason) {
        return EngineParity.without(
                name,
                status,
                reason,
                engine.provider().library(),
                engine.provider().version());
    }

    private static List<Proof> proofs(ReferenceRun reference) {
        List<Proof> proofs = new ArrayList<>();
        for (int i = 0; i < reference.proofs().size(); i++) {
            StepProof proof = reference.proofs().get(i);
            proofs.add(new Proof(
                    ReferenceRun.STATES.get(i),
                    proof.start().batch().size(),
                    proof.images().passedOver(),
                    proof.images().decided(),
                    proof.images().margin(),
                    proof.loss()));
        }
        return proofs;
    }
}
