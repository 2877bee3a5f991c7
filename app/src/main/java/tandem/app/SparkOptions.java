package tandem.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.core.data.Dataset;
import tandem.lab.cluster.ClusterSettings;

/** Where trials run: on this machine, or on a Spark cluster. */
final class SparkOptions {
    /** Set by spark-submit's driver for the command that it starts. */
    private static final String DRIVER = "TANDEM_SPARK_DRIVER";

    private static final String MASTER = "spark.master";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--spark-master",
            paramLabel = "URL",
            description = "Run the trials on a Spark cluster, such as spark://HOST:7077; see docs/cluster.md.")
    private @Nullable String master;

    @Option(
            names = "--spark-conf",
            paramLabel = "KEY=VALUE",
            description = "A setting of Spark, such as spark.executor.memory=2g; as often as needed.")
    private Map<String, String> conf = new LinkedHashMap<>();

    /** Whether the trials run on a cluster. */
    boolean used() {
        boolean used = master != null || System.getenv(DRIVER) != null;
        Usage.require(used || conf.isEmpty(), command, "--spark-conf is for a cluster; name it with --spark-master");
        conf.keySet()
                .forEach(key -> Usage.require(
                        key.startsWith("spark."),
                        command,
                        "--spark-conf: '%s' is no setting of Spark; their names begin with spark.",
                        key));
        return used;
    }

    /**
     * The cluster, or null for this machine.
     *
     * @param threads of a trial
     */
    @Nullable
    ClusterSettings cluster(int threads, Dataset data) {
        if (!used()) {
            return null;
        }
        Map<String, String> settings = new LinkedHashMap<>(conf);
        settings.put("spark.task.cpus", String.valueOf(threads));
        String driver = System.getenv(DRIVER);
        if (master != null) {
            settings.put(MASTER, master);
        }
        settings.putIfAbsent("spark.app.name", "tandem " + command.name());
        return new ClusterSettings(settings, driver == null ? null : Path.of(driver), data);
    }
}
