package tandem.lab.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.Safetensors;
import tandem.core.Safetensors.Tensor;
import tandem.lab.EngineResult;
import tandem.lab.EngineResult.Status;
import tandem.lab.Json;
import tandem.lab.RunDirectory;
import tandem.lab.worker.Event;
import tools.jackson.core.JacksonException;

/**
 * What a run directory holds of one engine.
 *
 * @param result its entry in comparison.json
 * @param steps its train steps, in order
 * @param logits of all test images, [images, classes]; null unless the engine is done
 * @param filters conv1.weight, [conv1, 1, 3, 3]; null unless the engine is done
 * @param source its network's source; null if it has none
 */
record EngineRun(EngineResult result, List<Event.Step> steps, Tensor logits, Tensor filters, Block.Source source) {

    /** @throws Failure if a file that is there cannot be read */
    static EngineRun read(EngineResult result, RunDirectory directory, Network network) {
        Path folder = directory.engine(result.engine());
        boolean done = result.status() == Status.DONE;
        return new EngineRun(
                result,
                steps(folder.resolve("events.jsonl")),
                done ? logits(folder.resolve("predictions.safetensors"), network) : null,
                done ? tensor(folder.resolve("model.safetensors"), "conv1.weight") : null,
                source(result.engine().engine(), folder));
    }

    String name() {
        return result.engine().toString();
    }

    private static List<Event.Step> steps(Path file) {
        List<Event.Step> steps = new ArrayList<>();
        if (!Files.exists(file)) {
            return steps;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                if (Json.parse(line, Event.class) instanceof Event.Step step) {
                    steps.add(step);
                }
            }
        } catch (IOException | JacksonException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
        }
        return steps;
    }

    private static Tensor logits(Path file, Network network) {
        Tensor logits = tensor(file, "logits");
        List<Integer> sizes = logits.shape().dimensions();
        if (sizes.size() != 2 || sizes.get(1) != network.classes()) {
            throw new Failure("%s: holds %s, but the network has %d classes; run the comparison again in another folder"
                    .formatted(file, logits.shape(), network.classes()));
        }
        return logits;
    }

    private static Tensor tensor(Path file, String name) {
        Tensor tensor = Safetensors.read(file).tensors().get(name);
        if (tensor == null) {
            throw new Failure(
                    "%s: holds no tensor %s; run the comparison again in another folder".formatted(file, name));
        }
        return tensor;
    }

    private static Block.Source source(String engine, Path folder) {
        if (!Files.isDirectory(folder)) {
            return null;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*Network.java")) {
            for (Path file : files) {
                return new Block.Source(engine, file.getFileName().toString(), Files.readString(file));
            }
            return null;
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(folder, e.getMessage()), e);
        }
    }

    /** Images of the test set that the engine answered. */
    int images() {
        return logits.shape().dimensions().getFirst();
    }

    /** The classes of the network. */
    int classes() {
        return logits.shape().dimensions().getLast();
    }

    /** The class with the largest logit, the first of equals, as evaluations count. */
    int answer(int image) {
        int from = image * classes();
        int best = 0;
        for (int k = 1; k < classes(); k++) {
            if (logits.values()[from + k] > logits.values()[from + best]) {
                best = k;
            }
        }
        return best;
    }

    /** Softmax of an image's logits, in float64. */
    double[] probabilities(int image) {
        int from = image * classes();
        double largest = logits.values()[from + answer(image)];
        double[] p = new double[classes()];
        double sum = 0;
        for (int k = 0; k < p.length; k++) {
            p[k] = Math.exp(logits.values()[from + k] - largest);
            sum += p[k];
        }
        for (int k = 0; k < p.length; k++) {
            p[k] /= sum;
        }
        return p;
    }
}
