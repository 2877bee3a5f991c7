package tandem.engine.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;
import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

final class DjlEngineTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new DjlProvider();
    }

    /** Counted right after closing, by the manager of managers: what is still attached there is never freed. */
    @Test
    void closingFreesEveryArray() {
        useAndClose();
        try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager(Device.cpu())) {
            BaseNDManager system = (BaseNDManager) manager.getParentManager();
            int before = system.getManagedArrays().size();
            useAndClose();
            assertEquals(before, system.getManagedArrays().size());
        }
    }
}
