package tandem.lab.page;

import java.util.List;
import java.util.Locale;

/** Numbers as reports and commands write them: the same in every locale. */
public final class Numbers {
    private static final List<String> WORDS = List.of(
            "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve");

    private Numbers() {}

    /** With a comma every three digits, and a number of decimals. */
    public static String of(double value, int decimals) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** With a comma every three digits. */
    public static String of(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** "1 epoch", "2 epochs". */
    public static String of(long value, String noun) {
        return of(value) + " " + noun + (value == 1 ? "" : "s");
    }

    /** A small number as a word. */
    public static String word(int value) {
        return value >= 0 && value < WORDS.size() ? WORDS.get(value) : of(value);
    }

    /** A share as a percentage with two decimals, without its sign. */
    public static String percent(double share) {
        return of(100 * share, 2);
    }

    /** An estimate of the time until something ends: "about 12 s left", "about 3 min left", "almost done". */
    public static String timeLeft(double seconds) {
        if (seconds < 1) {
            return "almost done";
        }
        if (seconds < 90) {
            return "about " + of(seconds, 0) + " s left";
        }
        return seconds < 90 * 60
                ? "about " + of(seconds / 60, 0) + " min left"
                : "about " + of(seconds / 3600, 1) + " h left";
    }
}
