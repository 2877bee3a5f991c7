package tandem.web.job;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.lab.engines.EngineName;
import tandem.lab.parity.Check;
import tandem.lab.parity.Parity;
import tandem.lab.parity.ProvedEngine;
import tandem.lab.progress.Progress;
import tandem.lab.progress.ProgressStream;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.report.Reports;
import tandem.lab.run.RunDirectory;
import tandem.web.event.Journal;

/** Proves engines against the reference, as {@code tandem parity} does, and lets people watch them diverge. */
final class ParityWork implements Work {
    private static final int STEPS = 20;

    private final WorkersOf workers;
    private final List<EngineName> names;
    private volatile @Nullable Path folder;

    ParityWork(WorkersOf workers, List<EngineName> names) {
        this.workers = workers;
        this.names = names;
    }

    @Override
    public boolean goesOn() {
        return false;
    }

    @Override
    public Description description() {
        Path made = folder;
        return new Description(
                "parity",
                names.stream()
                        .map(name -> new Row(name.toString(), name.toString(), Map.of()))
                        .toList(),
                null,
                STEPS,
                null,
                made == null ? List.of() : List.of(made.getFileName().toString()));
    }

    @Override
    public @Nullable String run(Journal journal, StopSignal stop) {
        Recipe preset = Recipe.HARMONIZED;
        Dataset data = Datasets.open(preset.dataset());
        Recipe recipe = data.fit(preset);
        Images train = data.limit(recipe.trainLimit(), recipe.testLimit()).train();
        String engines = names.stream().map(EngineName::toString).collect(Collectors.joining(","));
        List<String> words = List.of("parity", "--engines", engines);
        Parity.Plan plan = new Parity.Plan("tandem " + String.join(" ", words), recipe, names, null, null, 0, STEPS);
        try (RunDirectory directory = RunDirectory.create(null, "parity");
                ProgressStream progress = new ProgressStream(new Told(journal))) {
            folder = directory.path();
            directory.add(Instant.now(), words);
            Parity parity = Parity.run(plan, workers.of(1, progress, stop), train, directory);
            if (!stop.raised()) {
                parity.engines().forEach(engine -> tell(engine, journal));
                Reports.write(directory);
            }
        }
        return null;
    }

    private static void tell(ProvedEngine engine, Journal journal) {
        Map<String, @Nullable Object> verdict = new TreeMap<>();
        verdict.put("row", engine.engine().toString());
        verdict.put("passes", engine.passed());
        if (engine.status() != Status.DONE || engine.states().isEmpty()) {
            verdict.put("sentence", engine.failure());
        } else {
            Check worst = engine.states().stream()
                    .flatMap(state -> state.checks().stream())
                    .max((a, b) -> Double.compare(a.error() / a.limit(), b.error() / b.limit()))
                    .orElseThrow();
            String quantity = worst.quantity().toString();
            verdict.put("worst", quantity.equals(worst.tensor()) ? quantity : quantity + " of " + worst.tensor());
            verdict.put("error", worst.error());
            verdict.put("limit", worst.limit());
            verdict.put(
                    "sentence",
                    engine.passed()
                            ? "every number is within its limit"
                            : Objects.requireNonNullElse(
                                    engine.diverging() == null
                                            ? engine.failure()
                                            : engine.diverging().hint(),
                                    "a number is over its limit"));
        }
        journal.add("verdict", verdict);
    }

    /** Makes events of progress. */
    private static final class Told implements Consumer<Progress> {
        private final Journal journal;

        Told(Journal journal) {
            this.journal = journal;
        }

        @Override
        public void accept(Progress progress) {
            switch (progress) {
                case Progress.Reference(String what, int done, int total) ->
                    journal.add("reference", Map.of("what", what, "done", done, "total", total));
                case Progress.Proving(String row, int done, int total) ->
                    journal.add("proved", Map.of("row", row, "proof", done, "proofs", total));
                case Progress.Diverging(String row, int step, double distance, double noise) ->
                    journal.add("divergence", Map.of("row", row, "points", List.of(List.of(step, distance, 0, noise))));
                case Progress.Missing(String row, Status status, String reason) ->
                    journal.add("missing", Map.of("row", row, "status", status.toString(), "reason", reason));
                case Progress.Notice(String sentence) -> journal.add("notice", Map.of("sentence", sentence));
                // What only other commands tell, and what a page has no use for.
                default -> {}
            }
        }
    }
}
