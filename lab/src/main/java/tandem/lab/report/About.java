package tandem.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.lab.Machine;

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
     * When the run began, to the minute.
     *
     * @param commands lines of command.txt
     * @return one text, or none if there is no command
     */
    static List<String> when(List<String> commands) {
        return commands.stream()
                .limit(1)
                .map(line -> line.split(" ", 2)[0].replace("T", " ").replaceAll(":\\d+Z$", " UTC"))
                .toList();
    }

    /**
     * The commands that made the run, to be copied.
     *
     * @param commands lines of command.txt
     */
    static List<Block> commands(List<String> commands) {
        return commands.stream()
                .map(line -> line.split(" ", 2)[1])
                .distinct()
                .map(command -> (Block) new Block.Command("./" + command))
                .toList();
    }

    /**
     * Every choice of the experiment.
     *
     * @param data the dataset within the recipe's limits, or null if it is not at hand
     */
    static Block recipe(Recipe recipe, Dataset data) {
        List<Block.Fact> facts = new ArrayList<>();
        facts.add(new Block.Fact("dataset", recipe.dataset()));
        facts.add(new Block.Fact(
                "images",
                data == null
                        ? "%s for training, %s for testing"
                                .formatted(limit(recipe.trainLimit()), limit(recipe.testLimit()))
                        : "%s for training, %s for testing"
                                .formatted(
                                        Numbers.of(data.train().count()),
                                        Numbers.of(data.test().count()))));
        facts.add(new Block.Fact(
                "network",
                "convolutions of %d and %d channels, max-pool, dense %d, %d classes: %s parameters"
                        .formatted(
                                recipe.network().conv1(),
                                recipe.network().conv2(),
                                recipe.network().hidden(),
                                recipe.network().classes(),
                                Numbers.of(recipe.network().parameterCount()))));
        facts.add(new Block.Fact("loss", recipe.loss().toString()));
        facts.add(new Block.Fact(
                "initial values",
                "weights %s, biases %s".formatted(recipe.weightInitialiser(), recipe.biasInitialiser())));
        facts.add(new Block.Fact(
                "optimizer",
                "Adadelta, learning rate %s, rho %s, epsilon %s"
                        .formatted(recipe.learningRate(), recipe.rho(), recipe.epsilon())));
        facts.add(new Block.Fact("schedule", "%s, gamma %s".formatted(recipe.schedule(), recipe.gamma())));
        facts.add(new Block.Fact(
                "dropout",
                recipe.dropout()
                        ? "%s and %s"
                                .formatted(
                                        recipe.network().dropout1(),
                                        recipe.network().dropout2())
                        : "none"));
        facts.add(new Block.Fact("order", recipe.shuffle() ? "shuffled in every epoch" : "as in the file"));
        facts.add(new Block.Fact(
                "steps",
                "%s, batches of %d, seed %d"
                        .formatted(Numbers.of(recipe.epochs(), "epoch"), recipe.batchSize(), recipe.seed())));
        return new Block.Facts("Recipe", facts);
    }

    private static String limit(int images) {
        return images == 0 ? "all" : "at most " + Numbers.of(images);
    }

    /** What it ran on. */
    static Block machine(Machine machine) {
        List<Block.Fact> facts = new ArrayList<>();
        facts.add(new Block.Fact("processor", machine.cpu()));
        facts.add(new Block.Fact("cores", "%d, of which %d compute".formatted(machine.cores(), machine.threads())));
        facts.add(new Block.Fact("memory", Numbers.of(machine.memoryMiB()) + " MiB"));
        facts.add(new Block.Fact("system", machine.os()));
        facts.add(new Block.Fact("JDK", machine.jdk()));
        machine.engines().forEach((engine, library) -> facts.add(new Block.Fact(engine, library)));
        facts.add(new Block.Fact("Tandem's commit", machine.commit()));
        facts.removeIf(fact -> fact.value() == null);
        return new Block.Facts("Machine", facts);
    }
}
