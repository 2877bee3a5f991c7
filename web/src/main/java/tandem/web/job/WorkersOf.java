package tandem.web.job;

import java.util.function.Consumer;
import tandem.lab.engines.Engines;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

/** How the workers of a job are started. */
public interface WorkersOf {
    /** The engines that are found now. */
    Engines engines();

    /**
     * Workers of one job.
     *
     * @param parallel how many work at a time, each with its share of the threads
     */
    Workers of(int parallel, Consumer<Progress> progress, StopSignal stop);
}
