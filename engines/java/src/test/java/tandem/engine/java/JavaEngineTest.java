package tandem.engine.java;

import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

final class JavaEngineTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new JavaProvider();
    }
}
