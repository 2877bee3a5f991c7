package tandem.app;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The browser of the user's desktop. */
final class Browser {
    private Browser() {}

    private static boolean mac() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
    }

    /** Whether there is a desktop to open a browser on. */
    static boolean present() {
        return mac() || System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
    }

    /** Opens an address; if that is not possible, a note on standard error says so. */
    static void open(String address) {
        List<String> words = List.of(mac() ? "open" : "xdg-open", address);
        try {
            new ProcessBuilder(words)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            System.err.println(
                    "note: no browser can be opened (%s); open %s yourself".formatted(e.getMessage(), address));
        }
    }
}
