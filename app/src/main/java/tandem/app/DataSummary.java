package tandem.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.core.Failure;
import tandem.core.data.ClassBalance;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

/** What is in a dataset of somebody's own, for a terminal: its form, its classes, and an image of each. */
final class DataSummary {
    private static final String SHADES = " .:-=+*#%@";

    /** Characters of a drawn image: twice as high as wide, so that squares stay squares. */
    private static final int WIDTH = 14;

    private static final int HEIGHT = 7;

    /** Images beside each other on a terminal of 80 columns. */
    private static final int BESIDE = 5;

    /** Classes that are drawn. */
    private static final int DRAWN = 10;

    private DataSummary() {}

    /** A line of the table. */
    private record ClassRow(int label, String name, int train, int test) {}

    /**
     * The summary of a dataset.
     *
     * @throws tandem.core.Failure if it cannot be read
     */
    static String of(String path) {
        String form = Datasets.form(path);
        Dataset data = Datasets.open(path);
        Images train = data.train();
        List<String> lines = new ArrayList<>();
        lines.add("%s: %s".formatted(path, form));
        lines.add(String.format(
                Locale.ROOT,
                "%,d training and %,d test images of %dx%d pixels (rows x columns), mean %s, standard deviation %s",
                train.count(),
                data.test().count(),
                train.rows(),
                train.columns(),
                train.normalisation().mean(),
                train.normalisation().standardDeviation()));
        data.remarks().forEach(remark -> lines.add("note: " + remark));
        try {
            data.forClasses(null);
        } catch (Failure e) {
            lines.add("training refuses it: " + e.getMessage());
        }
        ClassBalance balance = data.balance();
        lines.add("");
        lines.add(table(data, balance));
        lines.add("");
        lines.add(drawn(data));
        return String.join("\n", lines);
    }

    private static String table(Dataset data, ClassBalance balance) {
        List<String> names = data.names();
        List<ClassRow> rows = new ArrayList<>();
        for (int label = 0; label < data.classes(); label++) {
            int train = balance.train()[label];
            int test = balance.test()[label];
            if (train + test > 0) {
                rows.add(new ClassRow(label, names.get(label), train, test));
            }
        }
        boolean named = rows.stream().anyMatch(row -> !row.name.equals(String.valueOf(row.label)));
        List<Column<ClassRow>> columns = new ArrayList<>();
        columns.add(Column.figures("label", "Label", null, ClassRow::label));
        if (named) {
            columns.add(Column.words("name", "Name", ClassRow::name));
        }
        columns.add(Column.figures("training images", "Training", null, ClassRow::train));
        columns.add(Column.figures("test images", "Test", null, ClassRow::test));
        columns.add(Column.<ClassRow>numbers(
                        "share",
                        "Share",
                        "%",
                        "%.1f",
                        row -> 100.0 * row.train / data.train().count())
                .ending("%"));
        return TextTable.of(new Table<>(columns, rows));
    }

    /** The first image of each class, several beside each other. */
    private static String drawn(Dataset data) {
        Images images = data.train();
        List<Integer> first = new ArrayList<>();
        boolean[] seen = new boolean[data.classes()];
        for (int i = 0; i < images.count() && first.size() < DRAWN; i++) {
            if (!seen[images.label(i)]) {
                seen[images.label(i)] = true;
                first.add(i);
            }
        }
        first.sort((a, b) -> Integer.compare(images.label(a), images.label(b)));
        List<String> names = data.names();
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < first.size(); from += BESIDE) {
            List<Integer> row = first.subList(from, Math.min(from + BESIDE, first.size()));
            StringBuilder heading = new StringBuilder();
            row.forEach(image -> heading.append(cell(names.get(images.label(image)))));
            text.append(heading.toString().stripTrailing()).append('\n');
            for (int y = 0; y < HEIGHT; y++) {
                StringBuilder line = new StringBuilder();
                for (int image : row) {
                    line.append(cell(line(images, image, y)));
                }
                text.append(line.toString().stripTrailing()).append('\n');
            }
        }
        return text.toString().stripTrailing();
    }

    private static String cell(String text) {
        String cut = text.length() > WIDTH ? text.substring(0, WIDTH) : text;
        return cut + " ".repeat(WIDTH + 2 - cut.length());
    }

    /** One line of an image: each character is the mean of the pixels that it covers. */
    private static String line(Images images, int image, int y) {
        StringBuilder line = new StringBuilder();
        int rows = images.rows();
        int columns = images.columns();
        for (int x = 0; x < WIDTH; x++) {
            long sum = 0;
            int count = 0;
            for (int v = y * rows / HEIGHT; v < Math.max((y + 1) * rows / HEIGHT, y * rows / HEIGHT + 1); v++) {
                for (int u = x * columns / WIDTH;
                        u < Math.max((x + 1) * columns / WIDTH, x * columns / WIDTH + 1);
                        u++) {
                    sum += images.pixels()[image * images.size() + v * columns + u] & 0xff;
                    count++;
                }
            }
            line.append(SHADES.charAt((int) (sum / count * SHADES.length() / 256)));
        }
        return line.toString();
    }
}
