package tandem.lab.parity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.RunDirectory;
import tandem.lab.StopSignal;
import tandem.lab.WorkerProcess;
import tandem.lab.worker.Event;
import tandem.lab.worker.Received;
import tandem.lab.worker.Request;
import tandem.lab.worker.TensorFiles;

/**
 * Sends engines through the steps of a proof and judges them. Tensors pass between lab and worker as files in a folder
 * of the run directory that is gone at the end.
 */
final class Prover implements AutoCloseable {
    private final Parity.Plan plan;
    private final Network network;
    private final ReferenceRun reference;
    private final RunDirectory directory;
    private final ParityWatcher watcher;
    private final StopSignal stop;
    private final Path exchange;
    private final List<Request.ProofStart> starts = new ArrayList<>();

    /** What the engine that others are compared with made of the proofs; null as long as there is none. */
    private Steps against;

    /** What an engine made of all its steps. */
    private record Steps(List<StepOutcome> outcomes, Parameters end) {}

    /**
     * A prover.
     *
     * @param reference null if there is nothing to prove, because the reference was stopped
     */
    Prover(Parity.Plan plan, ReferenceRun reference, RunDirectory directory, ParityWatcher watcher, StopSignal stop) {
        this.plan = plan;
        this.network = plan.recipe().network();
        this.reference = reference;
        this.directory = directory;
        this.watcher = watcher;
        this.stop = stop;
        exchange = directory.path().resolve("exchange").toAbsolutePath();
        for (int i = 0; reference != null && i < reference.proofs().size(); i++) {
            StepProof proof = reference.proofs().get(i);
            int afterSteps = ReferenceRun.STATES.get(i);
            Path start = exchange.resolve("after-" + afterSteps);
            new TensorFiles(start)
                    .write(proof.start().parameters(), proof.start().state());
            starts.add(new Request.ProofStart(
                    afterSteps,
                    proof.images().positions(),
                    start.toString(),
                    start.resolve("outcome").toString()));
        }
    }

    /** Proves one engine in a worker of its own. */
    EngineParity prove(EngineName name, WorkerProcess.Command command, int threads) {
        Path folder = directory.engine(name).toAbsolutePath();
        Run run = new Run(name, folder.resolve("model.safetensors"));
        Status status;
        String failure;
        try (WorkerProcess worker = WorkerProcess.start(command, folder.resolve("worker.log"), plan.silence())) {
            watcher.started(name.toString(), worker.pid());
            worker.send(new Request.Prove(
                    plan.recipe(),
                    threads,
                    name.variant(),
                    plan.firstImage(),
                    plan.initialParameters() == null
                            ? null
                            : plan.initialParameters().toAbsolutePath().toString(),
                    starts,
                    plan.steps(),
                    run.model.toString()));
            try (StopSignal.Handle _ = stop.onRaise(worker::askToStop)) {
                run.follow(worker);
            }
            if (run.complete()) {
                return run.judge();
            }
            status = Status.INTERRUPTED;
            failure = "interrupted";
        } catch (Failure e) {
            status = Status.FAILED;
            failure = e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            status = Status.INTERRUPTED;
            failure = "the lab was interrupted";
        }
        return EngineParity.without(name, status, failure, command.library(), command.libraryVersion());
    }

    /** One engine's steps as they come in. */
    private final class Run {
        private final EngineName name;
        private final Path model;
        private final List<StepOutcome> outcomes = new ArrayList<>();
        private final List<Double> losses = new ArrayList<>();
        private boolean sameInputs = true;
        private Library library;
        private Parameters end;

        Run(EngineName name, Path model) {
            this.name = name;
            this.model = model;
        }

        void follow(WorkerProcess worker) throws InterruptedException {
            while (end == null) {
                switch (worker.take().event()) {
                    case Event.Prepared prepared -> {
                        library = prepared.library();
                        watcher.prepared(name.toString(), library, prepared.startupSeconds());
                    }
                    case Event.Proved proved -> proved(proved);
                    case Event.Step step -> losses.add(step.loss());
                    case Event.Trained _ -> end = Parameters.read(model, network);
                    case Event.Failed event -> throw new Failure(event.sentence());
                    case Event event -> throw new Failure("the worker sent what is no answer to a proof: " + event);
                }
                watcher.step(name, outcomes.size() + losses.size(), starts.size() + plan.steps());
            }
        }

        private void proved(Event.Proved proved) {
            int i = outcomes.size();
            TensorFiles files = new TensorFiles(Path.of(starts.get(i).outcome()));
            outcomes.add(new StepOutcome(
                    proved.prediction(),
                    new Gradients(proved.gradientsLoss(), proved.logits(), files.gradients(network)),
                    proved.loss(),
                    files.parameters(network),
                    files.state(network)));
            sameInputs &= proved.received()
                    .equals(Received.of(reference.proofs().get(i).start()));
        }

        boolean complete() {
            return outcomes.size() == starts.size() && losses.size() == plan.steps();
        }

        EngineParity judge() {
            List<Verdict> verdicts = new ArrayList<>();
            List<Verdict> versus = new ArrayList<>();
            for (int i = 0; i < outcomes.size(); i++) {
                StepProof proof = reference.proofs().get(i);
                verdicts.add(proof.of(outcomes.get(i)));
                if (against != null) {
                    versus.add(proof.between(outcomes.get(i), against.outcomes.get(i)));
                }
            }
            EngineParity.Against compared = against == null
                    ? null
                    : EngineParity.Against.of(plan.against(), versus, reference.distanceBetween(end, against.end));
            if (name.equals(plan.against())) {
                against = new Steps(outcomes, end);
            }
            return EngineParity.of(
                    name,
                    library.name(),
                    library.version(),
                    verdicts,
                    sameInputs,
                    losses,
                    reference.distanceOf(end),
                    compared);
        }
    }

    /** Removes the folder of the tensors. */
    @Override
    public void close() {
        if (Files.exists(exchange)) {
            try (Stream<Path> files = Files.walk(exchange)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new Failure("%s: cannot be removed (%s)".formatted(exchange, e.getMessage()), e);
            }
        }
    }
}
