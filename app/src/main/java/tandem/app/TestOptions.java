package tandem.app;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.worker.protocol.Request;

/** Tests of the networks while they learn. */
final class TestOptions {
    /** How many of the first test images, the same for all engines. */
    private static final int IMAGES = 1000;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--test-every",
            paramLabel = "N",
            defaultValue = "100",
            description = "Test on the first 1,000 test images every N steps, for the curves; this does not count as"
                    + " training time (default: ${DEFAULT-VALUE}; 0: only after epochs).")
    private int every;

    /** Null for none. */
    Request.@Nullable Tests tests() {
        Usage.require(every >= 0, command, "--test-every is %d; it must be at least 0", every);
        return every == 0 ? null : new Request.Tests(every, IMAGES);
    }
}
