package tandem.lab.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import tandem.worker.protocol.Event;

/**
 * Losses of many steps as curves of few points. Consecutive steps are taken together; of each such group the smallest
 * and the largest loss are kept, at their own steps, so that no peak is lost. Means are taken over all steps before any
 * is left out.
 *
 * @param group steps that are taken together, 1 if all are drawn
 * @param window steps of a mean
 */
record LossCurves(int group, int window) {
    private static final int ALL_DRAWN = 1000;
    private static final int GROUPS = 500;
    private static final int WINDOWS = 50;

    /** Curves over a number of steps, the same for all engines. */
    static LossCurves of(int steps) {
        return new LossCurves(
                steps <= ALL_DRAWN ? 1 : Math.ceilDiv(steps, GROUPS), Math.max(1, Math.ceilDiv(steps, WINDOWS)));
    }

    /** Losses as they are: step, loss. */
    List<double[]> raw(List<Event.Step> steps) {
        List<double[]> points = new ArrayList<>();
        for (int from = 0; from < steps.size(); from += group) {
            int least = from;
            int most = from;
            for (int i = from; i < Math.min(from + group, steps.size()); i++) {
                least = steps.get(i).loss() < steps.get(least).loss() ? i : least;
                most = steps.get(i).loss() > steps.get(most).loss() ? i : most;
            }
            points.add(point(steps.get(Math.min(least, most))));
            if (least != most) {
                points.add(point(steps.get(Math.max(least, most))));
            }
        }
        return points;
    }

    private static double[] point(Event.Step step) {
        return new double[] {step.step(), rounded(step.loss())};
    }

    /** The mean loss of the last {@link #window} steps, or of as many as there are: step, loss. */
    List<double[]> smooth(List<Event.Step> steps) {
        List<double[]> points = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < steps.size(); i++) {
            sum += steps.get(i).loss();
            if (i >= window) {
                sum -= steps.get(i - window).loss();
            }
            if ((i + 1) % group == 0 || i == steps.size() - 1) {
                points.add(new double[] {steps.get(i).step(), rounded(sum / Math.min(i + 1, window))});
            }
        }
        return points;
    }

    /** The largest distance between two engines' losses of a step, in each group of steps: step, distance. */
    static List<double[]> distance(List<Event.Step> a, List<Event.Step> b) {
        int count = Math.min(a.size(), b.size());
        int group = Math.ceilDiv(Math.max(count, 1), GROUPS);
        List<double[]> points = new ArrayList<>();
        for (int from = 0; from < count; from += group) {
            double most = 0;
            int at = from;
            for (int i = from; i < Math.min(from + group, count); i++) {
                double distance = Math.abs(a.get(i).loss() - b.get(i).loss());
                if (distance > most) {
                    most = distance;
                    at = i;
                }
            }
            // Equal losses have no place on a logarithmic axis.
            if (most > 0) {
                points.add(new double[] {a.get(at).step(), rounded(most)});
            }
        }
        return points;
    }

    /** Learning rates where they change, and at the end: step, rate. */
    static List<double[]> learningRate(List<Event.Step> steps) {
        int group = Math.ceilDiv(Math.max(steps.size(), 1), GROUPS);
        List<double[]> points = new ArrayList<>();
        double last = Double.NaN;
        for (int i = 0; i < steps.size(); i++) {
            Event.Step step = steps.get(i);
            boolean end = i == steps.size() - 1;
            boolean first = i == 0 || step.epoch() != steps.get(i - 1).epoch();
            if (step.learningRate() != last && (first || i % group == 0) || end) {
                points.add(new double[] {step.step(), rounded(step.learningRate())});
                last = step.learningRate();
            }
        }
        return points;
    }

    /** Four digits: more than a chart can show. */
    static double rounded(double value) {
        return new BigDecimal(value).round(new MathContext(4)).doubleValue();
    }
}
