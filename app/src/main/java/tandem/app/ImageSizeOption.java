package tandem.app;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.core.Failure;
import tandem.core.model.ImageSize;

/** The size of a model's images, which files of others do not say. */
final class ImageSizeOption {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--image-size",
            paramLabel = "RxC",
            description = "Rows and columns of the images that the model takes, such as 28x28, if the model's file does"
                    + " not say.")
    private @Nullable String words;

    /**
     * The size that is given, or null.
     *
     * @throws ParameterException if it is not a size
     */
    @Nullable
    ImageSize size() {
        try {
            return words == null ? null : ImageSize.parse(words);
        } catch (Failure e) {
            throw new ParameterException(command.commandLine(), "--image-size: " + e.getMessage());
        }
    }
}
