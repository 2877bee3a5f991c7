package tandem.acceptance;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The folder of a comparison with its report. The files are those of a real run, but all their figures were replaced by
 * random ones, so that no two engines have one alike, and there are more steps than points of a line.
 */
final class MadeUpComparison {
    static final List<String> ENGINES = List.of("java", "reference", "java (direct convolution)");
    static final List<String> FOLDERS = List.of("java", "reference", "java-direct-convolution");

    /** Steps of each engine; an epoch has 400. The third engine stopped early. */
    static final int[] STEPS = {1200, 1100, 440};

    /** Images that are tested. */
    static final int IMAGES = 200;

    private static final int PER_EPOCH = 400;
    private static MadeUpComparison made;

    /** Its folder. */
    final Path run;

    /** Its report. */
    final Page page;

    /** The content of comparison.json. */
    final JsonNode comparison;

    /** {@code [engine][step]}. */
    final double[][] loss = new double[3][];

    /** {@code [engine][step]}: how long it took. */
    final double[][] millis = new double[3][];

    /** {@code [engine][image * 10 + class]}. */
    final float[][] logits = new float[3][];

    private MadeUpComparison(Path folder) throws Exception {
        run = Runs.copy(Runs.comparison().path(), folder.resolve("run"));
        ObjectNode json = (ObjectNode) Runs.json(run.resolve("comparison.json"));
        ((ObjectNode) json.get("recipe")).put("epochs", 3);
        Random random = new Random(7);
        for (int engine = 0; engine < 3; engine++) {
            events(engine, random);
            result((ObjectNode) json.get("engines").get(engine), engine, random);
            logits[engine] = tensors(engine, random);
        }
        for (JsonNode pair : json.at("/agreement/pairs")) {
            ((ObjectNode) pair)
                    .put("samePredictions", 0.5 + random.nextDouble() / 2)
                    .put("parameterDistance", random.nextDouble());
        }
        Runs.write(run.resolve("comparison.json"), json);
        comparison = json;
        page = Page.of(run);
    }

    /** The one that all tests look at and none changes; it is made when it is first asked for. */
    static synchronized MadeUpComparison made() throws Exception {
        if (made == null) {
            Path folder = Files.createTempDirectory("comparison");
            Runs.removeAtEnd(folder);
            made = new MadeUpComparison(folder);
        }
        return made;
    }

    /** What comparison.json says of an engine. */
    JsonNode engine(int engine) {
        return comparison.get("engines").get(engine);
    }

    private void events(int engine, Random random) throws IOException {
        loss[engine] = new double[STEPS[engine]];
        millis[engine] = new double[STEPS[engine]];
        StringBuilder lines = new StringBuilder();
        for (int step = 0; step < STEPS[engine]; step++) {
            loss[engine][step] = (float) (random.nextDouble() * Math.exp(-step / 500.0));
            millis[engine][step] = 3 + engine + 4 * random.nextDouble();
            lines.append(JsonMapper.shared()
                            .createObjectNode()
                            .put("event", "step")
                            .put("epoch", 1 + step / PER_EPOCH)
                            .put("step", step)
                            .put("loss", loss[engine][step])
                            .put("learningRate", Math.pow(0.7, step / PER_EPOCH))
                            .put("millis", millis[engine][step]))
                    .append('\n');
        }
        Files.writeString(run.resolve(FOLDERS.get(engine)).resolve("events.jsonl"), lines);
        Runs.forgetSums(run.resolve(FOLDERS.get(engine)).resolve("events.jsonl"));
    }

    private static void result(ObjectNode result, int engine, Random random) {
        ArrayNode epochs = result.putArray("epochs");
        double seconds = 0;
        int count = STEPS[engine] / PER_EPOCH;
        for (int epoch = 1; epoch <= count; epoch++) {
            double took = 5 + 20 * random.nextDouble();
            seconds += took;
            epochs.addObject()
                    .put("event", "epoch")
                    .put("epoch", epoch)
                    .put("trainLoss", random.nextDouble())
                    .put("testLoss", random.nextDouble())
                    .put("testAccuracy", 0.93 + 0.02 * epoch + 0.015 * random.nextDouble())
                    .put("seconds", took)
                    .put("imagesPerSecond", 1000 + 5000 * random.nextDouble());
        }
        result.put("testAccuracy", epochs.get(count - 1).get("testAccuracy").doubleValue())
                .put("testLoss", epochs.get(count - 1).get("testLoss").doubleValue())
                .put("trainSeconds", seconds)
                .put("secondsPerEpoch", seconds / count)
                .put("millisPerStepMedian", 3 + 10 * random.nextDouble())
                .put("startupSeconds", 1 + 10 * random.nextDouble())
                .put("inferenceImagesPerSecond", 10_000 + 50_000 * random.nextDouble())
                .put("peakMemoryMiB", 200 + 2000 * random.nextDouble());
        ArrayNode confusion = result.putArray("confusion");
        for (int label = 0; label < 10; label++) {
            ArrayNode row = confusion.addArray();
            for (int answer = 0; answer < 10; answer++) {
                row.add(label == answer ? 90 + random.nextInt(10) : Math.max(0, random.nextInt(12) - 4));
            }
        }
    }

    /** Random logits, whose largest is mostly the label's, and filters of the engine's own. */
    private float[] tensors(int engine, Random random) throws IOException {
        byte[] labels = idx("t10k-labels-idx1-ubyte.gz", 8);
        float[] logits = new float[10 * IMAGES];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian() + (labels[i / 10] == i % 10 ? 2 : 0);
        }
        Path path = run.resolve(FOLDERS.get(engine));
        replace(path.resolve("predictions.safetensors"), "logits", logits);
        float[] filters = new float[32 * 9];
        for (int i = 0; i < filters.length; i++) {
            filters[i] = (float) random.nextGaussian();
        }
        replace(path.resolve("model.safetensors"), "conv1.weight", filters);
        return logits;
    }

    private static void replace(Path file, String name, float[] values) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        tensor(bytes, name).asFloatBuffer().put(values);
        Files.write(file, bytes);
        Runs.forgetSums(file);
    }

    /** The bytes of a tensor in a safetensors file. */
    private static ByteBuffer tensor(byte[] file, String name) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) bytes.getLong(0);
        JsonNode offsets = JsonMapper.shared()
                .readTree(new String(file, 8, header, StandardCharsets.UTF_8))
                .at("/" + name + "/data_offsets");
        return bytes.slice(
                        8 + header + offsets.get(0).intValue(),
                        offsets.get(1).intValue() - offsets.get(0).intValue())
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A tensor of a safetensors file. */
    static float[] floats(Path file, String name) throws IOException {
        ByteBuffer bytes = tensor(Files.readAllBytes(file), name);
        float[] values = new float[bytes.capacity() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    /** The values of one of the files of MNIST, behind its header. */
    static byte[] idx(String file, int header) throws IOException {
        Path path = Tandem.LAUNCHER.resolveSibling("mnist/src/main/resources/tandem/mnist/" + file);
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(path)))) {
            in.skipNBytes(header);
            return in.readAllBytes();
        }
    }
}
