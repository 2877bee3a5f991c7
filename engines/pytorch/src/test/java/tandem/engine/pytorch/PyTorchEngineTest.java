package tandem.engine.pytorch;

import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

final class PyTorchEngineTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new PyTorchProvider();
    }
}
