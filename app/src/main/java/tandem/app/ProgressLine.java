package tandem.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;

/**
 * Progress as one line that fits the terminal: what is worked at, a bar, how much is done, what was said last, how fast
 * it goes and how long it still takes.
 *
 * @param unit of what is counted, such as images; empty for what has no speed
 * @param size of one unit
 * @param colours whether the bar has one
 */
record ProgressLine(String unit, long size, boolean colours) implements ProgressBarRenderer {
    private static final int SHORTEST = 8;
    private static final int LONGEST = 30;
    private static final String COLOUR = "\u001B[33m";
    private static final String PLAIN = "\u001B[0m";

    @Override
    public String render(ProgressState state, int width) {
        double seconds = state.getElapsedAfterStart().toMillis() / 1e3;
        long done = state.getCurrent() - state.getStart();
        double rate = seconds > 0 ? done / seconds : 0;
        String left = rate > 0 && state.getMax() > state.getCurrent()
                ? left((state.getMax() - state.getCurrent()) / rate)
                : "";
        String speed = unit.isEmpty() || rate == 0
                ? ""
                : String.format(Locale.ROOT, rate / size < 10 ? "%,.1f %s/s" : "%,.0f %s/s", rate / size, unit);
        String count = unit.isEmpty() ? "%s/%s".formatted(state.getCurrent(), state.getMax()) : null;
        double share = state.getMax() <= 0 ? 0 : Math.clamp((double) state.getCurrent() / state.getMax(), 0, 1);
        return text(state.getTaskName(), share, count, state.getExtraMessage().strip(), speed, left, width);
    }

    /**
     * The line.
     *
     * @param count what is done of how many, or null for a percentage
     * @param width the most characters it may have; the message gives way first
     */
    String text(
            String name, double share, @Nullable String count, String message, String speed, String left, int width) {
        String done = count == null ? "%s%%".formatted((int) (100 * share)) : count;
        int room = width - SHORTEST - name.length() - 2 - length(done, speed, left);
        String said = message.isEmpty() || room < 4
                ? ""
                : message.length() + 2 <= room ? message : message.substring(0, room - 3) + "\u2026";
        List<String> parts = new ArrayList<>(List.of(done, said, speed, left));
        parts.removeIf(String::isEmpty);
        String rest = String.join("  ", parts);
        int bar = Math.min(LONGEST, width - name.length() - rest.length() - 4);
        if (bar < 1) {
            String line = name + "  " + rest;
            return line.substring(0, Math.min(width, line.length()));
        }
        int full = (int) Math.round(share * bar);
        String filled = "\u2501".repeat(full);
        String empty = "\u2500".repeat(bar - full);
        return name + "  " + (colours ? COLOUR + filled + PLAIN : filled) + empty + "  " + rest;
    }

    private static int length(String... parts) {
        int length = 0;
        for (String part : parts) {
            length += part.isEmpty() ? 0 : part.length() + 2;
        }
        return length;
    }

    private static String left(double seconds) {
        return seconds < 90
                ? "%s s left".formatted((long) Math.ceil(seconds))
                : seconds < 90 * 60
                        ? "%s min left".formatted(Math.round(seconds / 60))
                        : String.format(Locale.ROOT, "%.1f h left", seconds / 3600);
    }
}
