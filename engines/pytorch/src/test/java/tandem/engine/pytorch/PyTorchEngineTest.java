package tandem.engine.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

final class PyTorchEngineTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new PyTorchProvider();
    }

    /** Counted right after closing: what only Java's collector would free is still there. */
    @Test
    void closingFreesEveryNativeObject() {
        useAndClose();
        long before = Pointer.totalCount();
        useAndClose();
        assertEquals(before, Pointer.totalCount());
    }
}
