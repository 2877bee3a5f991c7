package tandem.app;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.core.AtomicFile;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Images;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.parity.JunitXml;
import tandem.lab.parity.Parity;
import tandem.lab.parity.ParityTables;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;

/** {@code tandem parity}. */
@Command(
        name = "parity",
        header = "Prove that engines compute the same, tensor by tensor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Proves that engines compute the same: single steps from the same parameters, accumulators, images"
                        + " and masks, compared with plain Java in float64, tensor by tensor. Then shows how far each engine's"
                        + " training is from the reference's, beside what one rounding makes of it.",
        footer = {
            "",
            "Exit code 1 if an engine fails its proof.",
            "",
            "Examples:",
            "  tandem parity",
            "  tandem parity --engines java,pytorch --steps 60",
            "  tandem parity --engines pytorch --against java --report",
            "  tandem parity --recipe published-tensorflow --no-dropout",
            "  tandem parity --init model.safetensors --no-shuffle --first-image 6400"
        })
final class ParityCommand extends LabCommand {
    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines to prove; 'name:variant' for a variant (default: all that run here).")
    private @Nullable List<String> names;

    @Option(
            names = "--against",
            paramLabel = "ENGINE",
            description = "Also compare the engines with this one, directly.")
    private @Nullable String against;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "20",
            description = "Steps of the trajectory (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--first-image",
            paramLabel = "N",
            defaultValue = "0",
            description = "Leave out the training images before this one, counted from 0 (default: ${DEFAULT-VALUE}).")
    private int firstImage;

    @Option(
            names = "--report",
            description = "Also write report.html: every tensor's error against its limit, and the trajectories in the"
                    + " band of one rounding.")
    private boolean report;

    @Option(
            names = "--junit",
            paramLabel = "FILE",
            description = "Also write the verdicts as JUnit's XML, so that continuous integration shows which tensor"
                    + " failed.")
    private @Nullable Path junit;

    @Mixin
    private RecipeOptions recipeOptions;

    @Mixin
    private DeviceOptions deviceOptions;

    @Mixin
    private RunOptions runOptions;

    @Mixin
    private OutputOptions outputOptions;

    @Override
    public Integer call() {
        Engines engines = Engines.find();
        EngineName other = against == null ? null : deviceOptions.asNamed(against, engines);
        List<EngineName> chosen = deviceOptions.choose(names, true, engines);
        // What others are compared with goes first.
        Set<EngineName> inOrder = new LinkedHashSet<>(other == null ? List.of() : List.of(other));
        inOrder.addAll(chosen);
        requireAtLeastOne("--steps", steps);
        require(firstImage >= 0, "--first-image is %d; it must be at least 0", firstImage);
        Recipe asked = recipeOptions.recipe();
        runOptions.check(List.copyOf(inOrder));
        return outputOptions.watched(asked.batchSize(), progress -> {
            Dataset data = open(asked, recipeOptions.classes(null), runOptions.offline(), progress);
            int images = data.train().count();
            require(
                    firstImage < images,
                    "--first-image is %d; %s has %d training images",
                    firstImage,
                    data.name(),
                    images);
            Recipe recipe = data.fit(asked);
            Images train = data.from(firstImage)
                    .limit(recipe.trainLimit(), recipe.testLimit())
                    .train();
            Parity.Plan plan = new Parity.Plan(
                    main.commandLineText(),
                    recipe,
                    List.copyOf(inOrder),
                    other,
                    recipeOptions.initialParameters(),
                    firstImage,
                    steps);
            try (RunDirectory directory = begun(RunDirectory.create(runOptions.out(), spec.name()), progress)) {
                Parity parity = Parity.run(plan, runOptions.workers(this, engines, 1, progress), train, directory);
                return () -> end(parity, directory);
            }
        });
    }

    private int end(Parity parity, RunDirectory directory) {
        if (!outputOptions.printed(parity)) {
            print(parity);
        }
        if (junit != null) {
            AtomicFile.write(junit, JunitXml.of(parity));
        }
        if (report) {
            outputOptions.printFolder(directory);
        } else {
            outputOptions.print(directory.path().toString());
        }
        return exitCode(parity.engines().stream()
                .allMatch(engine -> (engine.passed() || names == null && engine.status() == Status.UNAVAILABLE)
                        && (engine.against() == null || engine.against().passed())));
    }

    private static void print(Parity parity) {
        print(ParityTables.proof(parity));
        if (!parity.proofs().isEmpty()) {
            System.out.println();
            about(parity);
        }
        ParityTables.explanations(parity).forEach(LabCommand::say);
        if (parity.engines().stream().anyMatch(engine -> engine.against() != null)) {
            print(ParityTables.against(parity));
            System.out.println();
            say("Limits are twice those of the proof, as both engines round.");
        }
        if (!parity.done().isEmpty()) {
            print(ParityTables.trajectories(parity));
            System.out.println();
            say(
                    "Distance from the reference's loss (%.4f at step 0, %.4f at step %d); parameters relative to how far it moved. First row: the most that the reference itself made of it by moving each initial parameter to the next float32 number.",
                    parity.lossReference().getFirst(), parity.lossReference().getLast(), parity.steps() - 1);
        }
    }

    private static void about(Parity parity) {
        say(
                "Single steps from the reference's states after %s steps, batches of %d images; %s images passed over, as a choice of max-pool or ReLU was undecided.",
                each(parity, Parity.Proof::afterSteps),
                parity.proofs().getFirst().images(),
                each(parity, Parity.Proof::passedOver));
        for (Parity.Proof proof : parity.proofs()) {
            if (!proof.decided()) {
                say(
                        "After %d steps no batch of images with decided choices was found (margin %.1e): there a right engine may fail.",
                        proof.afterSteps(), proof.margin());
            }
        }
    }

    private static String each(Parity parity, Function<Parity.Proof, Integer> figure) {
        return parity.proofs().stream().map(figure).map(String::valueOf).collect(Collectors.joining(", "));
    }
}
