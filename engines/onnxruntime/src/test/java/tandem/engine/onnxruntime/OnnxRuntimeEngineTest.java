package tandem.engine.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

final class OnnxRuntimeEngineTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new OnnxRuntimeProvider();
    }

    /** ONNX Runtime's threads round them to zero; the calling one must not do so when it is Java's again. */
    @Test
    void javaKeepsItsDenormalNumbers() {
        useAndClose();
        float half = Float.parseFloat("0.5");
        assertEquals(0x1p-127f, Float.MIN_NORMAL * half);
    }
}
