package tandem.app;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import tandem.lab.EngineResult.Status;
import tandem.lab.RunDirectory;
import tandem.lab.StopSignal;
import tandem.lab.parity.EngineParity;
import tandem.lab.parity.EngineParity.Against;
import tandem.lab.parity.EngineParity.Diverging;
import tandem.lab.parity.Parity;
import tandem.lab.report.Reports;

/** The end of a proof on the screen: verdicts, trajectories, and where the files are. */
final class ParityReport {
    private ParityReport() {}

    /**
     * Prints the report.
     *
     * @param page whether to write report.html
     * @param unavailableIsFine whether an engine that does not run here was not asked for by name
     * @return the exit code
     */
    static int print(Parity parity, RunDirectory directory, boolean page, boolean unavailableIsFine, StopSignal stop) {
        List<EngineParity> done = parity.engines().stream()
                .filter(engine -> engine.status() == Status.DONE)
                .toList();
        System.out.println();
        System.out.println(Tables.of(parity.engines(), proof()));
        if (!parity.proofs().isEmpty()) {
            System.out.println();
            about(parity);
        }
        done.stream().filter(engine -> !engine.passed()).forEach(ParityReport::explain);
        if (parity.against() != null) {
            against(parity, done);
        }
        if (!done.isEmpty()) {
            trajectories(parity, done);
        }
        System.out.println();
        if (page) {
            System.out.println("Report: " + Reports.write(directory));
        }
        System.out.println(directory.path());
        if (stop.raised()) {
            return 130;
        }
        boolean fine = parity.engines().stream()
                .allMatch(engine -> engine.passed() || unavailableIsFine && engine.status() == Status.UNAVAILABLE);
        boolean alike = done.stream()
                .allMatch(engine -> engine.against() == null || engine.against().passed());
        return fine && alike ? 0 : 1;
    }

    // ---- the proof

    private static List<ColumnData<EngineParity>> proof() {
        List<ColumnData<EngineParity>> columns = new ArrayList<>();
        columns.add(Tables.text("engine", engine -> engine.engine().toString()));
        columns.add(Tables.number("logits", "%.1e", EngineParity::logitsError));
        columns.add(Tables.right("gradient, worst", engine -> worst(engine.gradientRelativeError())));
        columns.add(Tables.right("accumulators, worst", engine -> worst(engine.stateRelativeError())));
        columns.add(Tables.right("update, worst", engine -> worst(engine.parameterRelativeError())));
        columns.add(Tables.text("first diverging", engine -> orDash(engine.firstDivergingTensor())));
        columns.add(Tables.text("verdict", ParityReport::verdict));
        columns.add(Tables.text("library", engine -> engine.library() + " " + engine.libraryVersion()));
        return columns;
    }

    private static String worst(SequencedMap<String, Double> errors) {
        if (errors.isEmpty()) {
            return "-";
        }
        Map.Entry<String, Double> worst = EngineParity.largest(errors);
        return String.format(Locale.ROOT, "%.1e %-12s", worst.getValue(), worst.getKey());
    }

    private static String orDash(String text) {
        return text == null ? "-" : text;
    }

    private static String verdict(EngineParity engine) {
        return engine.status() != Status.DONE ? engine.status().toString() : engine.passed() ? "passed" : "FAILED";
    }

    private static void about(Parity parity) {
        System.out.println(
                "Single steps from the reference's states after %s steps, batches of %d images; %s images passed over, as a choice of max-pool or ReLU was undecided."
                        .formatted(
                                each(parity, Parity.Proof::afterSteps),
                                parity.proofs().getFirst().images(),
                                each(parity, Parity.Proof::passedOver)));
        parity.proofs().stream()
                .filter(proof -> !proof.decided())
                .forEach(proof -> System.out.println(String.format(
                        Locale.ROOT,
                        "After %d steps no batch of images with decided choices was found (margin %.1e): there a right engine may fail.",
                        proof.afterSteps(),
                        proof.margin())));
    }

    private static String each(Parity parity, Function<Parity.Proof, Integer> figure) {
        return parity.proofs().stream().map(figure).map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static void explain(EngineParity engine) {
        if (engine.failure() != null) {
            System.out.println("%s: %s".formatted(engine.engine(), engine.failure()));
        }
        if (engine.diverging() != null) {
            Diverging first = engine.diverging();
            System.out.println(String.format(
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

    // ---- one engine against another

    private static void against(Parity parity, List<EngineParity> done) {
        List<Against> rows = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (EngineParity engine : done) {
            if (engine.against() != null) {
                rows.add(engine.against());
                names.add(engine.engine().toString());
            }
        }
        if (rows.isEmpty()) {
            return;
        }
        List<ColumnData<Against>> columns = new ArrayList<>();
        columns.add(Tables.text("against " + parity.against(), row -> names.get(rows.indexOf(row))));
        columns.add(Tables.number("logits", "%.1e", Against::logitsError));
        columns.add(Tables.right("gradient, worst", row -> worst(row.gradientRelativeError())));
        columns.add(Tables.right("accumulators, worst", row -> worst(row.stateRelativeError())));
        columns.add(Tables.right("update, worst", row -> worst(row.parameterRelativeError())));
        columns.add(Tables.text("first diverging", row -> orDash(row.firstDivergingTensor())));
        columns.add(Tables.text("verdict", row -> row.passed() ? "equal" : "DIFFERENT"));
        System.out.println();
        System.out.println(Tables.of(rows, columns));
        System.out.println();
        System.out.println("Limits are twice those of the proof, as both engines round.");
    }

    // ---- trajectories

    /** A row: the twins or an engine. */
    private record Trajectory(String name, List<Double> distances, Double parameters) {}

    private static void trajectories(Parity parity, List<EngineParity> done) {
        List<Trajectory> rows = new ArrayList<>();
        rows.add(new Trajectory("one rounding", parity.noise(), parity.parameterNoise()));
        for (EngineParity engine : done) {
            List<Double> distances = new ArrayList<>();
            for (int step = 0; step < parity.steps(); step++) {
                distances.add(Math.abs(
                        engine.loss().get(step) - parity.lossReference().get(step)));
            }
            rows.add(new Trajectory(engine.engine().toString(), distances, engine.parameterDistance()));
        }
        List<ColumnData<Trajectory>> columns = new ArrayList<>();
        columns.add(Tables.text("loss, distance", Trajectory::name));
        for (int step : shown(parity.steps())) {
            columns.add(
                    Tables.number("step " + step, "%.1e", row -> row.distances().get(step)));
        }
        columns.add(Tables.number("parameters at the end", "%.1e", Trajectory::parameters));
        System.out.println();
        System.out.println(Tables.of(rows, columns));
        System.out.println();
        System.out.println(
                "Distance from the reference's loss (%.4f at step 0, %.4f at step %d); parameters relative to how far it moved. First row: the most that %s made of it by moving each initial parameter to the next float32 number."
                        .formatted(
                                parity.lossReference().getFirst(),
                                parity.lossReference().getLast(),
                                parity.steps() - 1,
                                "the reference itself"));
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
}
