package tandem.lab.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tandem.lab.parity.ProvedEngine.Against;
import tandem.lab.progress.Status;
import tandem.lab.table.Column;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.Table;

/** The tables of a proof, and what they say in sentences. */
public final class ParityTables {
    private ParityTables() {}

    /** A row of the comparison with one engine. */
    public record Compared(String engine, Against against) {}

    /** A row of the trajectories: the twins, or an engine. */
    public record Trajectory(
            String name, List<Double> distances, @Nullable Double parameters) {}

    /** A row for each engine: how its single steps compare with the reference's. */
    public static Table<ProvedEngine> proof(Parity parity) {
        return new Table<>(
                List.of(
                        Column.words("engine", "Engine", ProvedEngine::engine),
                        Column.figures("logits", "Logits", "worst error", engine -> error(engine.logitsError())),
                        worst("gradient", "Gradient", ProvedEngine::gradientRelativeError),
                        worst("accumulators", "Accumulators", ProvedEngine::stateRelativeError),
                        worst("update", "Update", ProvedEngine::parameterRelativeError),
                        Column.words("first diverging", "Differs first in", ProvedEngine::firstDivergingTensor),
                        Column.words("verdict", "Verdict", ParityTables::verdict),
                        Column.<ProvedEngine>words(
                                        "library",
                                        "Library",
                                        engine -> engine.library() + " " + engine.libraryVersion())
                                .asExtra()),
                parity.engines());
    }

    /** A row for each engine that was compared with another one. */
    public static Table<Compared> against(Parity parity) {
        return new Table<>(
                List.of(
                        Column.words("against " + parity.against(), "Against " + parity.against(), Compared::engine),
                        Column.figures("logits", "Logits", "worst error", row -> error(row.against.logitsError())),
                        worst("gradient", "Gradient", row -> row.against.gradientRelativeError()),
                        worst("accumulators", "Accumulators", row -> row.against.stateRelativeError()),
                        worst("update", "Update", row -> row.against.parameterRelativeError()),
                        Column.words("first diverging", "Differs first in", row -> row.against.firstDivergingTensor()),
                        Column.words("verdict", "Verdict", row -> row.against.passed() ? "equal" : "DIFFERENT")),
                parity.engines().stream()
                        .filter(engine -> engine.against() != null)
                        .map(engine -> new Compared(engine.engine().toString(), engine.against()))
                        .toList());
    }

    /** A row for the twins and each engine: how far training is from the reference's. */
    public static Table<Trajectory> trajectories(Parity parity) {
        List<Trajectory> rows = new ArrayList<>();
        rows.add(new Trajectory("one rounding", parity.noise(), parity.parameterNoise()));
        for (ProvedEngine engine : parity.done()) {
            rows.add(new Trajectory(
                    engine.engine().toString(), parity.lossDistances(engine), engine.parameterDistance()));
        }
        List<Column<Trajectory>> columns = new ArrayList<>();
        columns.add(Column.words("loss, distance", "Engine", Trajectory::name));
        for (int step : shown(parity.steps())) {
            columns.add(Column.<Trajectory>figures(
                            "step " + step, "Step " + step, null, row -> error(row.distances.get(step)))
                    .only(Medium.TERMINAL)
                    .asExtra());
        }
        columns.add(Column.figures(
                "parameters at the end", "Parameters", "relative distance", row -> error(row.parameters)));
        return new Table<>(columns, rows);
    }

    /** 0, 1, 2, 5, 10, 20, 50, … and the last. */
    private static TreeSet<Integer> shown(int steps) {
        TreeSet<Integer> shown = new TreeSet<>();
        shown.add(0);
        for (int decade = 1; decade < steps; decade *= 10) {
            for (int factor : new int[] {1, 2, 5}) {
                if (factor * decade < steps) {
                    shown.add(factor * decade);
                }
            }
        }
        shown.add(steps - 1);
        return shown;
    }

    private static <R> Column<R> worst(String header, String title, Function<R, SequencedMap<String, Double>> errors) {
        return Column.<R>figures(header + ", worst", title, "worst error", row -> {
                    if (errors.apply(row).isEmpty()) {
                        return null;
                    }
                    Map.Entry<String, Double> worst = ProvedEngine.largest(errors.apply(row));
                    // Tensors begin below each other.
                    return "%s %-12s".formatted(error(worst.getValue()), worst.getKey());
                })
                .asExtra();
    }

    private static @Nullable String error(@Nullable Double error) {
        return error == null ? null : String.format(Locale.ROOT, "%.1e", error);
    }

    private static String verdict(ProvedEngine engine) {
        return engine.status() != Status.DONE ? engine.status().toString() : engine.passed() ? "passed" : "FAILED";
    }

    /** What is wrong with engines: a sentence or two for each one that did not pass. */
    public static List<String> explanations(Parity parity) {
        List<String> sentences = new ArrayList<>();
        for (ProvedEngine engine : parity.engines()) {
            if (engine.failure() != null) {
                sentences.add("%s: %s".formatted(engine.engine(), engine.failure()));
            }
            if (engine.diverging() != null) {
                ProvedEngine.Diverging first = engine.diverging();
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s differs first in %s (%s, after %d steps): error %.1e, limit %.1e. Look at: %s.",
                        engine.engine(),
                        engine.firstDivergingTensor(),
                        first.quantity(),
                        first.afterSteps(),
                        first.error(),
                        first.limit(),
                        first.hint()));
            }
        }
        return sentences;
    }
}
