package tandem.lab.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.Safetensors;
import tandem.core.Safetensors.Tensor;
import tandem.core.Shape;
import tandem.core.data.Dataset;
import tandem.lab.compare.EngineResult;
import tandem.lab.compare.TestLog;
import tandem.lab.page.Block;
import tandem.lab.predict.Answer;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.EventLog;

/**
 * What a run directory holds of one engine.
 *
 * @param result its entry in comparison.json
 * @param steps its train steps, in order
 * @param tests while it learned, in order
 * @param lacks steps and epochs that its log should have and has not, in words
 * @param logits of all test images, [images, classes]; null unless the engine is done
 * @param filters conv1.weight, [conv1, 1, 3, 3]; null unless the engine is done
 * @param source its network's source; null if it has none
 */
record EngineRun(
        EngineResult result,
        List<Event.Step> steps,
        List<Event.Tested> tests,
        List<String> lacks,
        @Nullable Tensor logits,
        @Nullable Tensor filters,
        Block.@Nullable Source source) {

    private static final String PREDICTIONS = "predictions.safetensors";

    /** @throws Failure if a file that is there cannot be read */
    static EngineRun read(EngineResult result, RunDirectory directory, Network network) {
        Path folder = directory.engine(result.engine());
        boolean done = result.status() == Status.DONE;
        EventLog.Content log = EventLog.read(folder);
        return new EngineRun(
                result,
                log.steps(),
                TestLog.read(folder),
                log.lacks(),
                done ? logits(folder.resolve(PREDICTIONS), network) : null,
                done ? filters(folder.resolve("model.safetensors"), network) : null,
                source(result.engine().engine(), folder));
    }

    String name() {
        return result.engine().toString();
    }

    private static Tensor logits(Path file, Network network) {
        Tensor logits = tensor(file, "logits");
        List<Integer> sizes = logits.shape().dimensions();
        if (sizes.size() != 2 || sizes.get(1) != network.classes()) {
            throw new Failure("%s: holds %s, but the network has %s classes; run the comparison again in another folder"
                    .formatted(file, logits.shape(), network.classes()));
        }
        return logits;
    }

    private static Tensor filters(Path file, Network network) {
        Shape expected = network.parameters().getFirst();
        Tensor filters = tensor(file, expected.name());
        if (!filters.shape().equals(expected)) {
            throw new Failure("%s: holds %s, but the network has %s; run the comparison again in another folder"
                    .formatted(file, filters.shape(), expected));
        }
        return filters;
    }

    private static Tensor tensor(Path file, String name) {
        Tensor tensor = Safetensors.read(file).tensors().get(name);
        if (tensor == null) {
            throw new Failure(
                    "%s: holds no tensor %s; run the comparison again in another folder".formatted(file, name));
        }
        for (float value : tensor.values()) {
            if (!Float.isFinite(value)) {
                throw new Failure("%s: tensor %s holds %s; run the comparison again in another folder"
                        .formatted(file, name, value));
            }
        }
        return tensor;
    }

    private static Block.@Nullable Source source(String engine, Path folder) {
        if (!Files.isDirectory(folder)) {
            return null;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*Network.java")) {
            for (Path file : files) {
                return new Block.Source(engine, file.getFileName().toString(), Json.text(file));
            }
            return null;
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(folder, e.getMessage()), e);
        }
    }

    /** @throws Failure if there are answers, but not to each of the test images */
    void checkAnswers(RunDirectory directory, Dataset images) {
        if (logits != null
                && logits.shape().dimensions().getFirst() != images.test().count()) {
            throw new Failure("%s: holds %s, but there are %s test images; run the comparison again in another folder"
                    .formatted(
                            directory.engine(result.engine()).resolve(PREDICTIONS),
                            logits.shape(),
                            images.test().count()));
        }
    }

    private Tensor answers() {
        return Objects.requireNonNull(logits, "only an engine that is done has answers");
    }

    /** The classes of the network. */
    int classes() {
        return answers().shape().dimensions().getLast();
    }

    /** What the engine takes an image for. */
    Answer answer(int image) {
        return Answer.of(result.engine(), answers().values(), image * classes(), classes());
    }
}
