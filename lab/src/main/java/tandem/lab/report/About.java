package tandem.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.lab.page.Block;
import tandem.lab.page.Numbers;
import tandem.lab.run.Machine;

/** What every report says of its run: when, with which commands, on what, and which recipe. */
final class About {
    private About() {}

    /** The dataset's name; of a folder, its last part. */
    static String dataset(Recipe recipe) {
        String[] parts = recipe.dataset().split("[/\\\\]");
        return parts.length == 0 ? recipe.dataset() : parts[parts.length - 1];
    }

    /** "2 threads of AMD EPYC". */
    static String processor(Machine machine) {
        return Numbers.of(machine.threads(), "thread") + " of "
                + Objects.requireNonNullElse(machine.cpu(), "an unnamed processor");
    }

    /**
     * The line under a title: words, and when the first of the commands (lines of command.txt) began, to the minute.
     */
    static String subtitle(List<String> commands, String... words) {
        List<String> parts = new ArrayList<>(List.of(words));
        if (!commands.isEmpty()) {
            String began = commands.getFirst().split(" ", 2)[0];
            parts.add(began.replace("T", " ").replaceAll(":\\d+Z$", " UTC"));
        }
        return String.join(", ", parts);
    }

    /** The commands that made the run, to be copied, from the lines of command.txt. */
    static List<Block.Command> commands(List<String> commands) {
        return commands.stream()
                .map(line -> new Block.Command("./" + line.split(" ", 2)[1]))
                .distinct()
                .toList();
    }

    /** Every choice of an experiment that trains for all epochs of its recipe, and what it ran on. */
    static List<Block> facts(Recipe recipe, @Nullable Dataset data, Machine machine) {
        return facts(recipe, data, machine, Numbers.of(recipe.epochs(), "epoch"));
    }

    /**
     * Every choice of an experiment, and what it ran on.
     *
     * @param data the dataset within the recipe's limits, or null if it is not at hand
     * @param steps how long engines train, whatever the recipe's epochs are
     */
    static List<Block> facts(Recipe recipe, @Nullable Dataset data, Machine machine, String steps) {
        return List.of(recipe(recipe, data, steps), machine(machine));
    }

    private static Block recipe(Recipe recipe, @Nullable Dataset data, String steps) {
        Network network = recipe.network();
        SequencedMap<String, String> facts = new LinkedHashMap<>();
        facts.put("dataset", recipe.dataset());
        String train = data == null
                ? limit(recipe.trainLimit())
                : Numbers.of(data.train().count());
        String test = data == null
                ? limit(recipe.testLimit())
                : Numbers.of(data.test().count());
        facts.put("images", "%s for training, %s for testing".formatted(train, test));
        String layers = "convolutions of %s and %s channels, max-pool, dense %s, %s classes"
                .formatted(network.conv1(), network.conv2(), network.hidden(), network.classes());
        facts.put("network", "%s: %s parameters".formatted(layers, Numbers.of(network.parameterCount())));
        facts.put("loss", recipe.loss().toString());
        facts.put(
                "initial values",
                "weights %s, biases %s".formatted(recipe.weightInitialiser(), recipe.biasInitialiser()));
        facts.put(
                "optimizer",
                "Adadelta, learning rate %s, rho %s, epsilon %s"
                        .formatted(
                                recipe.learningRate(),
                                recipe.rho(),
                                String.valueOf(recipe.epsilon()).replace(".0E", "e")));
        facts.put("schedule", "%s, gamma %s".formatted(recipe.schedule(), recipe.gamma()));
        facts.put("dropout", recipe.dropout() ? network.dropout1() + " and " + network.dropout2() : "none");
        facts.put("order", recipe.shuffle() ? "shuffled in every epoch" : "as in the file");
        facts.put("steps", "%s, batches of %s, seed %s".formatted(steps, recipe.batchSize(), recipe.seed()));
        return Block.Facts.of("Recipe", facts);
    }

    private static String limit(int images) {
        return images == 0 ? "all" : "at most " + Numbers.of(images);
    }

    private static Block machine(Machine machine) {
        SequencedMap<String, String> facts = new LinkedHashMap<>();
        if (machine.cpu() != null) {
            facts.put("processor", machine.cpu());
        }
        facts.put("cores", "%s, of which %s compute".formatted(machine.cores(), machine.threads()));
        facts.put("memory", Numbers.of(machine.memoryMiB()) + " MiB");
        facts.put("system", machine.os());
        facts.put("JDK", machine.jdk());
        facts.putAll(machine.engines());
        if (machine.commit() != null) {
            facts.put("Tandem's commit", machine.commit());
        }
        return Block.Facts.of("Machine", facts);
    }
}
