package tandem.lab.study;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.study.TrialQueue.Planned;

/** What trains the trials of a queue: this machine's {@link LocalLanes}, or a {@link Cluster}. */
interface TrialRunner extends AutoCloseable {

    /**
     * The runner of a study.
     *
     * @param site where trials run
     * @param logs folder of the workers' logs
     * @param parallel trials at a time on this machine
     */
    static TrialRunner of(Site site, Workers workers, TrialStore store, Path logs, int parallel) {
        return site.cluster() == null
                ? new LocalLanes(workers, store, logs, parallel, site.keepModels())
                : new Cluster(site.cluster(), site.keepModels(), workers, store, logs);
    }

    /** Where trials come from and where their results go; for any thread. */
    interface Source {
        /** The next trial, or null if there is none to begin. */
        @Nullable
        Planned next();

        /** Takes the result of a trial. */
        void over(Planned trial, TrialResult result);
    }

    /**
     * Gets an engine ready.
     *
     * @throws tandem.core.Failure if there is no such engine
     */
    Outcome<?> ready(EngineName engine);

    /**
     * Runs the trials of a source, all of whose engines are ready, until it has none.
     *
     * @throws tandem.core.Failure if no more trials can be run, or a result cannot be kept
     */
    void run(Source source);

    /** How many trials are run at a time, at least 1. */
    int parallel();

    /** Ends what was started. */
    @Override
    void close();
}
