package tandem.engine.deeplearning4j;

import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

final class Deeplearning4jEngineTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new Deeplearning4jProvider();
    }
}
