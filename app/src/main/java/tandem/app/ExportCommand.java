package tandem.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.data.Datasets;
import tandem.core.data.Normalisation;
import tandem.formats.OnnxModel;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.export.Export;

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
            "A model.safetensors itself is what PyTorch reads; docs/formats.md has the lines.",
            "",
            "Examples:",
            "  tandem export runs/DIR/java/model.safetensors --onnx model.onnx",
            "  tandem export model.safetensors --onnx model.onnx --raw-pixels",
            "  tandem export model.safetensors --saved-model saved"
        })
final class ExportCommand extends LabCommand {
    private static final EngineName TENSORFLOW = new EngineName("tensorflow");

    @Parameters(index = "0", paramLabel = "MODEL", description = "A trained model: a model.safetensors of any engine.")
    private Path model;

    @Option(
            names = "--onnx",
            paramLabel = "FILE",
            description = "Write an ONNX file (opset " + OnnxModel.OPSET + "); one that is there is replaced.")
    private @Nullable Path onnx;

    @Option(
            names = "--saved-model",
            paramLabel = "DIR",
            description = "Write a SavedModel by the tensorflow engine, whose library is fetched if it lacks;"
                    + " one that is there is replaced if it has nothing but a graph.")
    private @Nullable Path savedModel;

    @Option(
            names = "--raw-pixels",
            description = "Let the model take bytes from 0 to 255 and normalise them itself;"
                    + " otherwise it takes floats that are normalised already.")
    private boolean rawPixels;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            description = "What the model was trained on, whose normalisation is used (default: ${DEFAULT-VALUE}).")
    private String dataset = "mnist";

    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    @Override
    public Integer call() {
        require(onnx != null || savedModel != null, "no format is named; give --onnx or --saved-model");
        Model trained = Model.read(model);
        Normalisation normalisation = Datasets.normalisation(dataset);
        if (onnx != null) {
            check(onnx);
        }
        if (savedModel != null) {
            checkSavedModel(savedModel);
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
                new Export(TENSORFLOW, model, normalisation, rawPixels, folder)
                        .run(workers(Engines.find(), 1, Map.of(), offline, progress));
                return () -> {
                    System.out.println(folder);
                    return 0;
                };
            });
        }
        return 0;
    }

    private void check(Path file) {
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
            throw new Failure("%s: is no folder; name one".formatted(folder));
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
