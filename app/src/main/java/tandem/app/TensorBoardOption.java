package tandem.app;

import java.time.InstantSource;
import java.util.function.Consumer;
import picocli.CommandLine.Option;
import tandem.lab.compare.TensorBoard;
import tandem.lab.progress.Progress;
import tandem.lab.run.RunDirectory;

/** Curves for TensorBoard. */
final class TensorBoardOption {
    @Option(
            names = "--tensorboard",
            description = "Also write the curves for TensorBoard while the engines train; 'tensorboard --logdir DIR'"
                    + " with the run's folder shows them.")
    private boolean written;

    /** The consumer, or one that also writes event files into the run's folder. */
    Consumer<Progress> of(RunDirectory directory, Consumer<Progress> progress) {
        return written ? new TensorBoard(directory, InstantSource.system(), progress) : progress;
    }
}
