package tandem.engine.djl;

import org.junit.jupiter.api.Tag;
import tandem.core.engine.EngineProvider;
import tandem.lab.parity.EngineContract;

@Tag("slow")
final class DjlPlainTest implements EngineContract {
    @Override
    public EngineProvider provider() {
        return new DjlProvider();
    }

    @Override
    public String variant() {
        return DjlProvider.PLAIN;
    }
}
