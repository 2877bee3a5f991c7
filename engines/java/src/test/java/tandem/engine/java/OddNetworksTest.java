package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Training;
import tandem.lab.parity.StepProof;
import tandem.lab.parity.StepVerdict;

/** The proof against the reference on networks of odd sizes, fresh and trained, with and without dropout. */
final class OddNetworksTest {
    private static final int THREADS = 2;

    @ParameterizedTest
    @CsvSource({
        // rows, columns, classes, conv1, conv2, hidden, batch, dropout, loss
        "8, 8, 2, 1, 1, 1, 3, false, cross-entropy",
        "9, 32, 3, 3, 13, 17, 7, true, cross-entropy",
        "13, 11, 7, 17, 33, 65, 33, true, double-softmax",
        "12, 14, 10, 33, 65, 130, 70, true, cross-entropy",
        "16, 10, 11, 13, 128, 33, 130, false, cross-entropy",
        "10, 70, 4, 16, 17, 128, 5, true, cross-entropy"
    })
    void fresh(
            int rows,
            int columns,
            int classes,
            int conv1,
            int conv2,
            int hidden,
            int batch,
            boolean dropout,
            String loss) {
        Network network = new Network(rows, columns, classes, conv1, conv2, hidden, 0.25, 0.5);
        Recipe recipe = Recipe.PRESETS
                .get("harmonized")
                .with(Map.of("network", network, "batchSize", batch, "dropout", dropout, "loss", loss, "seed", rows));
        Images images = images(network, 4 * batch);
        EngineSetup setup = EngineSetup.fresh(recipe, THREADS, "");
        try (Engine engine = new JavaProvider().create(setup)) {
            prove(StepProof.fresh(recipe, images, THREADS), engine);
            engine.restore(setup.parameters(), setup.state());
            Training training = new Training(recipe, images);
            while (training.next() < 10) {
                training.step(engine);
            }
            prove(new StepProof(recipe, images, 10, engine.parameters(), engine.optimizerState(), THREADS), engine);
        }
    }

    private static void prove(StepProof proof, Engine engine) {
        StepVerdict verdict = proof.of(engine);
        assertTrue(verdict.passed(), verdict::toString);
    }

    /** Noise on background, so that the shortcut is taken here and there. */
    private static Images images(Network network, int count) {
        Random random = new Random(1);
        byte[] pixels = new byte[count * network.rows() * network.columns()];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) random.nextInt(network.classes());
            for (int p = 0; p < network.rows() * network.columns(); p++) {
                int x = p % network.columns();
                pixels[i * network.rows() * network.columns() + p] =
                        (byte) (x > network.columns() / 2 ? 0 : random.nextInt(256));
            }
        }
        return new Images(network.rows(), network.columns(), pixels, labels, new Normalisation(0.25, 0.3));
    }
}
