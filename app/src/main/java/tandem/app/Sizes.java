package tandem.app;

import java.util.Locale;

/** Sizes in words. */
final class Sizes {
    private Sizes() {}

    /** Bytes as MB (10^6), as Maven and most download tools count. */
    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, bytes < 10_000_000 ? "%.1f MB" : "%.0f MB", bytes / 1e6);
    }

    /** What something takes on disk; the empty string for nothing. */
    static String onDisk(long bytes) {
        return bytes == 0 ? "" : megabytes(bytes);
    }
}
