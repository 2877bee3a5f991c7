package tandem.lab.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.lab.Agreement;
import tandem.lab.Comparison;
import tandem.lab.Json;
import tandem.lab.RunDirectory;

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
        Comparison comparison, List<String> commands, List<EngineRun> runs, Dataset images, String withoutImages) {

    /**
     * Reads what a report is made of.
     *
     * @throws Failure if the directory holds no comparison, or one of its files cannot be read
     */
    static ComparisonReport read(RunDirectory directory) {
        Path file = directory.path().resolve("comparison.json");
        if (!Files.exists(file)) {
            throw new Failure(
                    "%s: holds no comparison.json; reports are made of what 'tandem compare' and 'tandem train' wrote"
                            .formatted(directory.path()));
        }
        Comparison comparison = Json.read(file, Comparison.class);
        List<EngineRun> runs = comparison.engines().stream()
                .map(result ->
                        EngineRun.read(result, directory, comparison.recipe().network()))
                .toList();
        List<String> commands = directory.commands().lines().toList();
        try {
            return new ComparisonReport(comparison, commands, runs, images(comparison), null);
        } catch (Failure e) {
            return new ComparisonReport(comparison, commands, runs, null, e.getMessage());
        }
    }

    /** The dataset as the engines had it; null if no engine says what it had. */
    private static Dataset images(Comparison comparison) {
        List<Agreement.Inputs> inputs =
                List.copyOf(comparison.agreement().inputs().values());
        if (inputs.isEmpty()) {
            return null;
        }
        Recipe recipe = comparison.recipe();
        Dataset data = Datasets.open(recipe.dataset()).limit(recipe.trainLimit(), recipe.testLimit());
        if (!inputs.getFirst().identity().isOf(data)) {
            throw new Failure(
                    "dataset %s holds other images now than the engines trained on".formatted(recipe.dataset()));
        }
        return data;
    }

    Page page() {
        List<Section> sections = new ArrayList<>();
        sections.add(ResultSection.of(this));
        sections.add(TrainingSection.of(this));
        sections.add(SpeedSection.of(this));
        sections.add(AnswersSection.of(this));
        sections.add(WeightsSection.of(this));
        sections.add(CodeSection.of(this));
        sections.removeIf(section -> section.blocks().isEmpty());
        return new Page(
                ResultSection.title(this),
                ResultSection.subtitle(this),
                runs.stream().map(EngineRun::name).toList(),
                sections);
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
