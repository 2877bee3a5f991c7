package tandem.core.engine;

import java.util.List;

/** Whether and with what an engine runs on a platform. */
public sealed interface Support {

    /**
     * The engine runs.
     *
     * @param natives Maven coordinates of what is fetched before the first run,
     *     {@code group:artifact:version:classifier}, the classifier only if there is one
     */
    record Supported(List<String> natives) implements Support {}

    /**
     * The engine does not run.
     *
     * @param reason one sentence
     */
    record Unsupported(String reason) implements Support {}
}
