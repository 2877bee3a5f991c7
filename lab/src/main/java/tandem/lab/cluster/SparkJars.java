package tandem.lab.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tandem.core.Failure;
import tandem.lab.engines.Artifacts;
import tandem.lab.engines.Pins;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

/**
 * The jars that Spark's driver runs from: those of the Spark that SPARK_HOME names, which may know more kinds of
 * clusters, or else those that {@code tandem-spark.jar} pins, fetched when they are first needed.
 *
 * @param module tandem-spark.jar
 */
record SparkJars(Path module) {
    private static final String CORE = "spark-core_";

    /** In tandem-spark.jar. */
    private static final String PINS = "/tandem/spark/spark.libraries";

    /**
     * All jars, the module's first.
     *
     * @param home the folder of an installed Spark; empty for none
     * @throws Failure if they cannot be fetched, or Spark is of another version
     */
    List<Path> classPath(String home, boolean offline, Consumer<Progress> progress, StopSignal stop) {
        Pins pins = pins();
        List<Path> jars = new ArrayList<>(List.of(module));
        if (!home.isEmpty()) {
            jars.addAll(installed(Path.of(home), pins));
            return jars;
        }
        List<String> coordinates = pins.coordinates();
        try {
            List<Path> found;
            try {
                found = Artifacts.resolve(coordinates, true, progress, stop);
            } catch (Failure e) {
                if (offline) {
                    throw new Failure(
                            "Spark is not in Maven's local repository; run once without --offline, or set SPARK_HOME to the folder of an installed one",
                            e);
                }
                progress.accept(new Progress.Fetching(
                        coordinates.stream().map(Artifacts::fileName).toList()));
                found = Artifacts.resolve(coordinates, false, progress, stop);
            }
            for (int i = 0; i < found.size(); i++) {
                pins.verify(coordinates.get(i), found.get(i));
            }
            jars.addAll(found);
            return jars;
        } catch (Failure e) {
            throw new Failure(
                    stop.raised()
                            ? "interrupted while Spark was fetched"
                            : "Spark cannot be started: " + e.getMessage(),
                    e);
        }
    }

    private static List<Path> installed(Path home, Pins pins) {
        String wanted = pins.coordinates().stream()
                .filter(coordinate -> coordinate.contains(":" + CORE))
                .map(Artifacts::fileName)
                .findFirst()
                .orElseThrow();
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(home.resolve("jars"), "*.jar")) {
            stream.forEach(jars::add);
        } catch (IOException e) {
            throw new Failure(
                    "SPARK_HOME is %s, where no Spark is (no folder jars); unset it, or name an installed Spark"
                            .formatted(home),
                    e);
        }
        List<String> cores = jars.stream()
                .map(jar -> jar.getFileName().toString())
                .filter(jar -> jar.startsWith(CORE))
                .toList();
        if (!cores.contains(wanted)) {
            throw new Failure(
                    "SPARK_HOME is %s, which has %s, and Tandem is built for %s; unset it, or name an installed Spark of that version"
                            .formatted(home, cores.isEmpty() ? "no Spark" : String.join(", ", cores), wanted));
        }
        jars.sort(null);
        // What says where YARN, HDFS and Kubernetes are.
        return Stream.concat(
                        Stream.of(home.resolve("conf")),
                        Stream.concat(
                                Stream.of("HADOOP_CONF_DIR", "YARN_CONF_DIR")
                                        .map(variable -> System.getenv().getOrDefault(variable, ""))
                                        .filter(folder -> !folder.isEmpty())
                                        .map(Path::of),
                                jars.stream()))
                .toList();
    }

    private Pins pins() {
        URI jar = URI.create("jar:" + module.toUri() + "!" + PINS);
        try (InputStream in = Objects.requireNonNull(jar.toURL()).openStream()) {
            return Pins.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
