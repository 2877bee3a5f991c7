package tandem.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import tandem.core.Failure;
import tandem.core.OptimizerState;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.random.InitialParameters;
import tandem.lab.parity.EngineContract;

final class TensorFlowEngineTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new TensorFlowProvider();
    }

    /** Counted right after closing: what only Java's collector would free is still there. */
    @Test
    void closingFreesEveryNativeObject() {
        useAndClose();
        long before = Pointer.totalCount();
        useAndClose();
        assertEquals(before, Pointer.totalCount());
    }

    @Test
    void anotherNumberOfThreadsNeedsAnotherProcess() {
        engine(HARMONIZED).close();
        EngineSetup setup = new EngineSetup(
                HARMONIZED,
                InitialParameters.of(HARMONIZED),
                OptimizerState.zeros(HARMONIZED.network()),
                THREADS + 1,
                "");
        assertEquals(
                "TensorFlow computes with 2 threads in this process since its first engine;"
                        + " start another process to use 3",
                assertThrows(Failure.class, () -> provider().create(setup)).getMessage());
    }
}
