package tandem.web.job;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.EngineResult;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Progress;
import tandem.lab.progress.ProgressStream;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.report.Reports;
import tandem.lab.run.RunDirectory;
import tandem.web.event.Journal;
import tandem.worker.protocol.CheckpointEvery;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/**
 * Trains: the engines of a part one after the other, parts at the same time. Each part is a run directory, as of
 * {@code tandem compare}, so a training that was stopped goes on from its checkpoints.
 */
final class TrainingWork implements Work {
    /** Often enough for a curve; 1,000 images tell an accuracy of 98% within 0.9 points (two standard errors). */
    private static final Request.Tests TESTS = new Request.Tests(100, 1000);

    private final WorkersOf workers;
    private final List<Part> parts;
    private final CheckpointEvery every;
    private final @Nullable Path[] folders;
    private final long steps;

    /**
     * What is trained by one recipe.
     *
     * @param recipe its network already has the dataset's sizes
     * @param images training images of an epoch
     * @param rows engines in the order in which they train
     */
    record Part(Recipe recipe, int images, List<Row> rows) {
        List<EngineName> names() {
            return rows.stream().map(row -> EngineName.parse(row.engine())).toList();
        }

        /** The row of an engine, as a comparison calls it. */
        String row(String engine) {
            return rows.stream()
                    .filter(row -> row.engine().equals(engine))
                    .map(Row::row)
                    .findFirst()
                    .orElse(engine);
        }
    }

    TrainingWork(WorkersOf workers, List<Part> parts, CheckpointEvery every) {
        this.workers = workers;
        this.every = every;
        this.parts = parts;
        folders = new Path[parts.size()];
        Part first = parts.getFirst();
        steps = (long) Math.ceilDiv(first.images(), first.recipe().batchSize())
                * first.recipe().epochs();
    }

    @Override
    public boolean goesOn() {
        return true;
    }

    @Override
    public Description description() {
        List<String> runs = new ArrayList<>();
        for (Path folder : folders) {
            if (folder != null) {
                runs.add(folder.getFileName().toString());
            }
        }
        return new Description(
                "training",
                parts.stream().flatMap(part -> part.rows().stream()).toList(),
                parts.getFirst().recipe().epochs(),
                steps,
                parts.getFirst().images(),
                runs);
    }

    @Override
    public @Nullable String run(Journal journal, StopSignal stop) {
        List<Future<Comparison>> running = new ArrayList<>();
        List<EngineResult> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < parts.size(); i++) {
                int part = i;
                running.add(executor.submit(() -> run(part, journal, stop)));
            }
            for (Future<Comparison> future : running) {
                results.addAll(future.get().engines());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("the server was interrupted", e);
        }
        List<EngineResult> missing = results.stream()
                .filter(result -> result.status() != Status.DONE)
                .toList();
        return missing.size() < results.size()
                ? null
                : missing.stream()
                        .map(result -> "%s: %s".formatted(result.engine(), result.failure()))
                        .collect(Collectors.joining("; "));
    }

    private Comparison run(int index, Journal journal, StopSignal stop) {
        Part part = parts.get(index);
        String command = part.rows().size() > 1 ? "compare" : "train";
        Path before = folders[index];
        try (RunDirectory directory = before == null
                        ? RunDirectory.create(null, command)
                        : RunDirectory.goOn(before, Comparison.FILE);
                ProgressStream progress = new ProgressStream(new Told(part, journal))) {
            folders[index] = directory.path();
            directory.add(Instant.now(), words(command, part, directory.path()));
            Comparison comparison = Comparison.run(
                    new Comparison.Plan(part.recipe(), part.names(), every, TESTS, null),
                    workers.of(parts.size(), progress, stop),
                    directory);
            // The model is ready before the report is written.
            journal.add("trained", Map.of("run", directory.path().getFileName().toString()));
            Reports.write(directory);
            return comparison;
        }
    }

    /** The command that does the same. */
    private static List<String> words(String command, Part part, Path folder) {
        List<String> words = new ArrayList<>(List.of(command));
        String names = part.rows().stream().map(Row::engine).collect(Collectors.joining(","));
        words.addAll(command.equals("train") ? List.of(names) : List.of("--engines", names));
        words.addAll(List.of("--recipe", folder.resolve("recipe.json").toString()));
        return words;
    }

    /** Makes events of progress; steps come by the hundred a second, and are told together. */
    private static final class Told implements Consumer<Progress> {
        private static final long TOGETHER_NANOS = 100_000_000;

        private final Part part;
        private final Journal journal;
        private final List<List<Number>> points = new ArrayList<>();
        private double millis;
        private long told;

        Told(Part part, Journal journal) {
            this.part = part;
            this.journal = journal;
        }

        @Override
        public void accept(Progress progress) {
            switch (progress) {
                case Progress.Told(String engine, Long _, Event.News news) -> news(part.row(engine), news);
                case Progress.Ended(String engine) -> flush(part.row(engine));
                case Progress.Missing(String engine, Status status, String reason) -> {
                    flush(part.row(engine));
                    if (status != Status.INTERRUPTED) {
                        journal.add(
                                "missing",
                                Map.of("row", part.row(engine), "status", status.toString(), "reason", reason));
                    }
                }
                case Progress.Notice(String sentence) -> journal.add("notice", Map.of("sentence", sentence));
                case Progress.Unpacking(String engine) ->
                    journal.add("notice", Map.of("sentence", engine + " starts for the first time"));
                case Progress.Fetching(List<String> files) ->
                    journal.add("notice", Map.of("sentence", "fetching " + String.join(", ", files)));
                case Progress.Waiting(String what, Long _) ->
                    journal.add("notice", Map.of("sentence", "waiting for " + what));
                // What only other commands tell, and what a page has no use for.
                default -> {}
            }
        }

        private void news(String row, Event.News news) {
            switch (news) {
                case Event.Ready ready ->
                    journal.add(
                            "ready",
                            Map.of(
                                    "row",
                                    row,
                                    "library",
                                    ready.library().name() + " "
                                            + ready.library().version(),
                                    "startupSeconds",
                                    ready.startupSeconds(),
                                    "firstStep",
                                    ready.firstStep()));
                case Event.Step step -> {
                    points.add(List.of(step.step(), step.loss()));
                    millis += step.millis();
                    if (System.nanoTime() - told > TOGETHER_NANOS) {
                        flush(row);
                    }
                }
                case Event.Tested tested -> {
                    flush(row);
                    journal.add(
                            "tested",
                            Map.of(
                                    "row", row,
                                    "step", tested.step(),
                                    "accuracy", tested.testAccuracy(),
                                    "images", tested.images()));
                }
                case Event.Epoch epoch -> {
                    flush(row);
                    journal.add(
                            "epoch",
                            Map.of(
                                    "row", row,
                                    "epoch", epoch.epoch(),
                                    "trainLoss", epoch.trainLoss(),
                                    "testLoss", epoch.testLoss(),
                                    "testAccuracy", epoch.testAccuracy(),
                                    "seconds", epoch.seconds(),
                                    "imagesPerSecond", epoch.imagesPerSecond()));
                }
                case Event.Evaluating _, Event.Proved _ -> {}
            }
        }

        private void flush(String row) {
            if (!points.isEmpty()) {
                double images = (double) points.size() * part.recipe().batchSize();
                journal.add(
                        "steps",
                        Map.of(
                                "row",
                                row,
                                "points",
                                List.copyOf(points),
                                "imagesPerSecond",
                                millis == 0 ? 0 : Math.round(images / millis * 1e3)));
                points.clear();
                millis = 0;
                told = System.nanoTime();
            }
        }
    }
}
