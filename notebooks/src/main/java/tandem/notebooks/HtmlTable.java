package tandem.notebooks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A small table, made row by row. Numbers stand on the right. */
public final class HtmlTable implements Shown {
    private final List<String> header;
    private final List<List<Object>> rows = new ArrayList<>();

    /** A table without rows. */
    public HtmlTable(String... header) {
        this.header = List.of(header);
    }

    /**
     * Adds a row.
     *
     * @param cells as many as the header has; whole numbers are grouped by thousands, others written as they are
     * @return this table
     */
    public HtmlTable row(Object... cells) {
        if (cells.length != header.size()) {
            throw new IllegalArgumentException(
                    "a row of %s cells in a table of %s columns".formatted(cells.length, header.size()));
        }
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String type() {
        return "text/html";
    }

    @Override
    public String content() {
        StringBuilder html = new StringBuilder("<table>\n<tr>");
        header.forEach(name -> html.append("<th>").append(escaped(name)).append("</th>"));
        html.append("</tr>\n");
        for (List<Object> row : rows) {
            html.append("<tr>");
            for (Object cell : row) {
                html.append(cell instanceof Number ? "<td style=\"text-align: right\">" : "<td>")
                        .append(escaped(written(cell)))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        return html.append("</table>").toString();
    }

    @Override
    public String text() {
        int[] widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = header.get(column).length();
            for (List<Object> row : rows) {
                widths[column] =
                        Math.max(widths[column], written(row.get(column)).length());
            }
        }
        StringBuilder text = new StringBuilder();
        line(text, header, widths);
        rows.forEach(row -> line(text, row, widths));
        return text.toString().stripTrailing();
    }

    private static void line(StringBuilder text, List<?> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = written(cells.get(column));
            String room = " ".repeat(widths[column] - cell.length());
            line.append(cells.get(column) instanceof Number ? room + cell : cell + room)
                    .append("  ");
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static String written(Object cell) {
        return cell instanceof Integer || cell instanceof Long
                ? String.format(Locale.ROOT, "%,d", cell)
                : String.valueOf(cell);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
