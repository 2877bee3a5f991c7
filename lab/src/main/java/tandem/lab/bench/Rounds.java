package tandem.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import tandem.core.data.Dataset;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.RunDirectory;
import tandem.lab.Speed;
import tandem.lab.StopSignal;
import tandem.lab.WorkerProcess;
import tandem.lab.Workers;
import tandem.lab.Workers.Readiness;
import tandem.lab.worker.Identity;

/** The rounds of a bench: all processes are started and warmed up, one after the other, and then take turns. */
final class Rounds {
    private final Bench.Plan plan;
    private final Workers workers;
    private final RunDirectory directory;
    private final BenchWatcher watcher;
    private final StopSignal stop;
    private final List<Contestant> contestants = new ArrayList<>();

    /**
     * What the rounds yield.
     *
     * @param rows engines and variants in the order asked for, then peers
     * @param sameInputs whether all engines had the same; null if fewer than two ran
     */
    record Result(List<Row> rows, Boolean sameInputs) {
        /** Of a bench without rounds. */
        static final Result NONE = new Result(List.of(), null);
    }

    private Rounds(Bench.Plan plan, Workers workers, RunDirectory directory, BenchWatcher watcher, StopSignal stop) {
        this.plan = plan;
        this.workers = workers;
        this.directory = directory;
        this.watcher = watcher;
        this.stop = stop;
    }

    static Result run(
            Bench.Plan plan,
            Workers workers,
            Dataset data,
            RunDirectory directory,
            BenchWatcher watcher,
            StopSignal stop) {
        Rounds rounds = new Rounds(plan, workers, directory, watcher, stop);
        try (PeerImages images = new PeerImages(data)) {
            rounds.invite(images);
            rounds.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            rounds.contestants.forEach(Contestant::interrupt);
        } finally {
            rounds.contestants.forEach(Contestant::close);
        }
        return rounds.result();
    }

    private void invite(PeerImages images) {
        Optional<String> withoutPeer =
                plan.peer() == null ? Optional.empty() : plan.peer().missing();
        boolean withPeer = plan.peer() != null && withoutPeer.isEmpty();
        Turns turns = new Turns(watcher, (plan.names().size() + (withPeer ? 1 : 0)) * (plan.rounds() + 1));
        for (EngineName name : plan.names()) {
            switch (workers.ready(name, watcher, stop)) {
                case Readiness.Ready(WorkerProcess.Command command) ->
                    contestants.add(contestant(entry(name, command), turns));
                case Readiness.Absent(Status status, String reason) -> {
                    Contestant absent = contestant(entry(name, null), turns);
                    absent.end(status, reason);
                    contestants.add(absent);
                }
            }
        }
        withoutPeer.ifPresent(reason -> watcher.missing(Peer.NAME, Status.UNAVAILABLE, reason));
        if (withPeer) {
            Path log = directory.path().resolve("peer").resolve("worker.log").toAbsolutePath();
            contestants.add(contestant(
                    plan.peer()
                            .entry(() -> WorkerProcess.startProgram(
                                    plan.peer().command(images.folder(), workers.threads()), log, plan.silence())),
                    turns));
        }
    }

    private Contestant contestant(Entry entry, Turns turns) {
        return new Contestant(entry, plan, workers.threads(), watcher, stop, turns);
    }

    /** @param command null if the engine cannot run */
    private Entry entry(EngineName name, WorkerProcess.Command command) {
        Path log = directory.engine(name).resolve("worker.log").toAbsolutePath();
        var provider = workers.engines().get(name).provider();
        return new Entry(
                name.toString(),
                name.variant().isEmpty() ? null : name.engine(),
                name.variant(),
                false,
                provider.trains(),
                provider.library(),
                provider.version(),
                () -> WorkerProcess.start(command, log, plan.silence()));
    }

    private void run() throws InterruptedException {
        for (Contestant contestant : contestants) {
            if (!stop.raised()) {
                contestant.warmUp();
            }
        }
        for (int round = 1; round <= plan.rounds() && !stop.raised(); round++) {
            SequencedMap<String, Double> medians = new LinkedHashMap<>();
            for (Contestant contestant : contestants) {
                if (!stop.raised()) {
                    contestant.takeTurn();
                    contestant.lastMedian().ifPresent(median -> medians.put(contestant.name(), median));
                }
            }
            if (!stop.raised() && !medians.isEmpty()) {
                watcher.measured(round, plan.rounds(), medians);
            }
        }
        contestants.forEach(contestant -> {
            if (stop.raised()) {
                contestant.interrupt();
            } else {
                contestant.end(Status.DONE, null);
            }
        });
    }

    private Result result() {
        List<Speed> speeds = contestants.stream().map(Contestant::speed).toList();
        List<Identity> identities = contestants.stream()
                .flatMap(contestant -> contestant.identity().stream())
                .toList();
        return new Result(
                contestants.stream().map(contestant -> contestant.row(speeds)).toList(),
                identities.size() < 2 ? null : Set.copyOf(identities).size() == 1);
    }
}
