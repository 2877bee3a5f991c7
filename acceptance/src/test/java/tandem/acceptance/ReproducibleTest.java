package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever builds the release from the same sources gets the same bytes. */
@Tag("slow")
final class ReproducibleTest {
    private static final Path ZIP = Path.of(System.getProperty("tandem.zip"));
    private static final Path CHECKOUT = Tandem.LAUNCHER.toAbsolutePath().getParent();

    /** What no build reads. */
    private static final List<String> SKIPPED = List.of("target", ".git", "runs");

    @TempDir
    private Path folder;

    /** In another folder, later, in another time zone and language, and by somebody whose group may write. */
    @Test
    void aSecondBuildHasTheSameBytes() throws Exception {
        Path copy = folder.resolve("ein anderer Ordner");
        copy(CHECKOUT, copy);
        Path log = folder.resolve("log");
        ProcessBuilder build = new ProcessBuilder(
                        "bash", "-c", "umask 002; exec mvn -B -ntp -DskipTests -pl dist -am package")
                .directory(copy.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        build.environment().put("JAVA_HOME", System.getProperty("java.home"));
        build.environment().put("TZ", "Pacific/Auckland");
        build.environment().put("MAVEN_OPTS", "-Duser.language=tr -Duser.country=TR");
        Process process = build.start();
        assertTrue(process.waitFor(9, TimeUnit.MINUTES), "the build does not end");
        assertEquals(0, process.exitValue(), Files.readString(log));
        for (String suffix : List.of(".zip", ".cdx.json")) {
            String name = ZIP.getFileName().toString().replaceFirst("\\.zip$", suffix);
            Path again = copy.resolve("dist/target").resolve(name);
            assertEquals(-1, Files.mismatch(ZIP.resolveSibling(name), again), name + " differs at this byte");
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(file.getFileName().toString());
                if (Files.isDirectory(file)) {
                    if (!SKIPPED.contains(file.getFileName().toString())) {
                        copy(file, target);
                    }
                } else if (Files.isRegularFile(file)) {
                    Files.copy(file, target);
                }
            }
        }
    }
}
