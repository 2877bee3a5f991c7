package tandem.lab.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EngineNameTest {
    @ParameterizedTest
    @CsvSource({
        "pytorch, pytorch, pytorch",
        "pytorch:plain, pytorch (plain), pytorch-plain",
        "pytorch (plain), pytorch (plain), pytorch-plain",
        "java:direct-convolution, java (direct convolution), java-direct-convolution",
        "java: direct convolution, java (direct convolution), java-direct-convolution",
        "java (direct convolution), java (direct convolution), java-direct-convolution",
        "deeplearning4j:as shipped, deeplearning4j (as shipped), deeplearning4j-as-shipped",
    })
    void readsEveryForm(String text, String name, String folder) {
        EngineName parsed = EngineName.parse(text);
        assertEquals(name, parsed.toString());
        assertEquals(folder, parsed.folder());
        assertEquals(parsed, EngineName.parse(parsed.toString()));
        assertEquals(parsed, EngineName.parse(parsed.typed()));
        assertFalse(parsed.typed().matches(".*[ ()].*"), parsed.typed());
    }

    @Test
    void refusesWhatIsNoName() {
        assertEquals(
                "'../x' is not an engine's name",
                assertThrows(IllegalArgumentException.class, () -> EngineName.parse("../x"))
                        .getMessage());
    }
}
