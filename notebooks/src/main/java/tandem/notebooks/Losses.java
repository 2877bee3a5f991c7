package tandem.notebooks;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The loss of every training step, and a line that says how far the training is. */
public final class Losses {
    private static final long BETWEEN_LINES_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    /** Steps of the mean that the line shows. */
    private static final int RECENT = 50;

    private double[] values = new double[0];
    private int count;
    private int stepsPerEpoch = 1;
    private Consumer<String> show = line -> {};
    private long started;
    private long shown;

    /**
     * Forgets all losses and starts a training.
     *
     * @param epochs passes over the training images
     * @param stepsPerEpoch steps of each
     * @param show is given the line, three times a second at most
     */
    public void start(int epochs, int stepsPerEpoch, Consumer<String> show) {
        values = new double[epochs * stepsPerEpoch];
        count = 0;
        this.stepsPerEpoch = stepsPerEpoch;
        this.show = show;
        started = System.nanoTime();
        shown = started;
    }

    /** Adds the loss of a step. */
    public void add(double loss) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count + 1);
        }
        values[count++] = loss;
        long now = System.nanoTime();
        if (now - shown >= BETWEEN_LINES_NANOS || count == values.length) {
            shown = now;
            show.accept(line((now - started) / 1e9));
        }
    }

    /**
     * How far the training is.
     *
     * @param seconds since its start
     */
    String line(double seconds) {
        return String.format(
                Locale.ROOT,
                "epoch %d of %d, step %,d of %,d: loss %.4f, %s",
                (count - 1) / stepsPerEpoch + 1,
                Math.ceilDiv(values.length, stepsPerEpoch),
                (count - 1) % stepsPerEpoch + 1,
                stepsPerEpoch,
                mean(RECENT),
                timeLeft(seconds));
    }

    private String timeLeft(double seconds) {
        if (count == values.length) {
            return String.format(Locale.ROOT, "done after %,.1f s", seconds);
        }
        double left = seconds / count * (values.length - count);
        return left < 1 ? "almost done" : String.format(Locale.ROOT, "about %,.0f s left", left);
    }

    /** The mean loss of the last steps, or of as many as there are. */
    public double mean(int steps) {
        return Arrays.stream(values, Math.max(0, count - steps), count)
                .average()
                .orElse(Double.NaN);
    }

    /** All losses, in the order of the steps. */
    public double[] values() {
        return Arrays.copyOf(values, count);
    }
}
