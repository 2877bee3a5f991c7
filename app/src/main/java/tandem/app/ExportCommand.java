package tandem.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.data.Normalisation;
import tandem.formats.ModelCard;
import tandem.formats.OnnxModel;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.export.Export;
import tandem.lab.predict.ChosenModel;

/** {@code tandem export}. */
@Command(
        name = "export",
        header = "Write a trained model for other programs",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes a trained model in a format that other programs read: ONNX, or TensorFlow's SavedModel."
                + " The input is named 'image', the output 'logits'; any number of images at a time.",
        footer = {
            "",
            "PyTorch reads model.safetensors as it is; docs/formats.md shows how.",
            "",
            "Examples:",
            "  tandem export runs/DIR/java/model.safetensors --onnx model.onnx",
            "  tandem export model.safetensors --onnx model.onnx --raw-pixels",
            "  tandem export model.safetensors --saved-model saved"
        })
final class ExportCommand extends LabCommand {
    private static final EngineName TENSORFLOW = new EngineName("tensorflow");

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "A trained model: a model.safetensors of any engine, its folder, or a run with one engine.")
    private Path model;

    @Option(
            names = "--onnx",
            paramLabel = "FILE",
            description = "Write an ONNX file (opset " + OnnxModel.OPSET + "); an existing file is replaced.")
    private @Nullable Path onnx;

    @Option(
            names = "--saved-model",
            paramLabel = "DIR",
            description = "Write a SavedModel by the tensorflow engine, whose library is fetched if it is missing;"
                    + " an existing folder is replaced if it holds nothing but a graph.")
    private @Nullable Path savedModel;

    @Option(
            names = "--raw-pixels",
            description = "The model takes bytes from 0 to 255 and normalises them itself; without this it takes floats"
                    + " that are already normalised.")
    private boolean rawPixels;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            description =
                    "What the model was trained on, whose normalisation is used (default: what its file or its run"
                            + " says, or mnist).")
    private @Nullable String dataset;

    @Mixin
    private ImageSizeOption imageSize;

    @Option(
            names = "--card",
            description = "Also write a model card beside it, a README.md as Hugging Face expects it.")
    private boolean card;

    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    @Override
    public Integer call() {
        require(onnx != null || savedModel != null, "no format is named; give --onnx or --saved-model");
        ChosenModel chosen = ChosenModel.of(model, imageSize.size(), dataset);
        require(chosen.own().size() < 2, "%s holds models of several engines; name the folder of one of them", model);
        Model trained = chosen.file().model();
        Normalisation normalisation = chosen.normalisation();
        chosen.file().notes().forEach(note -> System.err.println("note: " + note));
        List<Path> exports =
                Stream.of(onnx, savedModel).flatMap(Stream::ofNullable).toList();
        if (onnx != null) {
            check(onnx, chosen.path());
        }
        if (savedModel != null) {
            checkSavedModel(savedModel);
        }
        if (card) {
            folders(exports).forEach(ModelCard::check);
        }
        if (onnx != null) {
            OnnxModel converted =
                    rawPixels ? OnnxModel.ofRawPixels(trained, normalisation) : OnnxModel.of(trained, normalisation);
            converted.write(onnx);
            System.out.println(onnx);
        }
        if (savedModel != null) {
            Path folder = savedModel;
            return watched(1, System.err, progress -> {
                new Export(TENSORFLOW, trained.network(), chosen.path(), normalisation, rawPixels, folder)
                        .run(workers(Engines.find(), 1, Map.of(), offline, progress));
                return () -> {
                    System.out.println(folder);
                    writeCards(chosen, exports);
                    return 0;
                };
            });
        }
        writeCards(chosen, exports);
        return 0;
    }

    private void writeCards(ChosenModel chosen, List<Path> exports) {
        if (!card) {
            return;
        }
        Optional<ChosenModel.Trained> trained = chosen.trained();
        String name =
                trained.map(run -> run.dataset().replaceAll(".*[/\\\\:]", "")).orElse(null);
        for (Path folder : folders(exports)) {
            ModelCard text = new ModelCard(
                    chosen.file(),
                    chosen.normalisation(),
                    rawPixels,
                    exports.stream()
                            .filter(export -> folders(List.of(export)).contains(folder))
                            .map(export -> export.getFileName().toString())
                            .toList(),
                    name,
                    trained.map(run -> "%s (%s %s)"
                                    .formatted(
                                            run.result().engine(),
                                            run.result().library(),
                                            run.result().libraryVersion()))
                            .orElse(null),
                    trained.map(run -> run.result().testAccuracy()).orElse(null));
            System.out.println(text.write(folder));
        }
    }

    /** The folders that exports lie in. */
    private static Set<Path> folders(List<Path> exports) {
        return exports.stream()
                .map(export -> Objects.requireNonNullElse(export.getParent(), Path.of("")))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static void check(Path file, Path model) {
        if (Files.isDirectory(file)) {
            throw new Failure("%s: is a folder; name a file".formatted(file));
        }
        try {
            if (Files.exists(file) && Files.isSameFile(file, model)) {
                throw new Failure("%s: is the model itself; name another file".formatted(file));
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be looked at (%s)".formatted(file, e.getMessage()), e);
        }
    }

    /** A loader takes what else lies there, such as another model's variables, for a part of this one. */
    private static void checkSavedModel(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new Failure("%s: is not a folder; name a folder".formatted(folder));
        }
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    if (!file.getFileName().toString().equals("saved_model.pb")) {
                        throw new Failure("%s: holds other files, such as %s; name a new folder"
                                .formatted(folder, file.getFileName()));
                    }
                }
            } catch (IOException e) {
                throw new Failure("%s: cannot be read (%s)".formatted(folder, e.getMessage()), e);
            }
        }
    }
}
