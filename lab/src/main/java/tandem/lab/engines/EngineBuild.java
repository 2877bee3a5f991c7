package tandem.lab.engines;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import tandem.core.Failure;

/**
 * The engines of a checkout that are not built yet: each fetches its library's Java API, so the launcher builds the
 * java engine alone, and {@code etc/engines.sh} the others when a command first needs them.
 */
final class EngineBuild {
    /** System property that names those engines, separated by spaces. */
    private static final String UNBUILT = "tandem.unbuilt";

    /** Set by the launcher if nothing may be fetched. */
    private static final String OFFLINE = "TANDEM_OFFLINE";

    private final Path home;
    private final Path dist;
    private final Set<String> pending = new TreeSet<>();

    private EngineBuild(Path home, Path dist, List<String> unbuilt) {
        this.home = home;
        this.dist = dist;
        pending.addAll(unbuilt);
    }

    /** As the launcher says it; nothing in a release, or where there was no launcher. */
    static EngineBuild ofLauncher() {
        String unbuilt = System.getProperty(UNBUILT, "").strip();
        if (unbuilt.isEmpty()) {
            return new EngineBuild(Path.of(""), Path.of(""), List.of());
        }
        Path engines = Path.of(System.getProperty(Engines.FOLDER).split(File.pathSeparator)[0]);
        return new EngineBuild(
                Path.of(System.getProperty("tandem.home")),
                Objects.requireNonNull(engines.getParent(), "the launcher names the folder engines in dist"),
                List.of(unbuilt.split(" ")));
    }

    /** Names of the engines that are not built, sorted. */
    synchronized List<String> pending() {
        return List.copyOf(pending);
    }

    /** Builds those of some engines that are pending, and returns whether there were any. */
    synchronized boolean build(Collection<String> names) {
        List<String> wanted = pending.stream().filter(names::contains).toList();
        if (wanted.isEmpty()) {
            return false;
        }
        List<String> words = new ArrayList<>(
                List.of("bash", home.resolve("etc").resolve("engines.sh").toString(), dist.toString()));
        words.addAll(wanted);
        if (run(words) != 0) {
            throw new Failure("%s cannot be built%s"
                    .formatted(
                            String.join(", ", wanted),
                            System.getenv(OFFLINE) == null ? "" : "; run once without --offline"));
        }
        wanted.forEach(pending::remove);
        return true;
    }

    /** Runs a script to its end, and returns its exit code. */
    static int run(List<String> words) {
        try {
            Process process = new ProcessBuilder(words)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            // Ctrl-C ends it too, when only this process is told: the script ends Maven, and removes what is half done.
            Thread end = new Thread(process::destroy);
            Runtime.getRuntime().addShutdownHook(end);
            int code = process.waitFor();
            try {
                Runtime.getRuntime().removeShutdownHook(end);
            } catch (IllegalStateException e) {
                throw new Failure("interrupted while engines were built", e);
            }
            return code;
        } catch (IOException e) {
            throw new Failure("the command bash cannot be run (%s)".formatted(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted while engines were built", e);
        }
    }
}
