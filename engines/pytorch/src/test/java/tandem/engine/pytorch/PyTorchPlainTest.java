package tandem.engine.pytorch;

import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

final class PyTorchPlainTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new PyTorchProvider();
    }

    @Override
    public String variant() {
        return PyTorchProvider.PLAIN;
    }
}
