package tandem.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How much memory this process has resident, and had at most. */
final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private PeakMemory() {}

    /** At most: the line VmHWM of proc_pid_status(5), in MiB; null on systems without it. */
    static @Nullable Double mebibytes() {
        return line("VmHWM:");
    }

    /** Now: the line VmRSS, in MiB; null on systems without it. */
    static @Nullable Double residentMebibytes() {
        return line("VmRSS:");
    }

    private static @Nullable Double line(String name) {
        if (!Files.isReadable(STATUS)) {
            return null;
        }
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
