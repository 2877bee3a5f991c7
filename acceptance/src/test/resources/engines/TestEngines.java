package engines;

import java.util.Map;
import tandem.core.*;
import tandem.core.data.Images;
import tandem.core.engine.*;

/** Engines for tests of what is around an engine; they learn nothing. */
public final class TestEngines {
    private TestEngines() {}

    /** Takes the milliseconds that the environment says, for what it says; and fails when it says so. */
    public static class Slow implements EngineProvider {
        @Override public EngineDescription describe() { return description("slow", 97, false); }

        static EngineDescription description(String name, int rank, boolean competes) {
            return description(name, rank, competes, true);
        }

        static EngineDescription description(String name, int rank, boolean competes, boolean trains) {
            return new EngineDescription(name, "Sleep", "1", rank, competes, trains, Map.of(),
                    EngineDescription.NativeJars.NONE, EngineDescription.NativeJars.NONE, 0);
        }

        @Override public Engine create(EngineSetup setup) {
            sleep("SLOW_CREATE", 1);
            return new Sleeper(setup);
        }

        @Override public Predictor predictor(PredictorSetup setup) {
            sleep("SLOW_CREATE", 1);
            Recipe recipe = Recipe.PRESETS.get("harmonized").with(Map.of("network", setup.network()));
            return new Sleeper(EngineSetup.fresh(recipe, setup.threads(), setup.variant()));
        }
    }

    /** The same by another name. */
    public static final class Second extends Slow {
        @Override public EngineDescription describe() { return description("second", 98, false); }
    }

    /** Only predicts. */
    public static final class Trained extends Slow {
        @Override public EngineDescription describe() { return description("trained", 96, false, false); }
    }

    /** Runs on no platform. */
    public static final class Nowhere extends Slow {
        @Override public EngineDescription describe() {
            return description("nowhere", 99, "1".equals(System.getenv("NOWHERE_COMPETES")));
        }
        @Override public Support support(Platform platform) { return new Support.Unsupported("nowhere runs nowhere"); }
    }

    private static void sleep(String what, int times) {
        String millis = System.getenv(what);
        if (millis != null) {
            try {
                Thread.sleep(times * Long.parseLong(millis));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static final class Sleeper implements Engine {
        private final EngineSetup setup;
        private boolean stepped;

        Sleeper(EngineSetup setup) { this.setup = setup; }

        @Override public Library library() { return new Library("Sleep", "1", "cpu", setup.threads()); }

        @Override public float trainStep(Batch batch, float learningRate) {
            if ("1".equals(System.getenv("SLOW_FAILS"))) throw new Failure("it was told to fail");
            sleep(stepped ? "SLOW_STEP" : "SLOW_FIRST", 1);
            stepped = true;
            return 1;
        }

        /** With an even seed all digits are 0, which is right on 980 of the 10,000; with an odd one 1, on 1,135. */
        @Override public void logits(Images images, int from, int count, float[] out) {
            for (int i = 0; i < count; i++) out[10 * i + (int) (setup.recipe().seed() % 2)] = 1;
            sleep("SLOW_IMAGE", count);
        }

        @Override public Gradients gradients(Batch batch) { throw new UnsupportedOperationException(); }
        @Override public Parameters parameters() { return setup.parameters(); }
        @Override public OptimizerState optimizerState() { return setup.state(); }
        @Override public void restore(Parameters parameters, OptimizerState state) { throw new UnsupportedOperationException(); }
        @Override public void close() {}
    }
}
