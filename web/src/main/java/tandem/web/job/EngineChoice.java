package tandem.web.job;

import java.util.List;
import tandem.core.Failure;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;

/** Engines by the names that people give. */
public final class EngineChoice {
    private EngineChoice() {}

    /**
     * An engine's name.
     *
     * @throws Failure if it is none
     */
    public static EngineName parse(String name) {
        try {
            return EngineName.parse(name);
        } catch (IllegalArgumentException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Engines that train, each once.
     *
     * @throws Failure if there is none of a name, or it only predicts
     */
    static List<EngineName> training(List<String> names, Engines engines) {
        List<EngineName> chosen =
                names.stream().map(EngineChoice::parse).distinct().toList();
        for (EngineName name : chosen) {
            if (!engines.get(name).provider().trains()) {
                throw new Failure("%s only predicts".formatted(name));
            }
        }
        return chosen;
    }
}
