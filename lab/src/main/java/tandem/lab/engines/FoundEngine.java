package tandem.lab.engines;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tandem.core.engine.EngineProvider;

/**
 * An engine that is built.
 *
 * @param provider answers questions about it
 * @param classPath its own jar, and its library's Java API
 * @param libraries coordinates of its library's Java API where that is not on the class path: a release fetches it
 */
public record FoundEngine(EngineProvider provider, List<Path> classPath, List<String> libraries) {

    /** A source file: its name without folders, and its text. */
    public record Source(String name, String text) {}

    /**
     * The source of the engine's network: {@code XNetwork.java} beside {@code XProvider}. An engine's build puts it
     * into its jar, so that it is what runs.
     */
    public Optional<Source> networkSource() {
        Class<?> type = provider.getClass();
        String name = type.getSimpleName().replaceFirst("Provider$", "") + "Network.java";
        try (InputStream in = type.getResourceAsStream(name)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new Source(name, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
