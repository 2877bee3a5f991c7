package tandem.lab.parity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.run.TemporaryFolder;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Received;
import tandem.worker.protocol.Request;
import tandem.worker.protocol.StepOutcome;
import tandem.worker.protocol.StepStart;
import tandem.worker.protocol.TensorFiles;

/**
 * Sends engines through the steps of a proof and judges them. Tensors pass between lab and worker as files in a folder
 * of the run directory that is gone at the end.
 */
final class Prover implements AutoCloseable {
    private final Parity.Plan plan;
    private final Network network;
    private final @Nullable ReferenceRun reference;
    private final RunDirectory directory;
    private final Workers workers;
    private final TemporaryFolder exchange;
    private final List<Request.ProofStart> starts = new ArrayList<>();

    /** What the engine that others are compared with made of the proofs; null as long as there is none. */
    private @Nullable Steps against;

    /** What an engine made of all its steps. */
    private record Steps(EngineName engine, List<StepOutcome> outcomes, Parameters end) {}

    /** {@code reference} is null if it was stopped: then there is nothing to prove. */
    Prover(Parity.Plan plan, @Nullable ReferenceRun reference, RunDirectory directory, Workers workers) {
        this.plan = plan;
        this.network = plan.recipe().network();
        this.reference = reference;
        this.directory = directory;
        this.workers = workers;
        exchange = new TemporaryFolder(directory.path().resolve("exchange").toAbsolutePath());
        List<StepProof> proofs = reference == null ? List.of() : reference.proofs();
        for (int i = 0; i < proofs.size(); i++) {
            StepStart first = proofs.get(i).start();
            int afterSteps = ReferenceRun.STATES.get(i);
            Path start = exchange.path().resolve("after-" + afterSteps);
            new TensorFiles(start).write(first.parameters(), first.state());
            String outcome = start.resolve("outcome").toString();
            int[] positions = proofs.get(i).images().positions();
            starts.add(new Request.ProofStart(afterSteps, positions, start.toString(), outcome));
        }
    }

    private ReferenceRun reference() {
        return Objects.requireNonNull(reference, "an engine takes no steps if the reference was stopped");
    }

    /** Proves one engine in a worker of its own. */
    ProvedEngine prove(EngineName name) {
        Path folder = directory.engine(name).toAbsolutePath();
        Run run = new Run(name);
        Path model = folder.resolve("model.safetensors");
        Path initial = plan.initialParameters();
        Request.Prove request = new Request.Prove(
                plan.recipe(),
                workers.threads(),
                name.variant(),
                plan.firstImage(),
                initial == null ? null : initial.toAbsolutePath().toString(),
                starts,
                plan.steps(),
                model.toString());
        Outcome<Parameters> end = workers.talk(name, folder.resolve("worker.log"), worker -> {
            worker.ask(request, run::hear);
            return Parameters.read(model, network);
        });
        return switch (end) {
            case Outcome.Result<Parameters>(Parameters parameters)
            when run.complete() -> {
                ProvedEngine judged = run.judge(parameters);
                workers.progress().accept(new Progress.Judged(name.toString(), judged.passed()));
                yield judged;
            }
            case Outcome.Result<Parameters> _ -> without(name, Status.INTERRUPTED, "interrupted");
            case Outcome.Missing<Parameters>(Status status, String reason) -> without(name, status, reason);
        };
    }

    private ProvedEngine without(EngineName name, Status status, String reason) {
        workers.tell(name, new Outcome.Missing<>(status, reason));
        EngineProvider provider = workers.engines().get(name).provider();
        return ProvedEngine.without(name, status, reason, provider.library(), provider.version());
    }

    /** One engine's steps as they come in. */
    private final class Run {
        private final EngineName name;
        private final List<StepOutcome> outcomes = new ArrayList<>();
        private final List<Double> losses = new ArrayList<>();
        private boolean sameInputs = true;
        private @Nullable Library library;

        Run(EngineName name) {
            this.name = name;
        }

        void hear(Event.News news) {
            switch (news) {
                case Event.Ready ready -> {
                    library = ready.library();
                    workers.progress().accept(new Progress.Prepared(name.toString(), library, ready.startupSeconds()));
                }
                case Event.Proved proved -> proved(proved);
                case Event.Step step -> stepped(step);
                case Event.Epoch _, Event.Tested _, Event.Evaluating _ ->
                    throw new Failure("the worker sent %s in the middle of a proof".formatted(news));
            }
            int done = outcomes.size() + losses.size();
            workers.progress().accept(new Progress.Proving(name.toString(), done, starts.size() + plan.steps()));
        }

        private void stepped(Event.Step event) {
            int step = losses.size();
            losses.add(event.loss());
            if (step < reference().losses().size()) {
                double distance = Math.abs(event.loss() - reference().losses().get(step));
                double noise = reference().noise().get(step);
                workers.progress().accept(new Progress.Diverging(name.toString(), step, distance, noise));
            }
        }

        private void proved(Event.Proved proved) {
            int i = outcomes.size();
            TensorFiles files = new TensorFiles(Path.of(starts.get(i).outcome()));
            Gradients gradients = new Gradients(proved.gradientsLoss(), proved.logits(), files.gradients(network));
            outcomes.add(new StepOutcome(
                    proved.prediction(), gradients, proved.loss(), files.parameters(network), files.state(network)));
            StepStart start = reference().proofs().get(i).start();
            sameInputs &= proved.received().equals(Received.of(start));
        }

        boolean complete() {
            return outcomes.size() == starts.size() && losses.size() == plan.steps();
        }

        ProvedEngine judge(Parameters end) {
            List<StepVerdict> verdicts = new ArrayList<>();
            List<StepVerdict> versus = new ArrayList<>();
            for (int i = 0; i < outcomes.size(); i++) {
                StepProof proof = reference().proofs().get(i);
                verdicts.add(proof.of(outcomes.get(i)));
                if (against != null) {
                    versus.add(proof.between(outcomes.get(i), against.outcomes.get(i)));
                }
            }
            ProvedEngine.Against compared = against == null
                    ? null
                    : ProvedEngine.Against.of(
                            against.engine, versus, reference().distanceBetween(end, against.end));
            if (name.equals(plan.against())) {
                against = new Steps(name, outcomes, end);
            }
            Library ready = Objects.requireNonNull(library, "an engine is ready before its first step");
            String wrongInputs = sameInputs ? null : "it did not take its steps from what the lab gave it";
            return ProvedEngine.of(
                    name,
                    Status.DONE,
                    wrongInputs,
                    ready.name(),
                    ready.version(),
                    verdicts,
                    sameInputs,
                    losses,
                    reference().distanceOf(end),
                    compared);
        }
    }

    /** Removes the folder of the tensors. */
    @Override
    public void close() {
        exchange.delete();
    }
}
