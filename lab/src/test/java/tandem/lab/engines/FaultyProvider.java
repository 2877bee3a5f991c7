package tandem.lab.engines;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineDescription.NativeJars;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;

/** An engine that learns nothing and goes wrong at its fourth step, in a way for each variant. */
public final class FaultyProvider implements EngineProvider {
    private static final List<String> FAULTS =
            List.of("halts", "hangs", "throws", "diverges", "crashes", "floods", "waits");

    @Override
    public EngineDescription describe() {
        Map<String, String> variants = new LinkedHashMap<>();
        FAULTS.forEach(fault -> variants.put(fault, "it " + fault));
        return new EngineDescription(
                "faulty", "faults", "1", 98, false, true, variants, NativeJars.NONE, NativeJars.NONE, 0);
    }

    @Override
    public Engine create(EngineSetup setup) {
        System.out.println("note: " + System.getProperty("tandem.faulty.note"));
        System.out.println("faulty engine: " + setup.variant());
        return new Faulty(setup);
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        throw new UnsupportedOperationException();
    }

    private static final class Faulty implements Engine {
        private final EngineSetup setup;
        private int steps;

        Faulty(EngineSetup setup) {
            this.setup = setup;
        }

        @Override
        public Library library() {
            return new Library("faults", "1", "cpu", setup.threads());
        }

        @Override
        public float trainStep(Batch batch, float learningRate) {
            if (++steps < 4) {
                return 1;
            }
            if (steps == 4) {
                // Steps are sent every 100 ms; what was not sent yet dies with the worker.
                sleep(300);
            }
            switch (setup.variant()) {
                case "halts" -> {
                    System.out.println("last words");
                    Runtime.getRuntime().halt(3);
                }
                case "hangs" -> sleep(60_000);
                case "throws" -> throw new IllegalStateException("no such tensor\nand more");
                case "crashes" -> kill("SEGV");
                case "floods" -> System.out.print("x".repeat(1 << 20) + "\n{\"event\":\"done\"}\n");
                case "waits" -> sleep(20);
                default -> {}
            }
            return setup.variant().equals("diverges") ? Float.NaN : 1;
        }

        private static void kill(String signal) {
            try {
                new ProcessBuilder(
                                "kill",
                                "-" + signal,
                                "" + ProcessHandle.current().pid())
                        .start()
                        .waitFor();
                Thread.sleep(60_000);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void sleep(long millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void logits(Images images, int from, int count, float[] out) {}

        @Override
        public Gradients gradients(Batch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Parameters parameters() {
            return setup.parameters();
        }

        @Override
        public OptimizerState optimizerState() {
            return setup.state();
        }

        @Override
        public void restore(Parameters parameters, OptimizerState state) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
