package tandem.engine.java;

import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

final class JavaDirectTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new JavaProvider();
    }

    @Override
    public String variant() {
        return JavaProvider.DIRECT;
    }
}
