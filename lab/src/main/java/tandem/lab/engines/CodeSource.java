package tandem.lab.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;

/** Where classes come from: the entries of a class path that hold them. */
final class CodeSource {
    private CodeSource() {}

    /** The jar, or the folder, that a resource comes from; nothing if it is not there. */
    static Optional<Path> ofResource(String name) {
        URL resource = CodeSource.class.getResource(name);
        if (resource == null) {
            return Optional.empty();
        }
        try {
            if (resource.openConnection() instanceof JarURLConnection jar) {
                return Optional.of(Path.of(jar.getJarFileURL().toURI()));
            }
            Path file = Path.of(resource.toURI());
            return Optional.of(file.getRoot()
                    .resolve(file.subpath(0, file.getNameCount() - Path.of(name).getNameCount())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(name, e);
        }
    }

    /** The jar, or the folder of classes, that a class was loaded from. */
    static Path of(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(type.toString(), e);
        }
    }
}
