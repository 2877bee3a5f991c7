package tandem.web;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;
import tandem.web.live.LiveEngines;

/** What the server counts, in Prometheus' text. */
final class Metrics {
    static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
    }

    /** Something that has a size at any time. */
    void gauge(String name, String description, Supplier<Number> size) {
        Gauge.builder(name, size).description(description).strongReference(true).register(registry);
    }

    /** A request was answered. */
    void answered(String method, String route, int status, Duration took) {
        Timer.builder("tandem.http.requests")
                .description("Requests, and how long they took")
                .tag("method", method)
                .tag("route", route)
                .tag("status", String.valueOf(status))
                .register(registry)
                .record(took);
    }

    /** Engines answered. */
    void predicted(LiveEngines.Answers answers) {
        for (LiveEngines.Said said : answers.engines()) {
            DistributionSummary.builder("tandem.prediction.millis")
                    .description("Milliseconds of the engine's call that answered a prediction")
                    .tag("engine", said.engine())
                    .register(registry)
                    .record(said.millis());
        }
        for (LiveEngines.Silent silent : answers.missing()) {
            Counter.builder("tandem.predictions.missing")
                    .description("Predictions that an engine did not answer")
                    .tag("engine", silent.engine())
                    .register(registry)
                    .increment();
        }
    }

    String text() {
        return registry.scrape();
    }
}
