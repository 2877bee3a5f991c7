package tandem.formats;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.data.Normalisation;
import tandem.core.model.ModelFile;

/**
 * What a model is, for people and for Hugging Face: a {@value #FILE} with metadata as YAML in front (<a
 * href="https://huggingface.co/docs/hub/model-cards">Model Cards</a>).
 *
 * @param model what is described
 * @param normalisation how pixels become inputs
 * @param rawPixels whether the normalisation is a part of the exported model
 * @param files what was exported, as they are called beside the card
 * @param dataset what it was trained on, or null
 * @param engine that trained it, with its version, or null
 * @param testAccuracy from 0 to 1, or null
 */
public record ModelCard(
        ModelFile model,
        Normalisation normalisation,
        boolean rawPixels,
        List<String> files,
        @Nullable String dataset,
        @Nullable String engine,
        @Nullable Double testAccuracy) {
    /** Its name. */
    public static final String FILE = "README.md";

    /** By which a card of ours is known, that may be replaced. */
    private static final String MARK = "<!-- written by tandem export -->";

    /**
     * Checks that a card can be written into a folder.
     *
     * @throws Failure if another file has its name there
     */
    public static void check(Path folder) {
        Path file = folder.resolve(FILE);
        if (Files.exists(file) && !Json.text(file).contains(MARK)) {
            throw new Failure(
                    "%s: is there already, and no model card of Tandem; move it, or export into another folder"
                            .formatted(file));
        }
    }

    /**
     * Writes it.
     *
     * @return where it is
     * @throws Failure if it cannot be written, or another file has its name
     */
    public Path write(Path folder) {
        check(folder);
        Path file = folder.resolve(FILE);
        AtomicFile.write(file, text());
        return file;
    }

    private String text() {
        Network network = model.model().network();
        StringBuilder text = new StringBuilder("---\npipeline_tag: image-classification\ntags:\n- tandem\n- onnx\n");
        if (dataset != null) {
            text.append("datasets:\n- %s\n".formatted(dataset));
        }
        text.append("metrics:\n- accuracy\n");
        if (dataset != null && testAccuracy != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "model-index:\n- name: tandem-%s\n  results:\n  - task:\n      type: image-classification\n    dataset:\n"
                            + "      type: %s\n      name: %s\n      split: test\n    metrics:\n    - type: accuracy\n"
                            + "      value: %.4f\n",
                    dataset,
                    dataset,
                    dataset,
                    testAccuracy));
        }
        text.append("---\n\n%s\n\n# A convolutional network for images of %sx%s pixels in %s classes\n\n"
                .formatted(MARK, network.rows(), network.columns(), network.classes()));
        text.append(
                "Two convolutions (3x3, %s and %s channels), a max-pool, a dense layer of %s units: %s parameters.\n"
                        .formatted(
                                network.conv1(),
                                network.conv2(),
                                network.hidden(),
                                String.format(Locale.ROOT, "%,d", network.parameterCount())));
        text.append(trained());
        text.append("\n| | |\n|---|---|\n");
        text.append("| files | %s |\n"
                .formatted(files.stream().map("`%s`"::formatted).collect(Collectors.joining(", "))));
        text.append("| input | `image`, grey, light on black, %s |\n".formatted(input()));
        text.append("| output | `logits`, one for each class; softmax makes probabilities of them |\n");
        text.append("| classes | %s |\n".formatted(classes()));
        if (model.recipe() != null) {
            text.append("| recipe | `%s` (fingerprint) |\n".formatted(model.recipe()));
        }
        if (model.images() != null) {
            text.append("| images | `%s` (fingerprint) |\n".formatted(model.images()));
        }
        text.append(
                "\nA picture must be prepared as the training images were: centred, and of their size. The probabilities say how\n"
                        + "sure the network is, not how often it is right; it gives an answer to pictures of anything.\n");
        return text.toString();
    }

    private String trained() {
        String by = engine == null ? "" : " by its engine " + engine;
        String on = dataset == null ? "" : " on " + dataset;
        String turned = model.transposed() ? ", whose images were transposed for it," : "";
        String right = testAccuracy == null
                ? ""
                : String.format(Locale.ROOT, " Of the test images it tells %.2f%% right.", 100 * testAccuracy);
        return by.isEmpty() && on.isEmpty()
                ? ""
                : "It was trained%s%s with Tandem%s.%s\n".formatted(on, turned, by, right);
    }

    private String input() {
        return rawPixels
                ? "bytes from 0 to 255"
                : "floats, (pixel / 255 - %s) / %s".formatted(normalisation.mean(), normalisation.standardDeviation());
    }

    private String classes() {
        List<String> names = model.classNames();
        return names.isEmpty()
                ? "%s, in the order of their labels"
                        .formatted(model.model().network().classes())
                : String.join(", ", names).replace("|", "\\|");
    }
}
