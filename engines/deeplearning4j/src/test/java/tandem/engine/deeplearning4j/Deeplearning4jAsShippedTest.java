package tandem.engine.deeplearning4j;

import org.junit.jupiter.api.Tag;
import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

/** Slow: a step takes more than half a second. */
@Tag("slow")
final class Deeplearning4jAsShippedTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new Deeplearning4jProvider();
    }

    @Override
    public String variant() {
        return Deeplearning4jProvider.AS_SHIPPED;
    }
}
