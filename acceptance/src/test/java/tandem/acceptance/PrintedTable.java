package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * A table as a command prints it.
 *
 * @param columns their headings
 * @param rows the cells of each row, without the spaces around them
 */
record PrintedTable(List<String> columns, List<List<String>> rows) {

    /** All tables in what a command printed, from top to bottom. */
    static List<PrintedTable> of(String out) {
        List<PrintedTable> tables = new ArrayList<>();
        List<List<String>> lines = new ArrayList<>();
        for (String line : (out + "\n\n").split("\n")) {
            if (line.startsWith("|")) {
                lines.add(Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
                        .map(String::strip)
                        .toList());
            } else {
                add(tables, lines);
            }
        }
        add(tables, lines);
        return tables;
    }

    private static void add(List<PrintedTable> tables, List<List<String>> lines) {
        if (!lines.isEmpty()) {
            // The second line is the rule under the headings.
            tables.add(new PrintedTable(lines.getFirst(), List.copyOf(lines.subList(2, lines.size()))));
            lines.clear();
        }
    }

    /** A number of a file as a cell shows it: a dash stands for null. */
    static String number(String format, JsonNode value) {
        return number(format, 1, value);
    }

    /** The same, times a factor. */
    static String number(String format, double factor, JsonNode value) {
        return value.isNull() ? "-" : String.format(Locale.ROOT, format, factor * value.doubleValue());
    }

    /** What a command printed has this line. */
    static void assertLine(String out, String line) {
        assertTrue(out.lines().anyMatch(line::equals), () -> "no line '%s' in\n%s".formatted(line, out));
    }
}
