package tandem.web.job;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.lab.engines.EngineName;

/** Makes proofs of what people ask for. */
public final class Parities {
    private final Jobs jobs;
    private final WorkersOf workers;

    /** @param workers how engines' workers are started */
    public Parities(Jobs jobs, WorkersOf workers) {
        this.jobs = jobs;
        this.workers = workers;
    }

    /** What is asked for: the engines to prove. */
    public record Asked(@Nullable List<String> engines) {}

    /**
     * Puts a proof into the queue.
     *
     * @throws Failure if it makes no sense
     */
    public Job add(Asked asked) {
        if (asked.engines == null || asked.engines.isEmpty()) {
            throw new Failure("give at least one engine");
        }
        List<EngineName> names = EngineChoice.training(asked.engines, workers.engines());
        return jobs.add(new ParityWork(workers, names));
    }
}
