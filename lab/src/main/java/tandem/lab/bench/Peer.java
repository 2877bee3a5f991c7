package tandem.lab.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tandem.core.engine.Library;

/**
 * PyTorch as most of the world knows it, in Python: no engine of the JVM, measured in the same rounds for orientation.
 *
 * @param python the Python to run it with, a name on the PATH or a path
 * @param program the peer's source file
 */
public record Peer(String python, Path program) {
    /** What it is called before it says which version it is. */
    static final String NAME = "peer";

    /** Why it cannot take part; nothing if it can. */
    Optional<String> missing() {
        try {
            Process process = new ProcessBuilder(
                            python, "-c", "import importlib.util, sys; sys.exit(not importlib.util.find_spec('torch'))")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            return process.waitFor() == 0
                    ? Optional.empty()
                    : Optional.of("no torch in %s; --python names another Python that has it".formatted(python));
        } catch (IOException e) {
            return Optional.of("no Python at '%s'; --python names another".formatted(python));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** The command's words. */
    List<String> command(Path images, int threads) {
        return List.of(
                python,
                program.toString(),
                "--bench",
                "--data",
                images.toString(),
                "--threads",
                String.valueOf(threads));
    }

    /** Its name in tables, such as {@code peer: pytorch 1.13.1 (python, Debian)}. */
    static String name(Library library) {
        // The library's own name, and whose build of it this is.
        String[] words = library.name().split(" ", 2);
        return "%s: %s %s %s".formatted(NAME, words[0], library.version(), words[1]);
    }
}
