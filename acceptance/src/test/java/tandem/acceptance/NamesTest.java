package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The names of all properties of all files, in their order: other programs read them, and so do later versions of this
 * one. Objects stand in braces, what the elements of an array have in brackets.
 */
final class NamesTest {
    private static final String RECIPE =
            "{dataset trainLimit testLimit network{rows columns classes conv1 conv2 hidden dropout1 dropout2} loss"
                    + " weightInitialiser biasInitialiser learningRate schedule gamma rho epsilon shuffle dropout"
                    + " batchSize epochs seed}";
    private static final String EPOCH = "{event epoch trainLoss testLoss testAccuracy seconds imagesPerSecond}";
    private static final String LIBRARY = "{name version device threads}";
    private static final String IDENTITY = "{recipe images parameters}";
    private static final String ESTIMATE = "{n mean standardDeviation low high}";
    private static final String DIFFERENCE = "{points" + ESTIMATE + " t p margin equivalenceP verdict seedsNeeded}";
    private static final String PAIR = "{first second difference" + DIFFERENCE + "}";
    private static final String TRIAL = "{arm engine seed recipe status failure epochs[" + EPOCH + "] seconds library"
            + LIBRARY + " identity" + IDENTITY + " batches parameters}";
    private static final String ARM = "{name engine status failure library" + LIBRARY + " testAccuracy" + ESTIMATE
            + " testLoss" + ESTIMATE + " trainSeconds" + ESTIMATE + " epochsToTarget" + ESTIMATE + " secondsToTarget"
            + ESTIMATE + " trials[{seed testAccuracy testLoss trainSeconds epochsToTarget secondsToTarget}]}";

    @TempDir
    Path folder;

    private static String machine(String engines) {
        return "{cpu cores memoryMiB os jdk threads engines{" + engines + "} commit}";
    }

    private static String names(JsonNode node) {
        if (node.isObject()) {
            return node.properties().stream()
                    .map(property -> property.getKey() + names(property.getValue()))
                    .collect(Collectors.joining(" ", "{", "}"));
        }
        Set<String> elements = new LinkedHashSet<>();
        node.forEach(element -> elements.add(names(element)));
        elements.remove("");
        return elements.isEmpty() ? "" : "[" + String.join("|", elements) + "]";
    }

    private static void assertNames(String expected, Runs.Run run, String file) throws Exception {
        assertEquals(expected, names(run.json(file)), file);
    }

    @Test
    void ofAComparison() throws Exception {
        Runs.Run run = Runs.comparison();
        String machine = machine("java reference");
        String inputs = "{identity" + IDENTITY + " batches}";
        String engines = "{java%s reference%s java (direct convolution)%s}";
        assertNames(RECIPE, run, "recipe.json");
        assertNames(machine, run, "machine.json");
        assertNames(
                "{recipe" + RECIPE + " machine" + machine
                        + " engines[{engine status failure testAccuracy testLoss epochs["
                        + EPOCH + "] trainSeconds secondsPerEpoch millisPerStepMedian startupSeconds"
                        + " inferenceImagesPerSecond peakMemoryMiB confusion library libraryVersion device threads}]"
                        + " agreement{sameInputs inputs" + engines.formatted(inputs, inputs, inputs) + " firstLoss"
                        + engines.formatted("", "", "")
                        + " firstLossSpread pairs[{first second samePredictions parameterDistance}]} loadAverage}",
                run,
                "comparison.json");
        assertNames(
                "{position{step evaluatedEpochs lossSum epochSeconds batches identity" + IDENTITY
                        + "} parametersSha256 optimizerSha256 sha256}",
                run,
                "java/checkpoint/position-%d.json"
                        .formatted(Runs.position(run.path().resolve("java"))
                                .get("step")
                                .longValue()));
        for (String line : Files.readAllLines(run.path().resolve("java/events.jsonl"))) {
            JsonNode event = JsonMapper.shared().readTree(line);
            assertEquals(
                    event.get("event").asString().equals("step")
                            ? "{event epoch step loss learningRate millis}"
                            : EPOCH,
                    names(event));
        }
    }

    @Test
    void ofAStudy() throws Exception {
        Runs.Run run = Runs.study();
        assertNames(
                "{command state recipe" + RECIPE + " machine" + machine("java")
                        + " parallel seeds target sameInputs engines[" + ARM + "] pairs[" + PAIR + "]}",
                run,
                "study.json");
        assertNames(TRIAL, run, "trials/java/seed-42.json");
    }

    @Test
    void ofDifferences() throws Exception {
        Runs.Run run = Runs.differences();
        StringBuilder swaps = new StringBuilder();
        for (String fields : new String[] {
            "{loss}", "{schedule}", "{rho epsilon}", "{weightInitialiser}", "{biasInitialiser}", "{shuffle}"
        }) {
            swaps.append(swaps.isEmpty() ? "" : "|")
                    .append("{recipe choice from%s to%s swapped difference%s}".formatted(fields, fields, DIFFERENCE));
        }
        assertNames(
                "{command state recipe" + RECIPE + " machine" + machine("java") + " parallel seeds recipes[" + ARM
                        + "] pairs[" + PAIR + "] swaps[" + swaps + "]}",
                run,
                "differences.json");
        assertNames(TRIAL, run, "trials/java/published-pytorch-other-loss/seed-42.json");
    }

    @Test
    void ofAProof() throws Exception {
        String tensors = "{fc2.weight fc2.bias fc1.weight fc1.bias conv2.weight conv2.bias conv1.weight conv1.bias}";
        String errors = "gradientRelativeError" + tensors + " parameterRelativeError" + tensors + " stateRelativeError"
                + tensors;
        String engine = "{engine status failure library libraryVersion passed firstDivergingTensor diverging sameInputs"
                + " logitsError predictionError lossError " + errors
                + " states[{afterSteps checks[{quantity tensor error limit}]}] loss parameterDistance against";
        assertNames(
                "{command recipe" + RECIPE + " machine" + machine("java")
                        + " initialParameters firstImage steps lossReference noise parameterNoise"
                        + " proofs[{afterSteps images passedOver decided margin loss}] against engines[" + engine + "}|"
                        + engine + "{engine passed firstDivergingTensor logitsError " + errors
                        + " parameterDistance}}]}",
                Runs.parity(),
                "parity.json");
    }

    @Test
    void ofABench() throws Exception {
        String engine = "{engine variantOf peer status failure library libraryVersion device threads millisPerStep%s"
                + " roundMedians trainImagesPerSecond inferenceImagesPerSecond{1 64 1000} startupSeconds"
                + " firstStepSeconds warmUp%s peakMemoryMiB memoryGrowth waitingProcessorShare ratioToFastestOther}";
        assertNames(
                "{command recipe" + RECIPE + " machine" + machine("java pytorch trained")
                        + " threads rounds steps growth loadAverage sameInputs engines["
                        + engine.formatted("{median p10 p90}", "{steps seconds millisPerStep}") + "|"
                        + engine.formatted("", "") + "] toAccuracy sweeps}",
                Runs.bench(),
                "bench.json");
        assertNames(
                "{command recipe" + RECIPE + " machine" + machine("slow")
                        + " threads rounds steps growth loadAverage sameInputs engines toAccuracy{target epochs seeds"
                        + " engines[{engine status failure seconds epochs testAccuracy n mean standardDeviation median"
                        + " smallest largest}]} sweeps}",
                Runs.toAccuracy(),
                "bench.json");
    }

    @Test
    void ofAPrediction() throws Exception {
        Path picture = Drawing.seven(folder.resolve("seven.png"));
        Tandem tandem = Tandem.run(
                folder,
                "predict",
                Runs.comparison().path().resolve("java/model.safetensors").toString(),
                picture.toString(),
                "--engines",
                "java",
                "--show",
                "--json");
        assertEquals(0, tandem.exitCode(), tandem.err());
        assertEquals(
                "{model engines[{engine status failure library libraryVersion}] pictures[{file failure notes"
                        + " numbers unsure digits[{number box{left top right bottom} darkOnLight unsure pixels"
                        + " answers[{engine digit probability runnerUp probabilities}]}] darkOnLight pixels"
                        + " answers[{engine digit probability runnerUp probabilities}]}]}",
                names(JsonMapper.shared().readTree(tandem.out())));
    }

    /** The records of natives that were fetched and unpacked; a later version takes what an earlier one fetched. */
    @Test
    void ofFetchedNatives() throws Exception {
        Tandem tandem = Tandem.start(
                        Tandem.LAUNCHER,
                        folder,
                        Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString()),
                        "predict",
                        Runs.comparison()
                                .path()
                                .resolve("java/model.safetensors")
                                .toString(),
                        Drawing.seven(folder.resolve("seven.png")).toString(),
                        "--engines",
                        "onnxruntime",
                        "--offline")
                .end();
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        assertEquals(
                "{coordinates jars stamps}",
                names(Runs.json(folder.resolve("cache/tandem/engines/onnxruntime/fetched.json"))));
        assertEquals(
                "{folder coordinates files[{path bytes modified content}]}",
                names(Runs.json(folder.resolve("cache/tandem/engines/onnxruntime/unpacked.json"))));
    }
}
