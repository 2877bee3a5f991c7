package tandem.lab.report;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.lab.compare.Agreement;
import tandem.lab.compare.Comparison;
import tandem.lab.page.Page;
import tandem.lab.run.RunDirectory;

/**
 * The report of a comparison, from its run directory alone; only the pixels of its images come from the dataset.
 *
 * @param comparison comparison.json
 * @param commands command.txt
 * @param runs what the directory holds of each engine, in the comparison's order
 * @param images the dataset within the recipe's limits, or null
 * @param withoutImages why there is none, or null
 */
record ComparisonReport(
        Comparison comparison,
        List<String> commands,
        List<EngineRun> runs,
        @Nullable Dataset images,
        @Nullable String withoutImages) {

    /** Reads it; a {@link Failure} if the directory holds no comparison, or one of its files cannot be read. */
    static ComparisonReport read(RunDirectory directory, List<String> commands) {
        Comparison comparison = Json.read(directory.path().resolve(Comparison.FILE), Comparison.class);
        Network network = comparison.recipe().network();
        List<EngineRun> runs = comparison.engines().stream()
                .map(result -> EngineRun.read(result, directory, network))
                .toList();
        Dataset images;
        try {
            images = images(comparison);
        } catch (Failure e) {
            return new ComparisonReport(comparison, commands, runs, null, e.getMessage());
        }
        if (images != null) {
            for (EngineRun run : runs) {
                run.checkAnswers(directory, images);
            }
        }
        return new ComparisonReport(comparison, commands, runs, images, null);
    }

    /** The dataset as the engines had it; null if no engine says what it had. */
    private static @Nullable Dataset images(Comparison comparison) {
        Collection<Agreement.Inputs> inputs = comparison.agreement().inputs().values();
        if (inputs.isEmpty()) {
            return null;
        }
        Recipe recipe = comparison.recipe();
        Dataset data = Datasets.open(recipe.dataset()).limit(recipe.trainLimit(), recipe.testLimit());
        if (!inputs.iterator().next().identity().isOf(data)) {
            throw new Failure(
                    "dataset %s holds other images now than the engines trained on".formatted(recipe.dataset()));
        }
        Network network = recipe.network();
        data = data.forClasses(network.classes());
        if (!data.fit(recipe).network().equals(network)) {
            throw new Failure(
                    "dataset %s has other sizes or classes than the recipe's network".formatted(recipe.dataset()));
        }
        return data;
    }

    Page page() {
        Page page = Page.of(
                ResultSection.title(this),
                ResultSection.subtitle(this),
                runs.stream().map(EngineRun::name).toList(),
                ResultSection.of(this),
                TrainingSection.of(this),
                SpeedSection.of(this),
                AnswersSection.of(this),
                WeightsSection.of(this),
                DataSection.of(this),
                CodeSection.of(this));
        return page.with(lacks()).with(Headlines.of(comparison));
    }

    /** What the page does not show for want of it. */
    List<String> lacks() {
        return runs.stream()
                .filter(run -> !run.lacks().isEmpty())
                .map(run -> "The log of %s does not have %s; curves and medians leave them out."
                        .formatted(run.name(), String.join(", ", run.lacks())))
                .toList();
    }

    /** The engines whose final model and answers are there. */
    List<EngineRun> done() {
        return runs.stream().filter(run -> run.logits() != null).toList();
    }

    /** The engines that did at least a step. */
    List<EngineRun> stepped() {
        return runs.stream().filter(run -> !run.steps().isEmpty()).toList();
    }

    /** The engines that finished at least an epoch. */
    List<EngineRun> evaluated() {
        return runs.stream().filter(run -> !run.result().epochs().isEmpty()).toList();
    }
}
