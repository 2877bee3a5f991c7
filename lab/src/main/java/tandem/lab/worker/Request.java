package tandem.lab.worker;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import tandem.core.Recipe;

/** What the lab asks of a worker: one JSON object a line. A worker serves any number of trials, one after the other. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "request")
public sealed interface Request {

    /**
     * Train one trial.
     *
     * @param recipe its network already has the dataset's sizes
     * @param threads how many threads may compute
     * @param variant one of the engine's variants, or the empty string
     * @param initialParameters safetensors file to start from, or null to draw them
     * @param checkpoint checkpoint folder to go on from, or null to start anew
     * @param folder where checkpoints and the final model are written, or null to write none
     */
    @JsonTypeName("train")
    record Train(Recipe recipe, int threads, String variant, String initialParameters, String checkpoint, String folder)
            implements Request {}

    /** End the trial after the current step, keeping a checkpoint. */
    @JsonTypeName("stop")
    record Stop() implements Request {}

    /** End the process. */
    @JsonTypeName("exit")
    record Exit() implements Request {}
}
