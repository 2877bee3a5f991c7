package tandem.spark;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/** What Spark starts with the driver and with every executor: the way by which trials tell how far they are. */
public final class TrialPlugin implements SparkPlugin {

    /** Spark makes one. */
    public TrialPlugin() {}

    @Override
    public DriverPlugin driverPlugin() {
        return new DriverPlugin() {
            @Override
            public Map<String, String> init(SparkContext context, PluginContext plugin) {
                Driver.current().listenTo(context);
                return Map.of();
            }

            @Override
            public Object receive(Object message) {
                if (message instanceof TrialNews news) {
                    Driver.current().tell(news);
                }
                return "";
            }
        };
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext plugin, Map<String, String> configuration) {
                TrialHost.begin(plugin);
            }

            @Override
            public void shutdown() {
                TrialHost.end();
            }
        };
    }
}
