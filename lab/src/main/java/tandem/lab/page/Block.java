package tandem.lab.page;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.lab.table.Column.Medium;

/**
 * One thing that a section shows. Texts may hold anything: the page never takes them for HTML. Where a block names an
 * engine, it is drawn in the engine's colour; null is drawn in the text's.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public sealed interface Block {

    /** A paragraph. */
    @JsonTypeName("note")
    record Note(String text) implements Block {}

    /** A command line to copy. */
    @JsonTypeName("command")
    record Command(String text) implements Block {}

    /** Names and values. */
    @JsonTypeName("facts")
    record Facts(String title, List<Fact> facts) implements Block {
        /** Facts in this order. */
        public static Facts of(String title, SequencedMap<String, String> facts) {
            return new Facts(
                    title,
                    facts.entrySet().stream()
                            .map(fact -> new Fact(fact.getKey(), fact.getValue()))
                            .toList());
        }
    }

    /** One name and its value. */
    record Fact(String name, String value) {}

    /**
     * A table whose first column is the engine, or a name.
     *
     * @param caption under it, or null
     * @param first heading of the first column
     */
    @JsonTypeName("table")
    record Table(@Nullable String caption, String first, List<Column> columns, List<Row> rows) implements Block {

        /** A table as the page shows it; the names of its rows have the engines' colours where they are engines. */
        public static <R> Table of(tandem.lab.table.Table<R> table) {
            return of(null, table);
        }

        /** @param caption under it, or null */
        public static <R> Table of(@Nullable String caption, tandem.lab.table.Table<R> table) {
            var all = table.columns(Medium.PAGE);
            var names = all.getFirst();
            var others = all.subList(1, all.size());
            return new Table(
                    caption,
                    names.title(),
                    others.stream()
                            .map(column -> new Column(column.title(), column.unit(), column.number()))
                            .toList(),
                    table.rows().stream()
                            .map(row -> new Row(
                                    names.text().apply(row),
                                    null,
                                    others.stream()
                                            .map(column -> Cell.of(column.text().apply(row), table.best(column)))
                                            .toList()))
                            .toList());
        }
    }

    /**
     * One column of a table.
     *
     * @param title its heading
     * @param unit under the heading, or null
     * @param number whether its cells are numbers, which stand under each other by their decimals
     */
    record Column(String title, @Nullable String unit, boolean number) {}

    /**
     * One row of a table.
     *
     * @param engine in the first column, or null
     * @param name in the first column if there is no engine, or else null
     * @param cells one for each column
     */
    record Row(@Nullable String engine, @Nullable String name, List<Cell> cells) {}

    /**
     * One cell of a table.
     *
     * @param text what it says; a dash stands for null
     * @param best whether no other cell of the column is better
     */
    record Cell(@Nullable String text, boolean best) {
        private static Cell of(@Nullable String text, Optional<String> best) {
            return new Cell(
                    text == null ? null : text.strip(),
                    text != null && best.filter(text::equals).isPresent());
        }
    }

    /** How an axis counts. */
    enum Scale {
        LINEAR,
        LOG;

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An axis.
     *
     * @param name what it shows
     * @param unit after its values: {@code "%"}, {@code "s"}, or empty
     */
    record Axis(String name, String unit, Scale scale) {
        /** An axis that counts evenly. */
        public static Axis linear(String name, String unit) {
            return new Axis(name, unit, Scale.LINEAR);
        }

        /** An axis that counts by factors. */
        public static Axis log(String name, String unit) {
            return new Axis(name, unit, Scale.LOG);
        }
    }

    /**
     * Lines over a common axis.
     *
     * @param note under the chart, or null
     * @param wide whether it takes the whole width of the page
     * @param band drawn behind the lines, or null
     * @param level a value of y to mark, or null
     */
    @JsonTypeName("lines")
    record Lines(
            String title,
            @Nullable String note,
            boolean wide,
            Axis x,
            Axis y,
            List<Line> lines,
            @Nullable Band band,
            @Nullable Double level)
            implements Block {
        /** Lines alone. */
        public Lines(String title, @Nullable String note, boolean wide, Axis x, Axis y, List<Line> lines) {
            this(title, note, wide, x, y, lines, null, null);
        }
    }

    /** How a line is drawn. */
    enum Style {
        /** Thin and pale: every value. */
        RAW,
        /** The line to look at. */
        PLAIN,
        /** With a mark at every point, of which there are few. */
        MARKED,
        /** Constant from one point to the next. */
        STEPS;

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One line.
     *
     * @param engine in the legend, or null
     * @param name in the legend if there is no engine, or else null; lines of one name are switched together
     * @param points x, y
     */
    record Line(@Nullable String engine, @Nullable String name, Style style, List<double[]> points) {
        /** The line of an engine. */
        public Line(String engine, Style style, List<double[]> points) {
            this(engine, null, style, points);
        }
    }

    /**
     * A range at every x.
     *
     * @param points x, low, high
     */
    record Band(String name, List<double[]> points) {}

    /**
     * Bars of one quantity, one for each engine.
     *
     * @param unit of the values
     * @param lowerIsBetter which end wins
     */
    @JsonTypeName("bars")
    record Bars(String title, String unit, boolean lowerIsBetter, List<Bar> bars) implements Block {
        /** The blocks without those that have no bar. */
        public static List<Bars> notEmpty(Bars... blocks) {
            return Arrays.stream(blocks).filter(block -> !block.bars.isEmpty()).toList();
        }
    }

    /**
     * One bar.
     *
     * @param value its length, from 0
     * @param low where its spread begins, or null
     * @param high where its spread ends, or null
     * @param text the value as it is written beside the bar
     */
    record Bar(
            String engine,
            double value,
            @Nullable Double low,
            @Nullable Double high,
            String text) {
        /** A bar, with the number of decimals of its value. */
        public Bar(String engine, double value, @Nullable Double low, @Nullable Double high, int decimals) {
            this(engine, value, low, high, Numbers.of(value, decimals));
        }

        /** A bar without a spread for each row that has a value. */
        public static <R> List<Bar> of(
                List<R> rows, Function<R, String> engine, Function<R, @Nullable Double> value, int decimals) {
            return rows.stream()
                    .flatMap(row -> Stream.ofNullable(value.apply(row))
                            .map(known -> new Bar(engine.apply(row), known, null, null, decimals)))
                    .toList();
        }
    }

    /**
     * Values of rows and columns, shaded.
     *
     * @param engine whose they are, or null
     * @param rowTitle what rows are
     * @param columnTitle what columns are
     * @param cells a text and a shade from 0 to 1 for each row and column; null leaves one empty
     */
    @JsonTypeName("matrix")
    record Matrix(
            String title,
            @Nullable String engine,
            String rowTitle,
            String columnTitle,
            List<String> rows,
            List<String> columns,
            List<List<@Nullable Shaded>> cells)
            implements Block {}

    /**
     * One cell of a matrix.
     *
     * @param shade from 0 to 1
     * @param strong whether it is of the diagonal, which has a colour of its own
     */
    record Shaded(String text, double shade, boolean strong) {}

    /**
     * Images with the engines' answers.
     *
     * @param engines in the order of answers
     * @param wrong how many images each engine gets wrong, drawn or not
     * @param disagree on how many images engines give different answers, drawn or not
     * @param images the ones that are drawn
     */
    @JsonTypeName("images")
    record ImageGrid(
            int rows, int columns, List<String> engines, List<Integer> wrong, int disagree, List<Answered> images)
            implements Block {}

    /**
     * One image.
     *
     * @param index in the test set
     * @param pixels rows x columns bytes, base64
     * @param answers the class each engine takes it for
     * @param probabilities of each class by each engine
     */
    record Answered(int index, int label, byte[] pixels, int[] answers, double[][] probabilities) {}

    /** Small images of one kind for each engine, such as filters, on a scale common to all. */
    @JsonTypeName("filters")
    record Filters(int rows, int columns, List<FilterSet> engines) implements Block {}

    /** Filters of one engine: [filters][rows x columns]. */
    record FilterSet(String engine, double[][] filters) {}

    /**
     * The classes of a dataset: how many images each has, and some of them.
     *
     * @param rows height of an image
     * @param columns width of an image
     */
    @JsonTypeName("classes")
    record Classes(int rows, int columns, List<ClassRow> classes) implements Block {}

    /**
     * One class.
     *
     * @param train training images
     * @param test test images
     * @param images some of the training images: rows x columns bytes, base64
     */
    record ClassRow(String name, int train, int test, List<byte[]> images) {}

    /** Source files beside each other. */
    @JsonTypeName("code")
    record Code(List<Source> sources) implements Block {}

    /** One source file. */
    record Source(String engine, String file, String text) {}

    /**
     * Values of several trials, their mean and its interval, in a row for each engine.
     *
     * @param title above them, or null
     * @param note under them, or null
     * @param unit of the values
     */
    @JsonTypeName("dots")
    record Dots(@Nullable String title, @Nullable String note, String unit, List<DotRow> rows) implements Block {}

    /**
     * One row of dots.
     *
     * @param engine whose they are, or null
     * @param name if there is no engine, or else null
     * @param low where the mean's interval begins, or null
     * @param high where it ends, or null
     */
    record DotRow(
            @Nullable String engine,
            @Nullable String name,
            double[] values,
            double mean,
            @Nullable Double low,
            @Nullable Double high) {}

    /**
     * How one value becomes another, difference by difference.
     *
     * @param note under it, or null
     * @param unit of the values
     */
    @JsonTypeName("waterfall")
    record Waterfall(String title, @Nullable String note, String unit, List<Stage> stages) implements Block {}

    /**
     * One stage of a waterfall.
     *
     * @param from value before it; null for a total
     * @param to value after it
     * @param low where the interval of {@code to} begins, or null
     * @param high where it ends, or null
     * @param decided whether a test tells the difference from 0, or shows that it does not matter; drawn pale if not
     */
    record Stage(
            String name,
            @Nullable Double from,
            double to,
            @Nullable Double low,
            @Nullable Double high,
            boolean decided) {}
}
