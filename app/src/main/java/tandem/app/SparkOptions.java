package tandem.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.core.data.Dataset;
import tandem.lab.cluster.ClusterSettings;
import tandem.lab.engines.Engines;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.study.Site;

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
            description =
                    "Run the trials on a Spark cluster, see docs/cluster.md. The master's web page shows the URL. There"
                            + " --threads is that of a trial (default: 1).")
    private @Nullable String master;

    @Option(
            names = "--spark-conf",
            paramLabel = "KEY=VALUE",
            description = "A setting of Spark, or of Hadoop (spark.hadoop.…); as often as needed.")
    private Map<String, String> conf = new LinkedHashMap<>();

    /** Whether the trials run on a cluster. */
    boolean used() {
        boolean used = master != null || System.getenv(DRIVER) != null;
        Usage.require(used || conf.isEmpty(), command, "--spark-conf is for a cluster; name it with --spark-master");
        conf.keySet()
                .forEach(key -> Usage.require(
                        key.startsWith("spark."),
                        command,
                        "--spark-conf: '%s' is not a setting of Spark; their names begin with 'spark.'",
                        key));
        return used;
    }

    /** Spark's settings that were given. */
    Map<String, String> conf() {
        return conf;
    }

    /** How the run's workers are started: here, {@code parallel} at a time, or on the hosts of a cluster. */
    Workers workers(LabCommand command, RunOptions run, Engines engines, int parallel, Consumer<Progress> progress) {
        return used()
                ? run.workersOfCluster(command, engines, progress)
                : run.workers(command, engines, parallel, progress);
    }

    /**
     * Where trials run.
     *
     * @param threads of a trial on a cluster
     * @param keepModels whether trained models are kept
     */
    Site site(int threads, Dataset data, boolean keepModels) {
        if (!used()) {
            return new Site(null, keepModels);
        }
        Map<String, String> settings = new LinkedHashMap<>(conf);
        settings.put("spark.task.cpus", String.valueOf(threads));
        String driver = System.getenv(DRIVER);
        if (master != null) {
            settings.put(MASTER, master);
        }
        settings.putIfAbsent("spark.app.name", "tandem " + command.name());
        return new Site(new ClusterSettings(settings, driver == null ? null : Path.of(driver), data), keepModels);
    }
}
