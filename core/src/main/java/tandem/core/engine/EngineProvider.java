package tandem.core.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.data.Normalisation;

/**
 * An engine module's entry, found by {@link java.util.ServiceLoader}. Loading a provider and asking it questions needs
 * none of the library's classes or natives; only {@link #create}, {@link #predictor} and {@link #export} do, and only a
 * worker calls them.
 */
public interface EngineProvider {

    /** The variant that computes on an NVIDIA GPU, of engines whose library can. */
    String CUDA = "cuda";

    /** What the engine is. */
    EngineDescription describe();

    /** Name in commands and folders, see {@link EngineDescription}; as are all that follow. */
    default String name() {
        return describe().name();
    }

    /** Name of the library as its users know it. */
    default String library() {
        return describe().library();
    }

    /** Version of the library the build resolved. */
    default String version() {
        return describe().version();
    }

    /** Place in lists that the user did not order, smallest first. */
    default int rank() {
        return describe().rank();
    }

    /** Whether the engine joins commands that do not name their engines. */
    default boolean competes() {
        return describe().competes();
    }

    /** Whether the engine trains. */
    default boolean trains() {
        return describe().trains();
    }

    /** Other ways to run this engine. */
    default Map<String, String> variants() {
        return describe().variants();
    }

    /** The major version of CUDA that the driver must run; asked only if there is a variant {@value #CUDA}. */
    default int cudaVersion() {
        return describe().cudaVersion();
    }

    /** What this platform needs to run the engine. */
    default Support support(Platform platform) {
        return describe().support(platform);
    }

    /** What this platform needs to run a variant. */
    default Support support(Platform platform, String variant) {
        return variant.equals(CUDA) ? describe().supportOnGpu(platform) : support(platform);
    }

    /**
     * Options of the worker's JVM.
     *
     * @param cache folder of this engine where natives may be unpacked; it may not exist yet
     */
    default List<String> jvmOptions(Path cache) {
        return List.of();
    }

    /** Environment variables of the worker, in addition to the lab's own. */
    default Map<String, String> environment(int threads) {
        return Map.of();
    }

    /**
     * Environment variables of a variant's worker.
     *
     * @param offline whether the library must not touch the network
     */
    default Map<String, String> environment(int threads, String variant, boolean offline) {
        return environment(threads);
    }

    /**
     * Creates an engine, which trains.
     *
     * @throws Failure if this one only predicts, or the library cannot be loaded
     */
    default Engine create(EngineSetup setup) {
        throw new Failure("%s only predicts".formatted(name()));
    }

    /**
     * Creates a predictor.
     *
     * @throws Failure if the library cannot be loaded
     */
    Predictor predictor(PredictorSetup setup);

    /**
     * Writes a trained model in the library's own format, without dropout, for others to load.
     *
     * @param normalisation how pixels become inputs; {@code rawPixels} makes it a part of the model
     * @param rawPixels whether the model's input is bytes from 0 to 255
     * @param folder where the format's files are written
     * @throws Failure if the library has no format of its own, or a file cannot be written
     */
    default void export(Model model, Normalisation normalisation, boolean rawPixels, Path folder) {
        throw new Failure("engine %s cannot write a model in its library's own format".formatted(name()));
    }
}
