package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.Page.rounded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A study whose third engine lacks the second of four seeds, as the study was interrupted: two engines are compared on
 * the seeds that both have, seed by seed, in the files, on the screen and on the page. The engines' trials are given
 * accuracies of their own.
 */
final class SeedsTest {
    private static final List<String> NAMES = List.of("java", "java (direct convolution)", "reference");
    private static final List<String> FOLDERS = List.of("java", "java-direct-convolution", "reference");

    @TempDir
    static Path folder;

    private static Path run;
    private static Tandem interrupted;
    private static JsonNode study;

    /** By engine and seed. */
    private static final List<TreeMap<Long, Double>> ACCURACIES = new ArrayList<>();

    private static Tandem.Running start(Path run, String engines) throws Exception {
        return Tandem.start(
                run.getParent(),
                "study",
                "--engines",
                engines,
                "--seeds",
                "4",
                "--epochs",
                "3",
                "--train-limit",
                "2000",
                "--test-limit",
                "100",
                "--margin",
                "0.5",
                "--out",
                run.getFileName().toString());
    }

    /** The trials of an engine as those of another, which computes the same. */
    static void as(Path trials, String from, String name, String folder) throws Exception {
        Runs.copy(trials.resolve(from), trials.resolve(folder));
        try (var files = Files.list(trials.resolve(folder))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Runs.write(file, ((ObjectNode) Runs.json(file)).put("arm", name).put("engine", name));
            }
        }
    }

    @BeforeAll
    static void interrupt() throws Exception {
        run = Runs.copy(Runs.study().path(), folder.resolve("run"));
        as(run.resolve("trials"), "java", "reference", "reference");
        for (int engine = 0; engine < 3; engine++) {
            MadeUpTrials.spread(run.resolve("trials").resolve(FOLDERS.get(engine)), 3 * engine + 1);
        }
        Files.delete(run.resolve("trials/reference/seed-43.json"));
        Tandem.Running running = start(run, "java,java:direct-convolution,reference");
        running.await("11 of 12 trials are done already");
        running.signal("INT");
        interrupted = running.end();
        study = Runs.json(run.resolve("study.json"));
        for (int engine = 0; engine < 3; engine++) {
            TreeMap<Long, Double> accuracies = new TreeMap<>();
            for (long seed = 42; seed < 46; seed++) {
                if (engine != 2 || seed != 43) {
                    accuracies.put(seed, MadeUpTrials.accuracy(3 * engine + 1, seed));
                }
            }
            ACCURACIES.add(accuracies);
        }
    }

    /** First minus second on the seeds that both have, in points. */
    private static List<Double> points(int first, int second) {
        List<Double> points = new ArrayList<>();
        ACCURACIES.get(first).forEach((seed, accuracy) -> {
            if (ACCURACIES.get(second).containsKey(seed)) {
                points.add(100 * (accuracy - ACCURACIES.get(second).get(seed)));
            }
        });
        return points;
    }

    /** Half of the 95% interval over the deviation, over the root of n: quantiles of Student's t from a table. */
    private static final Map<Integer, Double> QUANTILE = Map.of(3, 4.302652729749, 4, 3.182446305284);

    /** Probability of Student's t at most t with n - 1 degrees of freedom, in closed form. */
    private static double cumulative(double t, int n) {
        return n == 3
                ? 0.5 + t / (2 * Math.sqrt(2 + t * t))
                : 0.5 + (t / Math.sqrt(3) / (1 + t * t / 3) + Math.atan(t / Math.sqrt(3))) / Math.PI;
    }

    private static void assertEstimate(List<Double> values, JsonNode estimate) {
        int n = values.size();
        double mean = values.stream().mapToDouble(value -> value).average().orElseThrow();
        double squares = values.stream()
                .mapToDouble(value -> (value - mean) * (value - mean))
                .sum();
        double deviation = Math.sqrt(squares / (n - 1));
        double half = QUANTILE.get(n) * deviation / Math.sqrt(n);
        assertEquals(n, estimate.get("n").intValue());
        assertEquals(mean, estimate.get("mean").doubleValue(), 1e-9);
        assertEquals(deviation, estimate.get("standardDeviation").doubleValue(), 1e-9);
        assertEquals(mean - half, estimate.get("low").doubleValue(), 1e-8);
        assertEquals(mean + half, estimate.get("high").doubleValue(), 1e-8);
    }

    static void assertDifference(List<Double> points, JsonNode difference) {
        assertEstimate(points, difference.get("points"));
        int n = points.size();
        double mean = difference.at("/points/mean").doubleValue();
        double error = difference.at("/points/standardDeviation").doubleValue() / Math.sqrt(n);
        double p = 2 * cumulative(-Math.abs(mean / error), n);
        double equivalence = cumulative((Math.abs(mean) - 0.5) / error, n);
        assertEquals(mean / error, difference.get("t").doubleValue(), 1e-6);
        assertEquals(p, difference.get("p").doubleValue(), 1e-8);
        assertEquals(0.5, difference.get("margin").doubleValue());
        assertEquals(equivalence, difference.get("equivalenceP").doubleValue(), 1e-8);
        String verdict = p < 0.05
                ? equivalence < 0.05 ? "different-within-margin" : "different"
                : equivalence < 0.05 ? "equivalent" : "undecided";
        assertEquals(verdict, difference.get("verdict").asString());
        assertEquals(verdict.equals("undecided"), difference.get("seedsNeeded").isNumber());
    }

    @Test
    void theCommandWasInterrupted() {
        assertEquals(130, interrupted.exitCode());
        assertTrue(
                interrupted
                        .out()
                        .contains("Interrupted: 11 of 12 trials are done; 'tandem study --resume run' goes on."),
                interrupted.out());
        assertEquals("interrupted", study.get("state").asString());
        assertFalse(Files.exists(run.resolve("trials/reference/seed-43.json")));
        assertEquals("done", study.at("/engines/0/status").asString());
        assertEquals("interrupted", study.at("/engines/2/status").asString());
        assertEquals("3 of 4 seeds are done", study.at("/engines/2/failure").asString());
    }

    @Test
    void enginesHaveTheFiguresOfTheirSeeds() {
        for (int engine = 0; engine < 3; engine++) {
            JsonNode arm = study.get("engines").get(engine);
            assertEquals(NAMES.get(engine), arm.get("name").asString());
            assertEstimate(List.copyOf(ACCURACIES.get(engine).values()), arm.get("testAccuracy"));
            List<Double> losses = new ArrayList<>();
            List<Double> seconds = new ArrayList<>();
            int i = 0;
            for (long seed : ACCURACIES.get(engine).keySet()) {
                int spread = 3 * engine + 1;
                double took = 60 + 9 * spread + 0.75 * (seed - 40) * (seed - 40);
                losses.add(0.3 * spread + 0.01 * seed + 0.003);
                seconds.add(took);
                JsonNode trial = arm.get("trials").get(i++);
                assertEquals(seed, trial.get("seed").longValue());
                assertEquals(
                        ACCURACIES.get(engine).get(seed),
                        trial.get("testAccuracy").doubleValue());
                assertEquals(took, trial.get("trainSeconds").doubleValue(), 1e-9);
            }
            assertEquals(i, arm.get("trials").size());
            assertEstimate(losses, arm.get("testLoss"));
            assertEstimate(seconds, arm.get("trainSeconds"));
        }
    }

    /** The first epoch, and not the last, that ends with 99%. */
    @Test
    void epochsAndSecondsToTheTargetAreOfTheSeedsThatReachedIt() {
        int reached = 0;
        for (int engine = 0; engine < 3; engine++) {
            int there = 0;
            int spread = 3 * engine + 1;
            for (JsonNode trial : study.get("engines").get(engine).get("trials")) {
                long seed = trial.get("seed").longValue();
                double accuracy = MadeUpTrials.accuracy(spread, seed);
                double[] epochs = {accuracy, accuracy + 0.011 - 0.002 * (seed % 3), accuracy};
                double seconds = 0;
                Integer first = null;
                for (int epoch = 1; epoch <= 3 && first == null; epoch++) {
                    seconds += 10.0 * epoch + 3 * spread + 0.25 * (seed - 40) * (seed - 40);
                    first = epochs[epoch - 1] >= 0.99 ? epoch : null;
                }
                assertEquals(first == null, trial.get("epochsToTarget").isNull());
                if (first != null) {
                    there++;
                    assertEquals(first, trial.get("epochsToTarget").intValue());
                    assertEquals(seconds, trial.get("secondsToTarget").doubleValue(), 1e-9);
                }
            }
            reached += there;
            assertEquals(
                    there,
                    study.get("engines").get(engine).at("/epochsToTarget/n").intValue());
            assertEquals(
                    there,
                    study.get("engines").get(engine).at("/secondsToTarget/n").intValue());
        }
        assertTrue(reached > 0 && reached < 11, "both kinds are here: " + reached);
    }

    @Test
    void pairsAreOfTheSameSeed() throws Exception {
        int[][] pairs = {{0, 1}, {0, 2}, {1, 2}};
        Page page = Page.of(run);
        JsonNode dots = page.block("pairs", "Difference of the test accuracies, by seed")
                .get("rows");
        JsonNode table = page.blocks("pairs", "table").getFirst();
        List<List<String>> printed =
                PrintedTable.of(interrupted.out()).getLast().rows();
        assertEquals(3, study.get("pairs").size());
        for (int i = 0; i < 3; i++) {
            JsonNode pair = study.get("pairs").get(i);
            assertEquals(NAMES.get(pairs[i][0]), pair.get("first").asString());
            assertEquals(NAMES.get(pairs[i][1]), pair.get("second").asString());
            List<Double> points = points(pairs[i][0], pairs[i][1]);
            assertEquals(i == 0 ? 4 : 3, points.size());
            assertDifference(points, pair.get("difference"));
            assertEquals(
                    NAMES.get(pairs[i][0]) + " − " + NAMES.get(pairs[i][1]),
                    dots.get(i).get("name").asString());
            assertEquals(
                    points.stream().map(Page::rounded).toList(),
                    dots.get(i)
                            .get("values")
                            .valueStream()
                            .map(JsonNode::doubleValue)
                            .toList());
            assertEquals(
                    pair.at("/difference/points/mean").doubleValue(),
                    dots.get(i).get("mean").doubleValue(),
                    1e-9);
            assertEquals(
                    pair.at("/difference/points/low").doubleValue(),
                    dots.get(i).get("low").doubleValue(),
                    1e-9);
            assertEquals(
                    pair.at("/difference/points/high").doubleValue(),
                    dots.get(i).get("high").doubleValue(),
                    1e-9);
            // The page's cells: names, seeds, difference, both p, result; the screen has t instead of the second.
            List<String> cells = Page.rows(table).get(i);
            List<String> row = printed.get(i);
            assertEquals(row.subList(0, 4), cells.subList(0, 4));
            assertEquals(probability(pair.at("/difference/p").doubleValue()), cells.get(4));
            assertEquals(probability(pair.at("/difference/equivalenceP").doubleValue()), cells.get(5));
            assertEquals(row.getLast(), cells.getLast());
        }
    }

    private static String probability(double p) {
        return p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
    }

    @Test
    void thePageHasADotForEverySeed() throws Exception {
        Page page = Page.of(run);
        JsonNode dots = page.blocks("accuracy", "dots").getFirst().get("rows");
        JsonNode time = page.blocks("time", "dots").getFirst().get("rows");
        Map<String, List<Double>> seconds = new HashMap<>();
        double before = 0;
        for (JsonNode row : time) {
            seconds.put(
                    row.get("engine").asString(),
                    row.get("values").valueStream().map(JsonNode::doubleValue).toList());
            assertTrue(row.get("mean").doubleValue() >= before, "the quickest comes first");
            before = row.get("mean").doubleValue();
        }
        for (int engine = 0; engine < 3; engine++) {
            JsonNode arm = study.get("engines").get(engine);
            JsonNode row = dots.get(engine);
            assertEquals(NAMES.get(engine), row.get("engine").asString());
            assertEquals(
                    ACCURACIES.get(engine).values().stream()
                            .map(a -> rounded(100 * a))
                            .toList(),
                    row.get("values").valueStream().map(JsonNode::doubleValue).toList());
            for (String field : List.of("mean", "low", "high")) {
                assertEquals(
                        100 * arm.get("testAccuracy").get(field).doubleValue(),
                        row.get(field).doubleValue(),
                        1e-9);
            }
            List<Double> reached = new ArrayList<>();
            for (JsonNode trial : arm.get("trials")) {
                if (trial.get("secondsToTarget").isNumber()) {
                    reached.add(rounded(trial.get("secondsToTarget").doubleValue()));
                }
            }
            assertEquals(reached, seconds.getOrDefault(NAMES.get(engine), List.of()));
        }
        // The table of the page has what the screen has, without per cent signs and status.
        List<List<String>> printed =
                PrintedTable.of(interrupted.out()).getFirst().rows();
        List<List<String>> rows = Page.rows(page.blocks("result", "table").getFirst());
        for (int engine = 0; engine < 3; engine++) {
            List<String> expected = new ArrayList<>(printed.get(engine));
            assertEquals(engine == 2 ? "interrupted" : "done", expected.remove(1));
            expected.replaceAll(cell -> cell.replace("%", ""));
            assertEquals(expected, rows.get(engine));
        }
    }

    /** Inputs are compared within a seed; a seed that differs is enough, and another seed is no difference. */
    @Test
    void inputsAreComparedSeedBySeed() throws Exception {
        assertTrue(study.get("sameInputs").booleanValue(), "initial parameters differ by seed, not by engine");
        Path other = Runs.copy(run, folder.resolve("other"));
        Path trial = other.resolve("trials/java-direct-convolution/seed-44.json");
        Runs.copy(run.resolve("trials/java"), other.resolve("trials/reference"));
        as(other.resolve("trials"), "java", "reference", "reference");
        Runs.write(trial, ((ObjectNode) Runs.json(trial)).put("batches", "0123456789abcdef"));
        Tandem tandem = start(other, "java,java:direct-convolution,reference").end();
        assertEquals(0, tandem.exitCode(), tandem.err());
        assertFalse(Runs.json(other.resolve("study.json")).get("sameInputs").booleanValue());
        assertTrue(
                tandem.out().contains("Inputs: NOT identical for all engines; the figures do not compare."),
                tandem.out());
        // Fingerprints of images and parameters count, too; and where a seed has one engine alone there is nothing to
        // say.
        Runs.copy(run.resolve("trials/java-direct-convolution"), other.resolve("trials/java-direct-convolution"));
        ObjectNode json = (ObjectNode) Runs.json(trial);
        ((ObjectNode) json.get("identity")).put("parameters", "0123456789abcdef");
        Runs.write(trial, json);
        assertEquals(0, start(other, "java,java:direct-convolution").end().exitCode());
        assertFalse(Runs.json(other.resolve("study.json")).get("sameInputs").booleanValue());
        assertEquals(0, start(other, "java").end().exitCode());
        assertTrue(Runs.json(other.resolve("study.json")).get("sameInputs").isNull());
        assertEquals(0, Runs.json(other.resolve("study.json")).get("pairs").size());
    }

    // ---- differences

    @Test
    void swapsAreOfTheSameSeedWithTheChoiceMinusWithout() throws Exception {
        Path swaps = Runs.copy(Runs.differences().path(), folder.resolve("swaps"));
        Map<String, Integer> arms = new HashMap<>();
        try (var paths = Files.list(swaps.resolve("trials/java"))) {
            for (Path path : paths.sorted().toList()) {
                MadeUpTrials.spread(path, arms.size());
                arms.put(path.getFileName().toString(), arms.size());
            }
        }
        Tandem tandem = Tandem.run(folder, Runs.to("swaps", Runs.DIFFERENCES));
        assertEquals(0, tandem.exitCode(), tandem.err());
        JsonNode differences = Runs.json(swaps.resolve("differences.json"));
        List<String> choices =
                List.of("loss", "schedule", "rho and epsilon", "initial weights", "initial biases", "shuffling");
        List<String> notebooks = List.of("published-pytorch", "published-tensorflow");
        Map<String, List<String>> own = Map.of(
                "published-pytorch",
                        List.of(
                                "{\"loss\":\"double-softmax\"}",
                                "{\"schedule\":\"epoch\"}",
                                "{\"rho\":0.9,\"epsilon\":1.0E-6}",
                                "{\"weightInitialiser\":\"fan-in\"}",
                                "{\"biasInitialiser\":\"fan-in\"}",
                                "{\"shuffle\":false}"),
                "published-tensorflow",
                        List.of(
                                "{\"loss\":\"cross-entropy\"}",
                                "{\"schedule\":\"batch\"}",
                                "{\"rho\":0.95,\"epsilon\":1.0E-7}",
                                "{\"weightInitialiser\":\"glorot\"}",
                                "{\"biasInitialiser\":\"zero\"}",
                                "{\"shuffle\":true}"));
        Page page = Page.read(swaps);
        for (int i = 0; i < 12; i++) {
            JsonNode swap = differences.get("swaps").get(i);
            String notebook = notebooks.get(i / 6);
            String choice = choices.get(i % 6);
            assertEquals(notebook, swap.get("recipe").asString());
            assertEquals(choice, swap.get("choice").asString());
            assertEquals(notebook + ", other " + choice, swap.get("swapped").asString());
            assertFields(own.get(notebook).get(i % 6), swap.get("from"));
            assertFields(own.get(notebooks.get(1 - i / 6)).get(i % 6), swap.get("to"));
            List<Double> points = new ArrayList<>();
            double before = 0;
            for (long seed = 42; seed < 45; seed++) {
                double without = MadeUpTrials.accuracy(arms.get(notebook), seed);
                before += 100 * without / 3;
                points.add(100
                        * (MadeUpTrials.accuracy(arms.get(notebook + "-other-" + choice.replace(' ', '-')), seed)
                                - without));
            }
            assertDifference(points, swap.get("difference"));
            JsonNode stages = page.block(notebook, "From %s, one choice at a time".formatted(notebook))
                    .get("stages");
            assertEquals(9, stages.size());
            assertEquals(before, stages.get(0).get("to").doubleValue(), 1e-9);
            JsonNode stage = stages.get(1 + i % 6);
            assertTrue(stage.get("name").asString().startsWith(choice + ": "), stage::toString);
            assertEquals(before, stage.get("from").doubleValue(), 1e-9);
            for (String[] end : new String[][] {{"to", "mean"}, {"low", "low"}, {"high", "high"}}) {
                assertEquals(
                        before + swap.at("/difference/points/" + end[1]).doubleValue(),
                        stage.get(end[0]).doubleValue(),
                        1e-9);
            }
            assertEquals(
                    !swap.at("/difference/verdict").asString().equals("undecided"),
                    stage.get("decided").booleanValue());
            // The page's row: choice, from, to, seeds, effect, result; the screen has the recipe before.
            assertEquals(
                    PrintedTable.of(tandem.out()).getLast().rows().get(i).subList(1, 7),
                    Page.rows(page.blocks(notebook, "table").getFirst()).get(i % 6));
        }
    }

    private static void assertFields(String expected, JsonNode fields) {
        Map<String, JsonNode> actual = new HashMap<>();
        fields.properties().forEach(field -> actual.put(field.getKey(), field.getValue()));
        Map<String, JsonNode> wanted = new HashMap<>();
        JsonMapper.shared()
                .readTree(expected)
                .properties()
                .forEach(field -> wanted.put(field.getKey(), field.getValue()));
        assertEquals(wanted, actual);
    }
}
