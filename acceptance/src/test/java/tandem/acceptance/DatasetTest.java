package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What --dataset and --data name is what every command uses: its images, and its normalisation. */
final class DatasetTest {
    /** As many images as {@link Runs#comparison} has, whose are compared. */
    private static final String SMALL = " --epochs 1 --train-limit 320 --test-limit 200";

    private static final Path INSTALLED = Path.of("/usr/share/datasets/fashion-mnist");

    @TempDir
    Path folder;

    private int runs;

    private Path run(String command) throws Exception {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of("--out", "run" + ++runs));
        Tandem tandem = Tandem.run(folder, words.toArray(String[]::new));
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        return folder.resolve("run" + runs);
    }

    private static String images(Path run) throws IOException {
        return Runs.json(run.resolve("comparison.json"))
                .at("/agreement/inputs/java/identity/images")
                .asString();
    }

    private void assertTaken(String option, String name) throws Exception {
        String mnist = images(Runs.comparison().path());
        Set<String> images = new HashSet<>();
        for (String command : List.of("train java", "compare --engines java")) {
            Path run = run(command + SMALL + option);
            assertEquals(
                    name, Runs.json(run.resolve("recipe.json")).get("dataset").asString());
            images.add(images(run));
        }
        Path study = run("study --engines java --seeds 1" + SMALL + option);
        assertEquals(
                name, Runs.json(study.resolve("recipe.json")).get("dataset").asString());
        images.add(Runs.json(study.resolve("trials/java/seed-42.json"))
                .at("/identity/images")
                .asString());
        assertEquals(1, images.size(), "one dataset in all commands");
        assertNotEquals(Set.of(mnist), images);
        String usual = " --engines java --steps 1 --recipe " + Runs.smallNetwork();
        Path parity = run("parity" + usual + option);
        assertEquals(
                name, Runs.json(parity.resolve("recipe.json")).get("dataset").asString());
        assertNotEquals(
                Runs.json(run("parity" + usual).resolve("parity.json")).get("lossReference"),
                Runs.json(parity.resolve("parity.json")).get("lossReference"));
    }

    @Test
    void anotherDatasetIsTrainedOn() throws Exception {
        assumeTrue(
                Files.isDirectory(INSTALLED),
                "no Fashion-MNIST here: on Debian, apt-get install dataset-fashion-mnist");
        assertTaken(" --dataset fashion-mnist", "fashion-mnist");
    }

    @Tag("slow")
    @Test
    void aFolderIsTrainedOn() throws Exception {
        assertTaken(
                " --data own",
                OwnImages.in(folder.resolve("own"), 2000).toRealPath().toString());
    }

    private List<Double> probabilities(String dataset) throws Exception {
        Tandem tandem = Tandem.run(
                folder,
                "predict",
                Runs.comparison().path().resolve("java/model.safetensors").toString(),
                "seven.png",
                "--engines",
                "java",
                "--dataset",
                dataset,
                "--json");
        assertEquals(0, tandem.exitCode(), tandem.err());
        return JsonMapper.shared()
                .readTree(tandem.out())
                .at("/pictures/0/answers/0/probabilities")
                .valueStream()
                .map(JsonNode::doubleValue)
                .toList();
    }

    private byte[] exported(String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "export",
                Runs.comparison().path().resolve("java/model.safetensors").toString(),
                "--onnx",
                "model.onnx"));
        words.addAll(List.of(options));
        Tandem tandem = Tandem.run(folder, words.toArray(String[]::new));
        assertEquals(0, tandem.exitCode(), tandem.err());
        return Files.readAllBytes(folder.resolve("model.onnx"));
    }

    /** Whether four bytes in succession are this number. */
    private static boolean holds(byte[] file, float value) {
        byte[] bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array();
        for (int i = 0; i + 4 <= file.length; i++) {
            if (file[i] == bytes[0] && file[i + 1] == bytes[1] && file[i + 2] == bytes[2] && file[i + 3] == bytes[3]) {
                return true;
            }
        }
        return false;
    }

    /** Of Fashion-MNIST the mean is 0.2860 and the standard deviation 0.3530, of MNIST 0.1307 and 0.3081. */
    @Test
    void itsNormalisationIsUsed() throws Exception {
        Drawing.seven(folder.resolve("seven.png"));
        assertNotEquals(probabilities("mnist"), probabilities("fashion-mnist"));
        byte[] fashion = exported("--raw-pixels", "--dataset", "fashion-mnist");
        assertTrue(holds(fashion, 0.2860f) && holds(fashion, 0.3530f));
        byte[] mnist = exported("--raw-pixels");
        assertTrue(holds(mnist, 0.1307f) && holds(mnist, 0.3081f));
    }
}
