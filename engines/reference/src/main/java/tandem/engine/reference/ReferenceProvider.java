package tandem.engine.reference;

import java.util.List;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

/** The oracle as an engine: float64 in plain Java, on every platform, never in a race. */
public final class ReferenceProvider implements EngineProvider {
    /** What tables call the library. */
    static final String LIBRARY = "plain Java, float64";

    /** For {@link java.util.ServiceLoader}. */
    public ReferenceProvider() {}

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String library() {
        return LIBRARY;
    }

    /** The version of Java: there is no other library. */
    @Override
    public String version() {
        return Runtime.version().toString();
    }

    @Override
    public int rank() {
        return 99;
    }

    @Override
    public boolean competes() {
        return false;
    }

    @Override
    public Support support(Platform platform) {
        return new Support.Supported(List.of());
    }

    @Override
    public Engine create(EngineSetup setup) {
        return new ReferenceEngine(setup.recipe(), setup.parameters(), setup.state(), setup.threads());
    }
}
