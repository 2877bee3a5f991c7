package tandem.core.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The lines that are printed on ruled and squared paper. A rule is ink along a straight line, a little slanted, from
 * one border of the picture to the other, and thin. Rules go; what crosses them stays: as music recognition removes
 * staff lines (C. Dalitz et al., A comparative study of staff removal algorithms, IEEE TPAMI 2008), a pixel of a rule
 * is kept if there is ink on both sides of it, or if it is much darker than the rule.
 */
final class Rules {
    /** Steepest rule: the tangent of 6 degrees. */
    private static final double STEEPEST = 0.105;

    /** Parts of a rule of which every one has to be there; a stroke inside the picture ends before the border. */
    private static final int PARTS = 10;

    /** Share of each part that has ink, where folds and strokes of a light pen may interrupt a rule. */
    private static final double UNBROKEN = 0.6;

    /** Ink of a rule, as a share of full ink; what is lighter does not matter to the digit. */
    private static final double LEAST = 0.12;

    /** Standard deviations of the noise that a rule's ink is above. */
    private static final double ABOVE_NOISE = 2;

    /** Widest rule, as a share of the shorter side. */
    private static final double WIDEST = 0.05;

    /** A pixel that is darker than its rule by so much of full ink is a pen's. */
    private static final double DARKER = 0.3;

    /** One rule that has less of full ink than this is not a stroke. */
    private static final double LIGHT = 0.7;

    /** One rule that is dark is none if the rest comes so near to the border, as a share of the side. */
    private static final double TIGHT = 0.04;

    private final int width;
    private final int height;
    private final Ink ink;

    private Rules(Ink ink) {
        this.ink = ink;
        width = ink.width();
        height = ink.height();
    }

    /**
     * One rule across the picture.
     *
     * @param top first row that it has at the left border
     * @param rows how many it has
     * @param slope rows that it falls for each column
     * @param strength the median of its ink
     */
    private record Rule(double top, int rows, double slope, float strength) {}

    /** The same ink without rules, across and down. */
    static Ink removed(Ink ink) {
        Ink across = new Rules(ink).without();
        return transposed(new Rules(transposed(across)).without());
    }

    private static Ink transposed(Ink ink) {
        float[] amount = new float[ink.amount().length];
        for (int i = 0; i < amount.length; i++) {
            amount[i % ink.width() * ink.height() + i / ink.width()] = ink.amount()[i];
        }
        return ink.with(ink.height(), ink.width(), amount);
    }

    private Ink without() {
        int widest = Math.max(1, (int) Math.round(WIDEST * Math.min(width, height)));
        if (width < 2 * PARTS || height < 2 * PARTS) {
            return ink;
        }
        List<Rule> rules = rules(widest);
        if (rules.isEmpty()) {
            return ink;
        }
        float[] amount = ink.amount().clone();
        for (Rule rule : rules) {
            erase(rule, amount);
        }
        Ink rest = ink.with(width, height, amount);
        boolean light = rules.stream().allMatch(rule -> rule.strength < LIGHT * ink.full());
        return light || rules.size() > 1 && leaves(rest, 0) || leaves(rest, TIGHT) ? rest : ink;
    }

    /** Whether a stroke is left, and none of it is as near to the border as this. */
    private boolean leaves(Ink rest, double margin) {
        int left = width;
        int right = 0;
        int top = height;
        int bottom = 0;
        for (int i = 0; i < rest.amount().length; i++) {
            if (rest.amount()[i] >= Pieces.CORE * ink.full()) {
                left = Math.min(left, i % width);
                right = Math.max(right, i % width + 1);
                top = Math.min(top, i / width);
                bottom = Math.max(bottom, i / width + 1);
            }
        }
        return bottom - top > height / 5
                && left >= margin * width
                && right <= width - margin * width
                && top >= margin * height
                && bottom <= height - margin * height;
    }

    private List<Rule> rules(int widest) {
        float least = (float) Math.max(LEAST * ink.full(), ABOVE_NOISE * ink.noise());
        // The number of inked pixels up to each column of a row: any part of a row is counted by two of them.
        int[] sums = new int[(width + 1) * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                sums[y * (width + 1) + x + 1] =
                        sums[y * (width + 1) + x] + (ink.amount()[y * width + x] >= least ? 1 : 0);
            }
        }
        int steps = (int) Math.ceil(STEEPEST * width);
        int bestCount = 0;
        int bestSteps = 0;
        for (int step = -steps; step <= steps; step++) {
            int count = 0;
            for (boolean full : covered(sums, (double) step / width)) {
                count += full ? 1 : 0;
            }
            // Of equals the most level one.
            if (count > bestCount || count == bestCount && Math.abs(step) < Math.abs(bestSteps)) {
                bestCount = count;
                bestSteps = step;
            }
        }
        List<Rule> rules = new ArrayList<>();
        double slope = (double) bestSteps / width;
        boolean[] full = covered(sums, slope);
        int offset = Math.abs(bestSteps);
        for (int i = 0; i < full.length; ) {
            int end = i;
            while (end < full.length && full[end]) {
                end++;
            }
            if (end > i && end - i <= widest) {
                rules.add(new Rule(i - offset, end - i, slope, strength(i - offset, end - i, slope)));
            }
            i = Math.max(end, i + 1);
        }
        return rules;
    }

    /**
     * Of each line of a slope, whether all of its parts that lie in the picture are inked. Lines begin at the left
     * border, from {@code |slope| width} rows above the picture on to as many below it.
     */
    private boolean[] covered(int[] sums, double slope) {
        int offset = (int) Math.round(Math.abs(slope) * width);
        boolean[] covered = new boolean[height + 2 * offset];
        // Columns in which a line stays on one row.
        int run = slope == 0 ? width : (int) Math.max(1, Math.floor(1 / Math.abs(slope)));
        for (int line = 0; line < covered.length; line++) {
            int[] inked = new int[PARTS];
            int[] all = new int[PARTS];
            for (int x = 0; x < width; ) {
                int part = (int) ((long) x * PARTS / width);
                int end = Math.min(Math.min(width, x + run), (int) (((long) (part + 1) * width + PARTS - 1) / PARTS));
                int y = (int) Math.floor(line - offset + 0.5 + slope * (x + (end - x) / 2.0));
                if (y >= 0 && y < height) {
                    inked[part] += sums[y * (width + 1) + end] - sums[y * (width + 1) + x];
                    all[part] += end - x;
                }
                x = end;
            }
            int there = 0;
            boolean unbroken = true;
            for (int part = 0; part < PARTS; part++) {
                there += all[part];
                unbroken &= inked[part] >= UNBROKEN * all[part];
            }
            covered[line] = unbroken && 2 * there >= width;
        }
        return covered;
    }

    private float strength(double top, int rows, double slope) {
        float[] largest = new float[width];
        int count = 0;
        for (int x = 0; x < width; x++) {
            int from = (int) Math.floor(top + 0.5 + slope * x);
            float most = -1;
            for (int y = Math.max(0, from); y < Math.min(height, from + rows); y++) {
                most = Math.max(most, ink.amount()[y * width + x]);
            }
            if (most >= 0) {
                largest[count++] = most;
            }
        }
        Arrays.sort(largest, 0, count);
        return largest[count / 2];
    }

    /** Takes a rule away, with the soft edge on either side. */
    private void erase(Rule rule, float[] amount) {
        float[] before = ink.amount();
        float pen = rule.strength + (float) DARKER * ink.full();
        int reach = rule.rows + 1;
        for (int x = 0; x < width; x++) {
            int from = (int) Math.floor(rule.top + 0.5 + rule.slope * x) - 1;
            int to = from + rule.rows + 2;
            float above = largest(before, x, from - 2, from, reach);
            float below = largest(before, x, to, to + 2, reach);
            float kept = Math.min(above, below);
            for (int y = Math.max(0, from); y < Math.min(height, to); y++) {
                int i = y * width + x;
                if (before[i] < pen) {
                    amount[i] = Math.min(amount[i], Math.max(0, kept));
                }
            }
        }
    }

    /** The most ink in some rows, within some columns to the left and right; 0 outside. */
    private float largest(float[] map, int x, int from, int to, int reach) {
        float largest = 0;
        for (int y = Math.max(0, from); y < Math.min(height, to); y++) {
            for (int u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
                largest = Math.max(largest, map[y * width + u]);
            }
        }
        return largest;
    }
}
