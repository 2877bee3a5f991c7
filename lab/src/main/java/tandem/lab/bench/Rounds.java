package tandem.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.engine.EngineProvider;
import tandem.lab.engines.Conversation;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Launch;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.run.TemporaryFolder;
import tandem.lab.statistics.Speed;
import tandem.worker.protocol.Identity;

/** The rounds of a bench: all processes are started and warmed up, one after the other, and then take turns. */
final class Rounds {
    private final Bench.Plan plan;
    private final Workers workers;
    private final RunDirectory directory;
    private final String part;
    private final List<Contestant> contestants = new ArrayList<>();
    /** The images as files that a peer can read, as MNIST is part of a jar; null if there is no peer. */
    private @Nullable TemporaryFolder images;

    /** Engines and variants in the order asked for, then peers; {@code sameInputs} is null if fewer than two ran. */
    record Result(List<BenchRow> rows, @Nullable Boolean sameInputs) {
        /** Of a bench without rounds. */
        static final Result NONE = new Result(List.of(), null);
    }

    private Rounds(Bench.Plan plan, Workers workers, RunDirectory directory, String part) {
        this.plan = plan;
        this.workers = workers;
        this.directory = directory;
        this.part = part;
    }

    /** @param part folder for what is written of an engine, in the engine's own; empty for that itself */
    static Result run(Bench.Plan plan, Workers workers, Dataset data, RunDirectory directory, String part) {
        Rounds rounds = new Rounds(plan, workers, directory, part);
        try {
            rounds.invite(data);
            rounds.run();
        } finally {
            rounds.contestants.forEach(Contestant::close);
            if (rounds.images != null) {
                rounds.images.delete();
            }
        }
        return rounds.result();
    }

    private void invite(Dataset data) {
        Peer peer = plan.peer();
        Optional<String> withoutPeer = peer == null ? Optional.empty() : peer.missing();
        boolean withPeer = peer != null && withoutPeer.isEmpty();
        Turns turns = new Turns(
                workers.progress(),
                (plan.names().size() + (withPeer ? 1 : 0)) * (plan.rounds() + (plan.growth() ? 2 : 1)));
        for (EngineName name : plan.names()) {
            Outcome<Launch> ready = workers.ready(name);
            Contestant contestant = new Contestant(entry(name, ready), plan, workers, turns);
            ready.ifMissing(missing -> contestant.end(missing.status(), missing.reason()));
            contestants.add(contestant);
        }
        withoutPeer.ifPresent(
                reason -> workers.progress().accept(new Progress.Missing(Peer.NAME, Status.UNAVAILABLE, reason)));
        if (peer != null && withPeer) {
            contestants.add(new Contestant(Entry.ofPeer(() -> start(peer, data)), plan, workers, turns));
        }
    }

    private Conversation start(Peer peer, Dataset data) {
        TemporaryFolder folder = images;
        if (folder == null) {
            folder = TemporaryFolder.create("tandem-images");
            images = folder;
            Datasets.write(data, folder.path());
        }
        return Conversation.startProgram(
                peer.command(folder.path(), workers.threads()),
                directory.path().resolve("peer").resolve("worker.log").toAbsolutePath(),
                workers.silence(),
                workers.stop());
    }

    private Entry entry(EngineName name, Outcome<Launch> ready) {
        Path log = directory.engine(name).resolve(part).resolve("worker.log").toAbsolutePath();
        EngineProvider provider = workers.engines().get(name).provider();
        return new Entry(
                name.toString(),
                name.variant().isEmpty() ? null : name.engine(),
                name.variant(),
                false,
                provider.trains(),
                provider.library(),
                provider.version(),
                () -> switch (ready) {
                    case Outcome.Result<Launch>(Launch launch) ->
                        Conversation.start(launch, log, workers.silence(), workers.stop());
                    case Outcome.Missing<Launch> missing -> throw new Failure(missing.reason());
                });
    }

    private void run() {
        for (Contestant contestant : contestants) {
            if (!workers.stop().raised()) {
                contestant.warmUp();
            }
        }
        for (int round = 1; round <= plan.rounds() && !workers.stop().raised(); round++) {
            SequencedMap<String, Double> medians = new LinkedHashMap<>();
            for (Contestant contestant : contestants) {
                if (!workers.stop().raised()) {
                    contestant.takeTurn();
                    contestant.lastMedian().ifPresent(median -> medians.put(contestant.name(), median));
                }
            }
            // A sweep tells when a point is done.
            if (!workers.stop().raised() && !medians.isEmpty() && part.isEmpty()) {
                workers.progress().accept(new Progress.Round(round, plan.rounds(), medians));
            }
        }
        for (Contestant contestant : contestants) {
            if (plan.growth() && !workers.stop().raised()) {
                contestant.grow();
            }
        }
        contestants.forEach(contestant -> {
            if (workers.stop().raised()) {
                contestant.interrupt();
            } else {
                contestant.done();
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
