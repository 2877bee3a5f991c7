package tandem.lab.engines;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import tandem.core.Failure;

/** The module of Spark's driver: not on the lab's class path, and in a checkout built when it is first needed. */
public final class SparkModule {
    private static final String NAME = "spark";

    private SparkModule() {}

    /**
     * Its jar.
     *
     * @throws Failure if it cannot be built, or is missing
     */
    public static Path jar() {
        Path engines = Path.of(System.getProperty(Engines.FOLDER, "").split(File.pathSeparator)[0]);
        Path dist =
                Objects.requireNonNull(engines.toAbsolutePath().getParent(), "the launcher names the folder engines");
        Path jar = dist.resolve(NAME).resolve("tandem-spark.jar");
        String home = System.getProperty("tandem.home");
        if (!Files.exists(jar) && home != null) {
            Path script = Path.of(home, "etc", "engines.sh");
            EngineBuild.run(List.of("bash", script.toString(), dist.toString(), NAME));
        }
        if (!Files.exists(jar)) {
            throw new Failure("%s: is missing; %s"
                    .formatted(
                            jar,
                            home == null ? "unpack the release again" : "target/build.log says why it was not built"));
        }
        return jar;
    }
}
