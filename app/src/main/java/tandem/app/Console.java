package tandem.app;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.data.DownloadProgress;
import tandem.core.engine.Library;
import tandem.lab.page.Numbers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.worker.protocol.Event;

/**
 * Shows progress on a terminal: a line for each thing done on standard output, and a progress bar on standard error
 * below them.
 */
final class Console implements Consumer<Progress>, AutoCloseable {
    private final int batchSize;
    private final PrintStream lines;
    private final boolean document;
    private final boolean quiet;
    private @Nullable ProgressBar bar;
    private String barName = "";
    private int imagesPerEpoch;
    private long epochs;

    /** Whether rows of engines that have ended stand in a table above the bar, and not in lines. */
    private boolean table;

    private final List<Progress.Trained> rows = new ArrayList<>();
    /** Lines of the terminal, above the bar, that the table takes now. */
    private int tableLines;

    /**
     * Lines for each thing done go to {@code lines}: not standard output where that holds a document, beside which a
     * worker's start is not worth a line.
     *
     * @param quiet whether only what is missing or unexpected is worth one, on standard error
     */
    Console(int batchSize, PrintStream lines, boolean quiet) {
        this.batchSize = batchSize;
        this.lines = quiet ? System.err : lines;
        this.quiet = quiet;
        document = this.lines == System.err;
    }

    /** Shows, on a terminal, a table that grows by a row whenever an engine has trained. */
    Console inTable() {
        table = Screen.output() && Screen.errors() && !document;
        return this;
    }

    /** The download of a dataset as progress; it ends when the signal is raised. */
    static DownloadProgress downloads(String dataset, Consumer<Progress> progress, StopSignal stop) {
        return new DownloadProgress() {
            private boolean waited;

            @Override
            public void at(String file, long done, long total) {
                progress.accept(
                        done == total
                                ? new Progress.Fetched(file, total, true)
                                : new Progress.Transferred(file, done, total));
                endIfAsked();
            }

            @Override
            public void waiting(OptionalLong holder) {
                if (!waited) {
                    waited = true;
                    progress.accept(new Progress.Waiting(
                            "the dataset " + dataset, holder.isPresent() ? holder.getAsLong() : null));
                }
                endIfAsked();
            }

            private void endIfAsked() {
                if (stop.raised()) {
                    throw new Failure("interrupted while %s was fetched; the next time it goes on".formatted(dataset));
                }
            }
        };
    }

    @Override
    public void accept(Progress progress) {
        if (!quiet || progress instanceof Progress.Missing || progress instanceof Progress.Notice) {
            show(progress);
        }
    }

    private void show(Progress progress) {
        switch (progress) {
            case Progress.Fetching(var files) -> line("fetching, once: " + String.join(", ", files));
            case Progress.Transferred(String file, long bytes, long total) ->
                show(file, bytes, total, "MB", 1_000_000, null);
            case Progress.Fetched(String file, long bytes, boolean verified) ->
                line(
                        "fetched %s (%s%s)",
                        file, Sizes.megabytes(bytes), verified ? "" : "; not verified: Tandem knows no checksum of it");
            case Progress.Waiting(String what, Long pid) ->
                line("waiting for %s, which works on %s"
                        .formatted(pid == null ? "another process" : "process " + pid, what));
            case Progress.Unpacking(String engine) ->
                line("%s: starting for the first time, which unpacks its natives".formatted(engine));
            case Progress.Started(String row, long _) -> {
                if (Screen.output() && !document) {
                    show(row, 0, 0, "images", 1, "starting");
                } else if (!document) {
                    line("%s: starting".formatted(row));
                }
            }
            case Progress.Prepared(String row, Library library, double seconds) -> ready(row, library, seconds, "");
            case Progress.Told(String row, Long seed, Event.News news) -> {
                if (seed == null) {
                    told(row, news);
                } else if (news instanceof Event.Epoch epoch) {
                    message("%s, seed %s: epoch %s".formatted(row, seed, epoch.epoch()));
                }
            }
            case Progress.Ended _ -> closeBar();
            case Progress.Trained row -> {
                if (table) {
                    erase();
                    rows.add(row);
                    draw();
                }
            }
            case Progress.Missing(String row, Status status, String reason) ->
                line("%s: %s: %s".formatted(row, status, reason));
            case Progress.Notice(String sentence) -> line("note: " + sentence);
            case Progress.Trials(int done, int trials) -> {
                if (done > 0) {
                    line("%s of %s trials are done already".formatted(done, trials));
                }
                show("trials", done, trials, "", 1, null);
            }
            case Progress.TrialOver over -> over(over);
            case Progress.Measuring(String row, String what, int turn, int turns) ->
                show("measuring", turn, turns, "", 1, "%s: %s".formatted(row, what));
            case Progress.Warm(String row, int steps, double seconds) ->
                line("%s: warmed up, %d steps in %.1f s", row, steps, seconds);
            case Progress.Round(int round, int rounds, var medians) ->
                line("round %d of %d, ms/step: %s", round, rounds, listed(medians));
            case Progress.Swept(String point, var medians) -> line("%s, ms/step: %s", point, listed(medians));
            case Progress.Reached reached -> reached(reached);
            case Progress.Reference(String what, int done, int total) -> {
                show("reference", done, total, "steps", 1, what);
                if (done == total) {
                    closeBar();
                }
            }
            case Progress.Proving(String row, int done, int total) -> show(row, done, total, "steps", 1, null);
            case Progress.Diverging _ -> {}
            case Progress.Judged(String row, boolean passed) -> {
                closeBar();
                line("%s: %s".formatted(row, passed ? "passed" : "FAILED"));
            }
            case Progress.Asking(String row, int turn, int turns) -> show("asking", turn, turns, "", 1, row);
        }
    }

    private void told(String row, Event.News news) {
        switch (news) {
            case Event.Ready ready -> {
                imagesPerEpoch = ready.imagesPerEpoch();
                ready(
                        row,
                        ready.library(),
                        ready.startupSeconds(),
                        ready.firstStep() == 0 ? "" : ", going on at step " + ready.firstStep());
                epochs = ready.steps() / Math.ceilDiv(imagesPerEpoch, batchSize);
                closeBar();
                begin(row, epochs * imagesPerEpoch, images(ready.firstStep()), "images", 1);
            }
            case Event.Step step -> {
                if (epochs > 1) {
                    message("epoch %d/%d, loss %.3f", step.epoch(), epochs, step.loss());
                } else {
                    message("loss %.3f", step.loss());
                }
                if (bar != null) {
                    bar.stepTo(images(step.step() + 1));
                }
            }
            case Event.Tested tested ->
                message(
                        "step %d, %.2f%% of %d test images",
                        tested.step(), 100 * tested.testAccuracy(), tested.images());
            case Event.Evaluating(int done, int total) -> message("testing %s/%s".formatted(done, total));
            case Event.Epoch epoch -> {
                if (!table) {
                    line(
                            "%s: epoch %d, train loss %.4f, test loss %.4f, test accuracy %.2f%%, %.1f s, %,.0f images/s",
                            row,
                            epoch.epoch(),
                            epoch.trainLoss(),
                            epoch.testLoss(),
                            100 * epoch.testAccuracy(),
                            epoch.seconds(),
                            epoch.imagesPerSecond());
                }
            }
            case Event.Proved _ -> {}
        }
    }

    private void ready(String row, Library library, double startupSeconds, String more) {
        if (!table) {
            line(
                    "%s: %s %s on %s, %s, ready after %.1f s%s",
                    row,
                    library.name(),
                    library.version(),
                    library.device(),
                    Numbers.of(library.threads(), "thread"),
                    startupSeconds,
                    more);
        }
    }

    /** Images seen after a number of steps; the last batch of an epoch may be smaller. */
    private long images(long steps) {
        long perEpoch = Math.ceilDiv(imagesPerEpoch, batchSize);
        return steps / perEpoch * imagesPerEpoch + steps % perEpoch * batchSize;
    }

    private void over(Progress.TrialOver trial) {
        show("trials", trial.done(), trial.trials(), "", 1, null);
        Double seconds = trial.done() == trial.trials() ? null : trial.secondsLeft();
        line(
                "trial %d of %d: %s, seed %d: %s%s",
                trial.done(),
                trial.trials(),
                trial.row(),
                trial.seed(),
                trial.testAccuracy() == null
                        ? trial.status() + ": " + trial.failure()
                        : String.format(Locale.ROOT, "%.2f%%, %.1f s", 100 * trial.testAccuracy(), trial.seconds()),
                seconds == null ? "" : "; " + Numbers.timeLeft(seconds));
    }

    private static String listed(Map<String, Double> medians) {
        return medians.entrySet().stream()
                .map(row -> "%s %s".formatted(row.getKey(), Numbers.of(row.getValue(), 2)))
                .collect(Collectors.joining(", "));
    }

    private void reached(Progress.Reached reached) {
        closeBar();
        if (reached.testAccuracy() != null) {
            String when =
                    reached.seconds() == null ? "not there yet" : Numbers.of(reached.seconds(), 1) + " s from nothing";
            line(
                    "%s, seed %d: %s, at %.2f%% after epoch %d",
                    reached.row(), reached.seed(), when, 100 * reached.testAccuracy(), reached.epochs());
        }
    }

    // The bar

    /** @param message behind the bar, or null to leave what is there */
    private void show(String name, long done, long total, String unit, long unitSize, @Nullable String message) {
        if (bar == null || !barName.equals(name)) {
            closeBar();
            begin(name, total, 0, unit, unitSize);
        }
        if (bar != null) {
            bar.maxHint(total);
            bar.stepTo(done);
        }
        if (message != null) {
            message(message);
        }
    }

    private void message(String format, Object... values) {
        if (bar != null) {
            bar.setExtraMessage(" " + (values.length == 0 ? format : String.format(Locale.ROOT, format, values)));
        }
    }

    private void begin(String name, long total, long from, String unit, long unitSize) {
        if (Screen.errors() && !quiet) {
            barName = name;
            bar = new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(total)
                    .setRenderer(new ProgressLine(unit, unitSize, Screen.colours()))
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new BottomLine())
                    .startsFrom(from, Duration.ZERO)
                    .build();
        }
    }

    private void line(String format, Object... values) {
        line(String.format(Locale.ROOT, format, values));
    }

    private void line(String text) {
        erase();
        lines.println(document ? text : Screen.text(text));
        lines.flush();
        draw();
    }

    /** Clears the last lines of the terminal: the bar, and the table above it. */
    private void erase() {
        if (bar != null || tableLines > 0) {
            synchronized (System.err) {
                System.err.print(BottomLine.CLEAR + BottomLine.CLEAR_ABOVE.repeat(tableLines));
                System.err.flush();
                tableLines = 0;
            }
        }
    }

    /** Draws the table and the bar below all that was printed. */
    private void draw() {
        if (!rows.isEmpty()) {
            synchronized (System.err) {
                String text = GrowingTable.of(rows);
                System.err.println(text);
                System.err.flush();
                tableLines = (int) text.lines().count();
            }
        }
        if (bar != null) {
            bar.refresh();
        }
    }

    /** Takes the bar away. */
    private void closeBar() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    /** Takes the bar and the table away. */
    @Override
    public void close() {
        closeBar();
        erase();
        rows.clear();
    }

    /** The terminal's last line, drawn over and over and cleared at the end. */
    private static final class BottomLine implements ProgressBarConsumer {
        static final String CLEAR = "\r\u001B[K";
        static final String CLEAR_ABOVE = "\u001B[1A\u001B[2K";

        @Override
        public int getMaxRenderedLength() {
            return Screen.columns() - 1;
        }

        @Override
        public void accept(String rendered) {
            synchronized (System.err) {
                System.err.print("\r" + rendered);
                System.err.flush();
            }
        }

        @Override
        public void clear() {
            accept("\u001B[K");
        }

        @Override
        public void close() {
            clear();
        }
    }
}
