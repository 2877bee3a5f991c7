package tandem.app;

import java.util.ArrayList;
import java.util.List;

/**
 * The terminal that a command is used on. The launcher finds out what Java cannot: which of its streams are terminals,
 * and how wide they are.
 */
final class Screen {
    private static final int DEFAULT_COLUMNS = 80;

    private Screen() {}

    /** Whether standard output is a terminal. */
    static boolean output() {
        return Boolean.getBoolean("tandem.screen");
    }

    /** Whether standard error is a terminal. */
    static boolean errors() {
        return Boolean.getBoolean("tandem.terminal");
    }

    /** Characters of a line. */
    static int columns() {
        return Integer.getInteger("tandem.columns", DEFAULT_COLUMNS);
    }

    /** Whether the user wants colours (no-color.org). */
    static boolean colours() {
        String no = System.getenv("NO_COLOR");
        return no == null || no.isEmpty();
    }

    /** A sentence for standard output: on a terminal in lines that break between words. */
    static String text(String sentence) {
        return output() ? String.join("\n", lines(sentence, columns())) : sentence;
    }

    /** The words of a text in lines of at most {@code columns} characters, but for words that are longer. */
    static List<String> lines(String text, int columns) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.split(" ", -1)) {
                if (!line.isEmpty() && line.length() + 1 + word.length() > columns) {
                    lines.add(line.toString());
                    line.setLength(0);
                    line.append(word);
                } else {
                    line.append(line.isEmpty() ? "" : " ").append(word);
                }
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
