package tandem.web.live;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.data.Normalisation;

/**
 * The model that engines answer by.
 *
 * @param name for people: the file, or run and engine
 * @param run name of the run directory, or null if the file was named
 * @param engine that trained it, or null
 * @param epochs of training, or null
 * @param testAccuracy from 0 to 1, or null
 * @param file its safetensors file
 * @param model what is in it
 * @param normalisation how pixels become inputs
 */
public record ServedModel(
        String name,
        @Nullable String run,
        @Nullable String engine,
        @Nullable Integer epochs,
        @Nullable Double testAccuracy,
        Path file,
        Model model,
        Normalisation normalisation) {
    private static final int DIGITS = 10;

    /** @throws Failure if it does not tell ten digits apart */
    public ServedModel {
        int classes = model.network().classes();
        if (classes != DIGITS) {
            throw new Failure(
                    "%s: tells %s classes apart; the page needs a model of the ten digits".formatted(file, classes));
        }
    }

    /** Bytes of an image. */
    public int size() {
        return model.network().rows() * model.network().columns();
    }

    /** What the page shows of it. */
    public record View(
            String name,
            @Nullable String run,
            @Nullable String engine,
            @Nullable Integer epochs,
            @Nullable Double testAccuracy,
            int rows,
            int columns,
            int classes) {}

    /** What the page shows of it. */
    public View view() {
        return new View(
                name,
                run,
                engine,
                epochs,
                testAccuracy,
                model.network().rows(),
                model.network().columns(),
                model.network().classes());
    }
}
