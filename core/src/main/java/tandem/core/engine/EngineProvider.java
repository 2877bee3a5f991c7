package tandem.core.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.data.Normalisation;

/**
 * An engine module's entry, found by {@link java.util.ServiceLoader}. Loading a provider and asking it questions needs
 * none of the library's classes or natives; only {@link #create} and {@link #export} do, and only a worker calls them.
 */
public interface EngineProvider {

    /** The variant that computes on an NVIDIA GPU, of engines whose library can. */
    String CUDA = "cuda";

    /** Name in commands and folders: lower case letters and digits. */
    String name();

    /** Name of the library as its users know it. */
    String library();

    /** Version of the library the build resolved. */
    String version();

    /** Place in lists that the user did not order, smallest first. */
    int rank();

    /** Whether the engine joins commands that do not name their engines. The oracle does not: it is never fast. */
    default boolean competes() {
        return true;
    }

    /**
     * Whether the engine trains. One that only predicts joins those commands that need no more, and its
     * {@link Engine#trainStep} and {@link Engine#gradients} throw an {@link UnsupportedOperationException}.
     */
    default boolean trains() {
        return true;
    }

    /** Other ways to run this engine, each a row of its own in tables, with a sentence that says what differs. */
    default Map<String, String> variants() {
        return Map.of();
    }

    /** What this platform needs to run the engine. */
    Support support(Platform platform);

    /**
     * The major version of CUDA that the library's build for GPUs needs the driver to run; asked only if there is a
     * variant {@value #CUDA}.
     */
    default int cudaVersion() {
        throw new UnsupportedOperationException(name() + " does not compute on a GPU");
    }

    /** What this platform needs to run a variant. */
    default Support support(Platform platform, String variant) {
        return support(platform);
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

    /** Creates the engine. */
    Engine create(EngineSetup setup);

    /**
     * Writes a trained model in the library's own format, without dropout, for others to load.
     *
     * @param normalisation how pixels become inputs; {@code rawPixels} makes it a part of the model
     * @param rawPixels whether the model's input is bytes from 0 to 255
     * @param folder where the format's files are written
     * @throws Failure if the library has no format of its own, or a file cannot be written
     */
    default void export(Model model, Normalisation normalisation, boolean rawPixels, Path folder) {
        throw new Failure("engine %s has no format of its own that a model could be written in".formatted(name()));
    }
}
