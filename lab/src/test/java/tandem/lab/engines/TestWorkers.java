package tandem.lab.engines;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

/** Workers of the engines that tests have: the oracle, and one of faults. */
public final class TestWorkers {
    private TestWorkers() {}

    /** Workers that may be silent for a minute, and whose progress is told at once. */
    public static Workers of(Path folder, int threads, Consumer<Progress> progress, StopSignal stop) {
        return of(folder, threads, Duration.ofMinutes(1), progress, stop);
    }

    /** @param silence how long a worker may say nothing */
    public static Workers of(Path folder, int threads, Duration silence, Consumer<Progress> progress, StopSignal stop) {
        return new Workers(
                Engines.find(),
                folder.resolve("caches"),
                threads,
                Map.of("faulty", List.of("-Dtandem.faulty.note=noted")),
                true,
                silence,
                progress,
                stop);
    }
}
