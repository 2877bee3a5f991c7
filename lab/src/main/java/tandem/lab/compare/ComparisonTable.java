package tandem.lab.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tandem.lab.statistics.Proportion;
import tandem.lab.table.Column;
import tandem.lab.table.Column.Best;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.Table;

/** The table of a comparison. */
public final class ComparisonTable {
    private ComparisonTable() {}

    private static @Nullable String interval(EngineResult result) {
        Proportion accuracy = result.accuracy();
        return accuracy == null
                ? null
                : String.format(Locale.ROOT, "%.2f\u2013%.2f", 100 * accuracy.low(), 100 * accuracy.high());
    }

    /** A row for each engine. */
    public static Table<EngineResult> of(Comparison comparison) {
        List<Column<EngineResult>> columns = new ArrayList<>();
        columns.add(Column.words("engine", "Engine", EngineResult::engine));
        if (!comparison.complete()) {
            columns.add(Column.words("status", "Status", EngineResult::status).only(Medium.TERMINAL));
        }
        columns.add(Column.numbers("accuracy", "Test accuracy", "%", "%.2f", EngineResult::percentage)
                .ending("%"));
        columns.add(Column.numbers("ms/step", "Train step", "ms, median", "%,.2f", EngineResult::millisPerStepMedian)
                .best(Best.SMALLEST));
        if (comparison.engines().size() > 1) {
            columns.add(Column.numbers("vs next", "Speed", "x the next", "%.2f", comparison::ratioToFastestOther)
                    .ending("x"));
        }
        columns.add(Column.numbers("images/s", "Training", "images/s", "%,.0f", EngineResult::trainImagesPerSecond)
                .best(Best.LARGEST));
        columns.add(Column.figures("95% interval", "Test accuracy", "95% interval", ComparisonTable::interval)
                .only(Medium.PAGE));
        columns.add(
                Column.numbers("inference/s", "Prediction", "images/s", "%,.0f", EngineResult::inferenceImagesPerSecond)
                        .best(Best.LARGEST)
                        .asExtra());
        columns.add(Column.numbers("s/epoch", "Epoch", "s", "%,.1f", EngineResult::secondsPerEpoch)
                .only(Medium.TERMINAL)
                .asExtra());
        columns.add(Column.numbers("start-up s", "Start-up", "s", "%,.1f", EngineResult::startupSeconds)
                .best(Best.SMALLEST)
                .asExtra());
        columns.add(Column.numbers("peak MiB", "Peak memory", "MiB", "%,.0f", EngineResult::peakMemoryMiB)
                .best(Best.SMALLEST)
                .asExtra());
        columns.add(Column.numbers("loss", "Test loss", null, "%.4f", EngineResult::testLoss)
                .asExtra());
        columns.add(Column.<EngineResult>words(
                        "library", "Library", result -> result.library() + " " + result.libraryVersion())
                .asExtra());
        return new Table<>(columns, comparison.engines());
    }
}
