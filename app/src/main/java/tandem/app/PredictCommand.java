package tandem.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tandem.core.Failure;
import tandem.core.FileKind;
import tandem.core.Network;
import tandem.core.picture.DigitImage;
import tandem.core.picture.Picture;
import tandem.core.picture.PictureDigits;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.predict.ChosenModel;
import tandem.lab.predict.Predictions;

/** {@code tandem predict}. */
@Command(
        name = "predict",
        header = "Read the digits in pictures, with every engine",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Says which digits are in a picture: each is made as MNIST's are, and every engine answers by the same"
                        + " trained model.",
        footer = {
            "",
            "Exit code 1 if a picture cannot be read, or an engine fails; the others are answered.",
            "",
            "Examples:",
            "  tandem predict seven.png",
            "  tandem predict runs/20261123-120000-compare seven.png",
            "  tandem predict model.safetensors *.jpg --engines java,pytorch",
            "  tandem predict model.safetensors seven.png --show",
            "  tandem predict model.safetensors - --json < seven.png"
        })
final class PredictCommand extends LabCommand {
    private static final String STANDARD_INPUT = "-";
    private static final int DIGITS = 10;

    /** More than any camera writes. */
    private static final int LARGEST_FILE = 256 << 20;

    @Parameters(
            arity = "1..*",
            paramLabel = "[MODEL] FILE",
            description =
                    "A trained model, a model.safetensors or the folder of a run, whose engines answer by their own"
                            + " models (default: the newest run in runs/); then pictures of a digit, a number or a page of"
                            + " them: PNG, JPEG, GIF or BMP; '-' is standard input.")
    private List<String> words;

    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines to ask, in this order; 'name:variant' for a variant (default: all that run here).")
    private @Nullable List<String> names;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            description =
                    "What the model was trained on, whose normalisation is used (default: what its file or its run"
                            + " says, or mnist).")
    private @Nullable String dataset;

    @Mixin
    private ImageSizeOption imageSize;

    @Option(names = "--show", description = "Show what the network sees, as text.")
    private boolean show;

    @Option(names = "--details", description = "Print a row for every engine and digit, with the runner-up.")
    private boolean details;

    @Option(names = "--json", description = "Print one JSON document, and nothing else, on standard output.")
    private boolean json;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of an engine (default: the machine's processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private DeviceOptions deviceOptions;

    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    @Override
    public Integer call() {
        // Pictures are read, not shown: no display is needed.
        System.setProperty("java.awt.headless", "true");
        Engines engines = Engines.find();
        List<EngineName> chosen = deviceOptions.choose(names, false, engines);
        requireAtLeastOne("--threads", threads);
        boolean named = !isPicture(words.getFirst());
        List<String> files = named ? words.subList(1, words.size()) : words;
        require(!files.isEmpty(), "no picture is named; give a FILE or more after the model");
        require(
                Collections.frequency(files, STANDARD_INPUT) <= 1,
                "'-' is named twice; standard input can be read once");
        ChosenModel model = model(named ? Path.of(words.getFirst()) : null, chosen);
        Network network = model.file().model().network();
        PredictReport report = new PredictReport(model.path(), json, show, details);
        List<DigitImage> images = new ArrayList<>();
        for (String file : files) {
            String name = file.equals(STANDARD_INPUT) ? "standard input" : file;
            try {
                Picture picture = Picture.read(bytes(file, name), name);
                PictureDigits digits = PictureDigits.of(picture, name, network.rows(), network.columns());
                digits.all().forEach(digit -> images.add(digit.image()));
                report.add(file, picture, digits);
            } catch (Failure e) {
                report.refuse(file, e.getMessage());
            } catch (OutOfMemoryError e) {
                // Of the bytes of a large file; the others may be small.
                report.refuse(file, "%s: the memory does not suffice to read it; make it smaller".formatted(name));
            }
        }
        boolean unavailableIsFine = names == null;
        if (images.isEmpty()) {
            return exitCode(report.print(new Predictions(List.of(), List.of()), unavailableIsFine));
        }
        return watched(1, System.err, progress -> {
            Predictions predictions = Predictions.run(
                    new Predictions.Plan(chosen, model, images),
                    workers(engines, threads, Map.of(), offline, progress));
            return () -> exitCode(report.print(predictions, unavailableIsFine));
        });
    }

    private ChosenModel model(@Nullable Path named, List<EngineName> chosen) {
        ChosenModel model = named == null
                ? ChosenModel.newest(imageSize.size(), dataset)
                : ChosenModel.of(named, imageSize.size(), dataset);
        int classes = model.file().model().network().classes();
        if (classes != DIGITS) {
            throw new Failure("%s: tells %s classes apart; predict needs a model of the ten digits"
                    .formatted(model.path(), classes));
        }
        model.file().notes().forEach(note -> System.err.println("note: " + note));
        if (named == null || model.own().size() > 1) {
            System.err.println("note: by " + model.words(chosen));
        }
        return model;
    }

    /** Whether the first word is a picture, not a model: by what the file holds, or by its name if there is none. */
    private static boolean isPicture(String word) {
        try {
            return word.equals(STANDARD_INPUT) || FileKind.of(Path.of(word)).picture();
        } catch (IOException | InvalidPathException e) {
            return word.toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g|gif|bmp)");
        }
    }

    private static byte[] bytes(String file, String name) {
        try (InputStream in = file.equals(STANDARD_INPUT) ? System.in : open(Path.of(file))) {
            byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
            if (bytes.length > LARGEST_FILE) {
                throw new Failure(
                        "%s: is larger than %s; give a picture".formatted(name, Sizes.megabytes(LARGEST_FILE)));
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new Failure("%s: there is no such file".formatted(name), e);
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(name, e.getMessage()), e);
        }
    }

    private static InputStream open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new Failure("%s: is a folder; give a picture".formatted(file));
        }
        return Files.newInputStream(file);
    }
}
