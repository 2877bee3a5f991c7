package tandem.lab.bench;

import java.time.Duration;
import java.util.Optional;
import tandem.lab.WorkerProcess;

/** Processor time of a process while it waits for its turn. */
final class Idleness {
    private final WorkerProcess process;
    private Duration usedBefore;
    private long start;
    private double used;
    private double waited;

    /** Begins at once. */
    Idleness(WorkerProcess process) {
        this.process = process;
        begin();
    }

    /** The process waits from now on. */
    void begin() {
        usedBefore = process.processorTime().orElse(null);
        start = System.nanoTime();
    }

    /** The process is given work. */
    void end() {
        Optional<Duration> now = process.processorTime();
        if (usedBefore != null && now.isPresent()) {
            used += now.get().minus(usedBefore).toMillis() / 1e3;
            waited += (System.nanoTime() - start) / 1e9;
        }
    }

    /** From 0 (asleep) to the number of processors; null if it never waited, or the system does not tell. */
    Double share() {
        return waited == 0 ? null : used / waited;
    }
}
