package tandem.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/** Figures of trials that no training made, so that every cell of a table has another one. */
final class MadeUpTrials {
    private MadeUpTrials() {}

    /** Test accuracies by arm and seed, far enough apart that no two figures are alike. */
    static double accuracy(int arm, long seed) {
        double noise = arm % 3 == 0 ? 0.0004 : 0.0001;
        return 0.97 + 0.0017 * (arm * 5 % 7) + noise * ((arm + 2) * (seed - 40) * (seed - 40) % 23);
    }

    /** Gives the trials of a folder figures of their own: accuracies that reach 99% or do not, losses, seconds. */
    static void spread(Path trials, int arm) throws IOException {
        try (var files = Files.list(trials)) {
            for (Path file : files.toList()) {
                ObjectNode trial = (ObjectNode) Runs.json(file);
                long seed = trial.get("seed").longValue();
                int epochs = trial.get("epochs").size();
                for (int epoch = 1; epoch <= epochs; epoch++) {
                    ((ObjectNode) trial.get("epochs").get(epoch - 1))
                            .put("testAccuracy", accuracy(arm, seed) + (epoch == 2 ? 0.011 - 0.002 * (seed % 3) : 0))
                            .put("testLoss", 0.3 * arm + 0.01 * seed + 0.001 * epoch)
                            .put("seconds", 10.0 * epoch + 3 * arm + 0.25 * (seed - 40) * (seed - 40));
                }
                Runs.write(file, trial);
            }
        }
    }
}
