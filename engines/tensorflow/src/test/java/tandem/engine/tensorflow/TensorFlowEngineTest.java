package tandem.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
