package tandem.engine.tensorflow;

import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

final class TensorFlowEngineTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new TensorFlowProvider();
    }
}
