package tandem.lab.cluster;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tandem.core.data.Dataset;

/**
 * The cluster that trials run on.
 *
 * @param conf Spark's settings, {@code spark.master} among them if this process starts the driver
 * @param driver socket of a driver that started this process; null to start one
 * @param data what is trained on
 */
public record ClusterSettings(
        Map<String, String> conf, @Nullable Path driver, Dataset data) {}
