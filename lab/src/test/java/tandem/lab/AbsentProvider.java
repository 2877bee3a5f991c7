package tandem.lab;

import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

/** An engine that runs on no platform. */
public final class AbsentProvider implements EngineProvider {
    @Override
    public String name() {
        return "absent";
    }

    @Override
    public String library() {
        return "none";
    }

    @Override
    public String version() {
        return "0";
    }

    @Override
    public int rank() {
        return 97;
    }

    @Override
    public boolean competes() {
        return false;
    }

    @Override
    public Support support(Platform platform) {
        return new Support.Unsupported("it runs nowhere");
    }

    @Override
    public Engine create(EngineSetup setup) {
        throw new UnsupportedOperationException();
    }
}
