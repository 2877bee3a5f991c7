package tandem.notebooks;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * Lines over steps or epochs, as a picture for notebooks.
 *
 * @param title stands above
 * @param x what the horizontal axis counts
 * @param lines [points] for each name, x first, then y: as many as were measured; a line of one point is a dot
 * @param logarithmic whether the vertical axis is; values that are not above 0 are left out then
 * @param names in the order in which they take colours, so that a name has the same colour in several pictures
 */
public record Curves(
        String title, String x, SequencedMap<String, double[][]> lines, boolean logarithmic, List<String> names)
        implements Shown {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 320;
    private static final int LEFT = 64;
    private static final int RIGHT = 150;
    private static final int TOP = 36;
    private static final int BOTTOM = 44;
    private static final int TICKS = 5;
    private static final Color INK = new Color(0x33, 0x33, 0x33);
    private static final Color GRID = new Color(0xdd, 0xdd, 0xdd);

    /** Told apart by the colour-blind too (Okabe and Ito, "Color Universal Design", 2008). */
    private static final Color[] COLOURS = {
        new Color(0x00, 0x72, 0xb2), new Color(0xd5, 0x5e, 0x00), new Color(0x00, 0x9e, 0x73),
        new Color(0xcc, 0x79, 0xa7), new Color(0xe6, 0x9f, 0x00), new Color(0x56, 0xb4, 0xe9)
    };

    /** From the smallest to the largest value, a little wider if they are equal. */
    private record Range(double from, double to) {

        static Range of(SequencedMap<String, double[][]> lines, int coordinate) {
            double from = Double.POSITIVE_INFINITY;
            double to = Double.NEGATIVE_INFINITY;
            for (double[][] line : lines.values()) {
                for (double value : line[coordinate]) {
                    from = Math.min(from, value);
                    to = Math.max(to, value);
                }
            }
            if (!(from <= to)) {
                return new Range(0, 1);
            }
            return from < to ? new Range(from, to) : new Range(from - 0.5, to + 0.5);
        }

        /** A round distance between ticks: 1, 2 or 5 times a power of ten. */
        double tick() {
            double rough = (to - from) / TICKS;
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            double digit = rough / power;
            return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
        }

        double share(double value) {
            return (value - from) / (to - from);
        }
    }

    /** Lines on a linear axis, coloured in their order. */
    public Curves(String title, String x, SequencedMap<String, double[][]> lines) {
        this(title, x, lines, false, List.copyOf(lines.sequencedKeySet()));
    }

    /** The same on a logarithmic axis. */
    public Curves onLogAxis() {
        return new Curves(title, x, lines, true, names);
    }

    /** The same, with the colours that these names take in their order. */
    public Curves colouredAs(List<String> names) {
        return new Curves(title, x, lines, logarithmic, List.copyOf(names));
    }

    @Override
    public String type() {
        return "image/png";
    }

    @Override
    public String content() {
        return Shown.png(image());
    }

    /** The title, then a row for each line: where it starts and where it ends. */
    @Override
    public String text() {
        StringBuilder text = new StringBuilder(title);
        lines.forEach((name, line) -> {
            int last = line[0].length - 1;
            if (last >= 0) {
                text.append('\n').append(name).append(": ").append(point(line, 0));
            }
            if (last > 0) {
                text.append(", ").append(point(line, last));
            }
        });
        return text.toString();
    }

    private String point(double[][] line, int i) {
        return String.format(Locale.ROOT, "%.4g at %s %.0f", line[1][i], x, line[0][i]);
    }

    /**
     * Single steps are noise: each point is the mean of the last values, or of as many as there are.
     *
     * @param values measured at every step
     * @param window values of a mean, at least 1
     */
    public static double[][] smoothed(double[] values, int window) {
        double[][] points = new double[2][values.length];
        double sum = 0;
        for (int step = 0; step < values.length; step++) {
            sum += values[step] - (step >= window ? values[step - window] : 0);
            points[0][step] = step;
            points[1][step] = sum / Math.min(step + 1, window);
        }
        return points;
    }

    /** Values after epochs 1, 2, and so on. */
    public static double[][] epochs(double... values) {
        double[][] points = {new double[values.length], values.clone()};
        for (int i = 0; i < values.length; i++) {
            points[0][i] = i + 1;
        }
        return points;
    }

    /** The picture, 720 x 320 pixels. */
    public BufferedImage image() {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, HEIGHT);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
        graphics.setColor(INK);
        graphics.drawString(title, LEFT, TOP - 14);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        Range across = Range.of(lines, 0);
        SequencedMap<String, double[][]> drawn = scaled();
        Range up = Range.of(drawn, 1);
        axes(graphics, across, up);
        int row = 0;
        for (Map.Entry<String, double[][]> line : drawn.entrySet()) {
            int place = Math.max(0, names.indexOf(line.getKey()));
            graphics.setColor(COLOURS[place % COLOURS.length]);
            draw(graphics, line.getValue(), across, up);
            int y = TOP + 12 + 20 * row++;
            graphics.fillRect(WIDTH - RIGHT + 16, y - 6, 16, 4);
            graphics.setColor(INK);
            graphics.drawString(line.getKey(), WIDTH - RIGHT + 38, y);
        }
        graphics.dispose();
        return image;
    }

    /** The lines as the vertical axis places them: on a logarithmic one their decimal logarithms. */
    private SequencedMap<String, double[][]> scaled() {
        if (!logarithmic) {
            return lines;
        }
        SequencedMap<String, double[][]> scaled = new LinkedHashMap<>();
        lines.forEach((name, line) -> {
            int[] kept = IntStream.range(0, line[1].length)
                    .filter(i -> line[1][i] > 0)
                    .toArray();
            scaled.put(name, new double[][] {
                IntStream.of(kept).mapToDouble(i -> line[0][i]).toArray(),
                IntStream.of(kept).mapToDouble(i -> Math.log10(line[1][i])).toArray()
            });
        });
        return scaled;
    }

    private void axes(Graphics2D graphics, Range across, Range up) {
        FontMetrics metrics = graphics.getFontMetrics();
        for (Map.Entry<Double, String> tick : (logarithmic ? powers(up) : ticks(up)).entrySet()) {
            int row = (int) Math.round(row(up.share(tick.getKey())));
            graphics.setColor(GRID);
            graphics.drawLine(LEFT, row, WIDTH - RIGHT, row);
            graphics.setColor(INK);
            graphics.drawString(tick.getValue(), LEFT - 8 - metrics.stringWidth(tick.getValue()), row + 4);
        }
        // Steps and epochs are whole.
        double tick = Math.max(1, across.tick());
        for (double x = Math.ceil(across.from / tick) * tick; x <= across.to + tick / 1e6; x += tick) {
            int column = (int) Math.round(column(across.share(x)));
            graphics.drawLine(column, HEIGHT - BOTTOM, column, HEIGHT - BOTTOM + 4);
            String label = label(x, tick);
            graphics.drawString(label, column - metrics.stringWidth(label) / 2, HEIGHT - BOTTOM + 18);
        }
        graphics.drawLine(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
        graphics.drawString(x, WIDTH - RIGHT - metrics.stringWidth(x), HEIGHT - BOTTOM + 36);
    }

    /** Where a linear axis has its ticks, and what stands beside each. */
    private static SequencedMap<Double, String> ticks(Range up) {
        SequencedMap<Double, String> ticks = new LinkedHashMap<>();
        double tick = up.tick();
        for (double y = Math.ceil(up.from / tick) * tick; y <= up.to + tick / 1e6; y += tick) {
            ticks.put(y, label(y, tick));
        }
        return ticks;
    }

    /** Those of a logarithmic axis: powers of ten, and over less than three of them also their double and fivefold. */
    private static SequencedMap<Double, String> powers(Range up) {
        int[] digits = up.to - up.from < 3 ? new int[] {1, 2, 5} : new int[] {1};
        SequencedMap<Double, String> ticks = new LinkedHashMap<>();
        for (int power = (int) Math.floor(up.from); power <= up.to; power++) {
            for (int digit : digits) {
                double place = power + Math.log10(digit);
                if (place >= up.from && place <= up.to) {
                    String plain = BigDecimal.valueOf(digit, -power).toPlainString();
                    ticks.put(place, power < -4 ? digit + "e" + power : plain);
                }
            }
        }
        return ticks;
    }

    private static void draw(Graphics2D graphics, double[][] line, Range across, Range up) {
        graphics.setStroke(new BasicStroke(1.6f));
        Path2D path = new Path2D.Double();
        for (int i = 0; i < line[0].length; i++) {
            double column = column(across.share(line[0][i]));
            double row = row(up.share(line[1][i]));
            if (i == 0) {
                path.moveTo(column, row);
            } else {
                path.lineTo(column, row);
            }
            if (line[0].length <= 2 * TICKS) {
                graphics.fillOval((int) Math.round(column) - 3, (int) Math.round(row) - 3, 6, 6);
            }
        }
        graphics.draw(path);
    }

    private static double column(double share) {
        return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    private static double row(double share) {
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
    }

    /** A number with as many decimals as tell ticks apart. */
    private static String label(double value, double tick) {
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(tick) + 1e-9));
        // Not "-0.0", which rounding makes of the tick at 0.
        return String.format(Locale.ROOT, "%." + decimals + "f", value + 0.0).replaceFirst("^-(0\\.?0*)$", "$1");
    }
}
