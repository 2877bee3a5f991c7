package tandem.app;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;
import tandem.core.data.DownloadProgress;
import tandem.core.engine.Library;
import tandem.lab.EngineName;
import tandem.lab.EngineResult;
import tandem.lab.EngineResult.Status;
import tandem.lab.bench.BenchWatcher;
import tandem.lab.parity.EngineParity;
import tandem.lab.parity.ParityWatcher;
import tandem.lab.predict.PredictWatcher;
import tandem.lab.study.StudyWatcher;
import tandem.lab.study.TrialResult;
import tandem.lab.worker.Event;

/**
 * Shows work as it goes: a line for each thing done on standard output, and on a terminal a progress bar on standard
 * error below them.
 */
final class ConsoleWatcher
        implements BenchWatcher, ParityWatcher, PredictWatcher, StudyWatcher, DownloadProgress, AutoCloseable {
    private static final int DEFAULT_COLUMNS = 80;

    private final int batchSize;
    private final PrintStream lines;
    private ProgressBar bar;
    private String barName = "";
    private int imagesPerEpoch;

    /**
     * A watcher.
     *
     * @param batchSize images of a step
     */
    ConsoleWatcher(int batchSize) {
        this(batchSize, System.out);
    }

    /**
     * A watcher whose lines do not go to standard output, which holds a document.
     *
     * @param batchSize images of a step
     * @param lines receives a line for each thing done
     */
    ConsoleWatcher(int batchSize, PrintStream lines) {
        this.batchSize = batchSize;
        this.lines = lines;
    }

    /** The launcher knows whether standard error is a terminal; Java knows it only of input and output together. */
    private static boolean terminal() {
        return Boolean.getBoolean("tandem.terminal");
    }

    // Fetching

    @Override
    public void fetching(List<String> jars) {
        line("fetching, once: %s".formatted(String.join(", ", jars)));
    }

    @Override
    public void progress(long bytes, long total) {
        show("fetching", bytes, total, " MB", 1_000_000);
    }

    @Override
    public void fetched(String jar, String size) {
        line("fetched %s (%s)".formatted(jar, size));
    }

    @Override
    public void at(String file, long done, long total) {
        if (done == total) {
            line("fetched %s (%s)".formatted(file, Sizes.megabytes(total)));
        } else {
            show(file, done, total, " MB", 1_000_000);
        }
    }

    // Training

    @Override
    public void working(EngineName engine, long pid) {
        line("%s: starting, process %d".formatted(engine, pid));
    }

    @Override
    public void event(EngineName engine, Event event) {
        switch (event) {
            case Event.Ready ready -> {
                imagesPerEpoch = ready.imagesPerEpoch();
                ready(
                        engine.toString(),
                        ready.library(),
                        ready.startupSeconds(),
                        ready.firstStep() == 0 ? "" : ", going on at step " + ready.firstStep());
                long perEpoch = Math.ceilDiv(imagesPerEpoch, batchSize);
                close();
                begin(
                        engine.toString(),
                        ready.steps() / perEpoch * imagesPerEpoch,
                        images(ready.firstStep()),
                        " images",
                        1);
            }
            case Event.Step step -> {
                if (bar != null) {
                    bar.setExtraMessage(String.format(Locale.ROOT, " epoch %d, loss %.4f", step.epoch(), step.loss()));
                    bar.stepTo(images(step.step() + 1));
                }
            }
            case Event.Evaluating evaluating -> {
                if (bar != null) {
                    bar.setExtraMessage(" testing %d/%d".formatted(evaluating.done(), evaluating.total()));
                }
            }
            case Event.Epoch epoch ->
                line(String.format(
                        Locale.ROOT,
                        "%s: epoch %d, train loss %.4f, test loss %.4f, test accuracy %.2f%%, %.1f s, %,.0f images/s",
                        engine,
                        epoch.epoch(),
                        epoch.trainLoss(),
                        epoch.testLoss(),
                        100 * epoch.testAccuracy(),
                        epoch.seconds(),
                        epoch.imagesPerSecond()));
            case Event.Done _, Event.Interrupted _, Event.Failed _ -> close();
            case Event.Answer _ -> {}
        }
    }

    private void ready(String name, Library library, double startupSeconds, String more) {
        line(String.format(
                Locale.ROOT,
                "%s: %s %s on %s, %d %s, ready after %.1f s%s",
                name,
                library.name(),
                library.version(),
                library.device(),
                library.threads(),
                library.threads() == 1 ? "thread" : "threads",
                startupSeconds,
                more));
    }

    /** Images seen after so many steps; the last batch of an epoch may be smaller. */
    private long images(long steps) {
        long perEpoch = Math.ceilDiv(imagesPerEpoch, batchSize);
        return steps / perEpoch * imagesPerEpoch + steps % perEpoch * batchSize;
    }

    @Override
    public void ended(EngineResult result) {
        close();
        if (result.failure() != null) {
            line("%s: %s: %s".formatted(result.engine(), result.status(), result.failure()));
        }
    }

    // Measuring

    @Override
    public void started(String row, long pid) {
        line("%s: starting, process %d".formatted(row, pid));
    }

    @Override
    public void prepared(String row, Library library, double startupSeconds) {
        ready(row, library, startupSeconds, "");
    }

    @Override
    public void warm(String row, int steps, double seconds) {
        line(String.format(Locale.ROOT, "%s: warmed up, %d steps in %.1f s", row, steps, seconds));
    }

    @Override
    public void measuring(String row, String what, int turn, int turns) {
        show("measuring", turn, turns, "", 1);
        if (bar != null) {
            bar.setExtraMessage(" %s: %s".formatted(row, what));
        }
    }

    @Override
    public void measured(int round, int rounds, SequencedMap<String, Double> medians) {
        line("round %d of %d, ms/step: %s"
                .formatted(
                        round,
                        rounds,
                        medians.entrySet().stream()
                                .map(row -> String.format(Locale.ROOT, "%s %.2f", row.getKey(), row.getValue()))
                                .collect(Collectors.joining(", "))));
    }

    @Override
    public void missing(String row, Status status, String reason) {
        line("%s: %s".formatted(row, status == Status.UNAVAILABLE ? reason : status + ": " + reason));
    }

    @Override
    public void reached(EngineName engine, long seed, Double seconds, int epochs, Double testAccuracy) {
        close();
        if (testAccuracy != null) {
            line(String.format(
                    Locale.ROOT,
                    "%s, seed %d: %s at %.2f%% after epoch %d",
                    engine,
                    seed,
                    seconds == null ? "not there yet," : String.format(Locale.ROOT, "%.1f s from nothing,", seconds),
                    100 * testAccuracy,
                    epochs));
        }
    }

    // Proving

    @Override
    public void reference(String what, int done, int total) {
        show("reference", done, total, " steps", 1);
        if (bar != null) {
            bar.setExtraMessage(" " + what);
        }
        if (done == total) {
            close();
        }
    }

    @Override
    public void step(EngineName engine, int done, int total) {
        show(engine.toString(), done, total, " steps", 1);
    }

    @Override
    public void judged(EngineParity engine) {
        close();
        if (engine.status() != Status.DONE) {
            missing(engine.engine().toString(), engine.status(), engine.failure());
        } else {
            line("%s: %s".formatted(engine.engine(), engine.passed() ? "passed" : "FAILED"));
        }
    }

    // Many trials

    @Override
    public void begin(int done, int trials) {
        if (done > 0) {
            line("%d of %d trials are done already".formatted(done, trials));
        }
        show("trials", done, trials, "", 1);
    }

    @Override
    public void epoch(String arm, long seed, Event.Epoch epoch) {
        if (bar != null) {
            bar.setExtraMessage(" %s, seed %d: epoch %d".formatted(arm, seed, epoch.epoch()));
        }
    }

    @Override
    public void over(TrialResult trial, int done, int trials, Double secondsLeft) {
        show("trials", done, trials, "", 1);
        line(String.format(
                Locale.ROOT,
                "trial %d of %d: %s, seed %d: %s%s",
                done,
                trials,
                trial.arm(),
                trial.seed(),
                trial.status() == Status.DONE
                        ? String.format(Locale.ROOT, "%.2f%%, %.1f s", 100 * trial.testAccuracy(), trial.seconds())
                        : trial.status() + ": " + trial.failure(),
                secondsLeft == null || done == trials ? "" : "; " + left(secondsLeft)));
    }

    private static String left(double seconds) {
        if (seconds < 90) {
            return "about %d s left".formatted(Math.round(seconds));
        }
        return seconds < 90 * 60
                ? "about %d min left".formatted(Math.round(seconds / 60))
                : String.format(Locale.ROOT, "about %.1f h left", seconds / 3600);
    }

    // Predicting

    @Override
    public void asking(EngineName engine, int turn, int turns) {
        show("asking", turn, turns, "", 1);
        if (bar != null) {
            bar.setExtraMessage(" " + engine);
        }
    }

    // The bar

    private void show(String name, long done, long total, String unit, long unitSize) {
        if (bar == null || !barName.equals(name)) {
            close();
            begin(name, total, 0, unit, unitSize);
        }
        if (bar != null) {
            bar.maxHint(total);
            bar.stepTo(done);
        }
    }

    private void begin(String name, long total, long from, String unit, long unitSize) {
        if (terminal()) {
            barName = name;
            ProgressBarBuilder builder = new ProgressBarBuilder();
            if (!unit.isEmpty()) {
                builder.setUnit(unit, unitSize).showSpeed();
            }
            bar = builder.setTaskName(name)
                    .setInitialMax(total)
                    .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new BottomLine())
                    .startsFrom(from, Duration.ZERO)
                    .build();
        }
    }

    private void line(String text) {
        if (bar != null) {
            synchronized (System.err) {
                System.err.print(BottomLine.CLEAR);
                System.err.flush();
                lines.println(text);
                lines.flush();
            }
            bar.refresh();
        } else {
            lines.println(text);
        }
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    /** The terminal's last line, drawn over and over and cleared at the end. */
    private static final class BottomLine implements ProgressBarConsumer {
        static final String CLEAR = "\r\u001B[K";

        @Override
        public int getMaxRenderedLength() {
            return Integer.getInteger("tandem.columns", DEFAULT_COLUMNS) - 1;
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
