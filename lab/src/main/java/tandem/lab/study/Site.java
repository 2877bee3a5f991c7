package tandem.lab.study;

import org.jspecify.annotations.Nullable;
import tandem.lab.cluster.ClusterSettings;

/**
 * Where the trials of a study run, and whether their models stay.
 *
 * @param cluster that trains; null for this machine
 * @param keepModels whether each trial's trained model is kept beside its file
 */
public record Site(@Nullable ClusterSettings cluster, boolean keepModels) {
    /** This machine; models are not kept. */
    public static final Site HERE = new Site(null, false);
}
