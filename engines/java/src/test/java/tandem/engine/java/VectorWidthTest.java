package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tandem.core.Failure;

final class VectorWidthTest {
    private final String before = System.getProperty(VectorWidth.PROPERTY);

    @AfterEach
    void putBack() {
        if (before == null) {
            System.clearProperty(VectorWidth.PROPERTY);
        } else {
            System.setProperty(VectorWidth.PROPERTY, before);
        }
    }

    private static int bits(String asked) {
        System.setProperty(VectorWidth.PROPERTY, asked);
        return VectorWidth.bits();
    }

    @Test
    void widthsThatThereAreNotAreRefused() {
        for (String asked : new String[] {"64", "1024", "-1", "", "wide"}) {
            Failure failure = assertThrows(Failure.class, () -> bits(asked));
            assertTrue(failure.getMessage().endsWith("it must be 0, 128, 256 or 512"), failure.getMessage());
        }
    }

    @Test
    void plainJavaCanBeAskedFor() {
        assertEquals(0, bits("0"));
        assertEquals("plain Java", VectorWidth.words());
    }

    @Test
    void noWiderVectorsThanTheProcessorHas() {
        int widest = VectorWidth.bits();
        assumeTrue(widest > 0 && widest < 512, "this JVM has vectors of 512 bits, or none");
        Failure failure = assertThrows(Failure.class, () -> bits("512"));
        assertEquals(
                "this processor has vectors of %d bits; 512 are wider, ask for at most %d".formatted(widest, widest),
                failure.getMessage());
        assertEquals(128, bits("128"));
    }

    @Test
    void vectorsNeedTheModule() {
        assumeTrue(VectorWidth.bits() == 0, "the module is there");
        assertEquals("plain Java, as there is no module jdk.incubator.vector", VectorWidth.words());
        Failure failure = assertThrows(Failure.class, () -> bits("256"));
        assertTrue(failure.getMessage().contains("--add-modules jdk.incubator.vector"), failure.getMessage());
    }
}
