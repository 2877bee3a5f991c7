package tandem.app;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.core.Failure;
import tandem.lab.run.RunDirectory;

/** A run that goes on. */
final class ResumeOption {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Continue the run in this folder, whether it ended, was interrupted or was killed: only what"
                    + " is missing is done.")
    private @Nullable Path folder;

    /**
     * The folder of the run, or null for a new run.
     *
     * @throws ParameterException if a folder is given that is another one
     */
    @Nullable
    Path folder(RunOptions options) {
        Usage.require(
                folder == null || !options.hasOut(),
                command,
                "--out cannot be combined with --resume, which continues in its own folder");
        return folder;
    }

    /**
     * The same, with options of a recipe.
     *
     * @throws ParameterException if these give a start, which the run has
     */
    @Nullable
    Path folder(RunOptions options, RecipeOptions recipe) {
        if (folder != null) {
            recipe.refuseStart("--resume");
        }
        return folder(options);
    }

    /**
     * Requires that it is known what a run was asked for: from its file, or because it is said again.
     *
     * @param run to go on with; null if it is a new one
     * @param file that should say it
     * @param options that say it
     * @throws Failure if neither does
     */
    static void requireKnown(@Nullable RunDirectory run, String file, boolean known, String options) {
        Path path = run == null ? null : run.path().resolve(file);
        if (path != null && !known && Files.exists(path)) {
            throw new Failure(
                    "%s: is damaged, and with it what the run was asked for; say it again beside --resume, with %s, as command.txt has it"
                            .formatted(path, options));
        }
    }

    /**
     * The folder of a run that goes on if it is named, or if it was begun before by the same command.
     *
     * @param file that the command's runs have
     */
    RunDirectory directory(RunOptions options, String file) {
        return folder == null
                ? RunDirectory.createOrGoOn(options.out(), command.name(), file)
                : RunDirectory.goOn(folder, file);
    }
}
