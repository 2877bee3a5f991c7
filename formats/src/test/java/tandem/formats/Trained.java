package tandem.formats;

import java.util.Map;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;
import tandem.core.engine.Training;
import tandem.core.random.InitialParameters;
import tandem.engine.java.JavaProvider;
import tandem.engine.reference.ReferenceProvider;

/** A model that the java engine trains for 100 steps, and what the float64 reference makes of test images by it. */
final class Trained {
    static final Images TEST = Datasets.open("mnist").test().first(1000);

    private static final Recipe RECIPE = Recipe.PRESETS.get("harmonized");
    private static final int THREADS = 2;

    /** No size is a power of two; three classes; images of 12x12. */
    private static final Network SMALL = new Network(12, 12, 3, 5, 7, 11, 0, 0);

    static final Model MODEL = train();
    static final float[] LOGITS = logits(MODEL, TEST);

    private Trained() {}

    private static Model train() {
        Training training = new Training(RECIPE, Datasets.open("mnist").train());
        try (Engine engine = new JavaProvider().create(EngineSetup.fresh(RECIPE, THREADS, ""))) {
            while (training.next() < 100) {
                training.step(engine);
            }
            return new Model(RECIPE.network(), engine.parameters());
        }
    }

    /** An untrained network of other sizes. */
    static Model small() {
        return new Model(SMALL, InitialParameters.of(RECIPE.with(Map.of("network", SMALL))));
    }

    /** Logits by the reference, [images, classes]. */
    static float[] logits(Model model, Images images) {
        float[] logits = new float[images.count() * model.network().classes()];
        PredictorSetup setup = new PredictorSetup(model.network(), model.parameters(), THREADS, "");
        try (Predictor reference = new ReferenceProvider().predictor(setup)) {
            reference.logits(images, 0, images.count(), logits);
        }
        return logits;
    }
}
