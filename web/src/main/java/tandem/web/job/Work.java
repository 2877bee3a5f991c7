package tandem.web.job;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.lab.progress.StopSignal;
import tandem.web.event.Journal;

/** What a job does. Begun again after a stop, it goes on where it was. */
interface Work {
    /**
     * Works until all is done, or the signal is raised.
     *
     * @param journal is told what happens
     * @return null if it went well, or was stopped; else one sentence
     */
    @Nullable
    String run(Journal journal, StopSignal stop);

    /** Whether it can go on after a stop. */
    boolean goesOn();

    /** What the page shows of it. */
    Description description();

    /**
     * What the page shows of some work.
     *
     * @param kind training or parity
     * @param rows what works
     * @param epochs of a training, or null
     * @param steps of each row; 0 as long as it is not known
     * @param imagesPerEpoch of a training, or null
     * @param runs names of its run directories, as far as they are made
     */
    record Description(
            String kind,
            List<Row> rows,
            @Nullable Integer epochs,
            long steps,
            @Nullable Integer imagesPerEpoch,
            List<String> runs) {}
}
