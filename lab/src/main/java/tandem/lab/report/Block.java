package tandem.lab.report;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

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
    record Facts(String title, List<Fact> facts) implements Block {}

    /** One name and its value. */
    record Fact(String name, String value) {}

    /**
     * A table whose first column is the engine, or a name.
     *
     * @param caption under it, or null
     * @param first heading of the first column
     */
    @JsonTypeName("table")
    record Table(String caption, String first, List<Column> columns, List<Row> rows) implements Block {}

    /**
     * One column of a table.
     *
     * @param title its heading
     * @param unit under the heading, or null
     * @param number whether its cells are numbers, which stand under each other by their decimals
     */
    record Column(String title, String unit, boolean number) {}

    /**
     * One row of a table.
     *
     * @param engine in the first column, or null
     * @param name in the first column if there is no engine
     * @param cells one for each column
     */
    record Row(String engine, String name, List<Cell> cells) {}

    /**
     * One cell of a table.
     *
     * @param text what it says; a dash stands for null
     * @param best whether no other cell of the column is better
     */
    record Cell(String text, boolean best) {}

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
    record Axis(String name, String unit, Scale scale) {}

    /**
     * Lines over a common axis.
     *
     * @param note under the chart, or null
     * @param wide whether it takes the whole width of the page
     * @param band drawn behind the lines, or null
     * @param level a value of y to mark, or null
     */
    @JsonTypeName("lines")
    record Lines(String title, String note, boolean wide, Axis x, Axis y, List<Line> lines, Band band, Double level)
            implements Block {}

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
     * @param name in the legend if there is no engine; lines of one name are switched together
     * @param points x, y
     */
    record Line(String engine, String name, Style style, List<double[]> points) {}

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
    record Bars(String title, String unit, boolean lowerIsBetter, List<Bar> bars) implements Block {}

    /**
     * One bar.
     *
     * @param value its length, from 0
     * @param low where its spread begins, or null
     * @param high where its spread ends, or null
     * @param text the value as it is written beside the bar
     */
    record Bar(String engine, double value, Double low, Double high, String text) {}

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
            String engine,
            String rowTitle,
            String columnTitle,
            List<String> rows,
            List<String> columns,
            List<List<Shaded>> cells)
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

    /** Source files beside each other. */
    @JsonTypeName("code")
    record Code(List<Source> sources) implements Block {}

    /** One source file. */
    record Source(String engine, String file, String text) {}

    /**
     * Values of several trials, their mean and its interval, in a row for each engine.
     *
     * @param unit of the values
     */
    @JsonTypeName("dots")
    record Dots(String title, String note, String unit, List<DotRow> rows) implements Block {}

    /**
     * One row of dots.
     *
     * @param name if there is no engine
     * @param low where the mean's interval begins, or null
     * @param high where it ends, or null
     */
    record DotRow(String engine, String name, double[] values, double mean, Double low, Double high) {}

    /**
     * How one value becomes another, difference by difference.
     *
     * @param unit of the values
     */
    @JsonTypeName("waterfall")
    record Waterfall(String title, String note, String unit, List<Stage> stages) implements Block {}

    /**
     * One stage of a waterfall.
     *
     * @param from value before it; null for a total
     * @param to value after it
     * @param low where the interval of {@code to} begins, or null
     * @param high where it ends, or null
     * @param decided whether a test tells the difference from 0, or shows that it does not matter; drawn pale if not
     */
    record Stage(String name, Double from, double to, Double low, Double high, boolean decided) {}
}
