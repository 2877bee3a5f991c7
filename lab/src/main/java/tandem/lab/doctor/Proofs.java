package tandem.lab.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.engine.EngineProvider;
import tandem.core.random.InitialParameters;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.FoundEngine;
import tandem.lab.engines.Natives;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.parity.Parity;
import tandem.lab.parity.ProvedEngine;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.run.TemporaryFolder;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/** Each engine in its worker: one that trains is proved on small batches, one that only predicts answers. */
final class Proofs {
    private static final Recipe SMALL =
            Recipe.HARMONIZED.with(Map.of("batchSize", 4, "trainLimit", 400, "testLimit", 10));
    private static final EngineName REFERENCE = new EngineName("reference");
    private static final int IMAGES = 3;
    /** As parity has it for logits: 1e-5 of the largest, of two that round. */
    private static final double LIMIT = 2e-5;

    private final Workers workers;
    private final Consumer<Finding> told;

    Proofs(Workers workers, Consumer<Finding> told) {
        this.workers = workers;
        this.told = told;
    }

    /** Natives that were not fetched yet are not fetched for this. */
    void prove(FoundEngine engine) {
        EngineProvider provider = engine.provider();
        String what = "engine " + provider.name();
        TemporaryFolder folder = TemporaryFolder.create("tandem-doctor");
        try {
            told.accept(
                    switch (new Natives(engine, "", workers.caches()).state()) {
                        case Natives.State.Unsupported(String reason) -> Finding.fine(what, "not here: %s", reason);
                        case Natives.State.Missing _ -> Finding.fine(what, "its natives are fetched at first use");
                        default -> {
                            String failure = provider.trains()
                                    ? training(new EngineName(provider.name()), folder.path())
                                    : predicting(new EngineName(provider.name()), folder.path());
                            yield failure == null
                                    ? Finding.fine(
                                            what,
                                            "%s %s %s",
                                            provider.library(),
                                            provider.version(),
                                            provider.trains()
                                                    ? "trains as the reference does"
                                                    : "predicts as the reference does")
                                    : Finding.problem(
                                            what,
                                            failure,
                                            "'tandem doctor --repair', then 'tandem parity --engines %s'"
                                                    .formatted(provider.name()));
                        }
                    });
        } finally {
            folder.delete();
        }
    }

    /** Why it does not train as the reference; null if it does. */
    private @Nullable String training(EngineName name, Path folder) {
        Images train = Datasets.open(SMALL.dataset())
                .limit(SMALL.trainLimit(), SMALL.testLimit())
                .train();
        try (RunDirectory directory = RunDirectory.create(folder.resolve("proof"), "parity")) {
            ProvedEngine proved = Parity.run(
                            new Parity.Plan("tandem doctor", SMALL, List.of(name), null, null, 0, 1),
                            workers,
                            train,
                            directory)
                    .engines()
                    .getFirst();
            return proved.status() != Status.DONE
                    ? proved.failure()
                    : proved.passed() ? null : "it does not compute what the reference computes";
        }
    }

    /** Why it does not predict as the reference; null if it does. */
    private @Nullable String predicting(EngineName name, Path folder) {
        return switch (logits(name, folder)) {
            case Outcome.Missing<float[]>(Status _, String reason) -> reason;
            case Outcome.Result<float[]>(float[] own) ->
                switch (logits(REFERENCE, folder)) {
                    case Outcome.Missing<float[]>(Status _, String reason) -> "the reference: " + reason;
                    case Outcome.Result<float[]>(float[] expected) -> difference(own, expected);
                };
        };
    }

    private static @Nullable String difference(float[] own, float[] expected) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs((double) own[i] - expected[i]));
        }
        return difference <= LIMIT * largest ? null : "it does not answer what the reference answers";
    }

    private Outcome<float[]> logits(EngineName name, Path folder) {
        Path model = folder.resolve("model.safetensors");
        Parameters parameters = InitialParameters.of(SMALL);
        parameters.write(model);
        Images images = Datasets.open(SMALL.dataset()).limit(1, IMAGES).test();
        Path log = folder.resolve(name.folder()).resolve("worker.log");
        return workers.talk(name, log, worker -> {
            worker.ask(new Request.Open(SMALL.network(), workers.threads(), name.variant(), model.toString()));
            Event.Predicted predicted = worker.ask(new Request.Predict(images.normalisation(), images.pixels()));
            return predicted.logits();
        });
    }
}
