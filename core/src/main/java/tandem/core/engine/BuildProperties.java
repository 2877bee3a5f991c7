package tandem.core.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What the build filled in for an engine: the version of its library, and Maven coordinates of natives. */
public final class BuildProperties {
    private BuildProperties() {}

    /**
     * Reads a file beside a provider.
     *
     * @param provider in whose package the file lies
     * @param file such as {@code pytorch.properties}
     */
    public static Properties read(Class<?> provider, String file) {
        Properties properties = new Properties();
        try (InputStream in = provider.getResourceAsStream(file)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
