package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class FingerprintTest {
    /** Digests by Python's hashlib of the bytes that the class says it adds. */
    @Test
    void everyPartCounts() {
        assertEquals("e3b0c44298fc1c14", new Fingerprint().toString());
        assertEquals(
                "b3a48b99b54c4a94",
                new Fingerprint()
                        .add("conv1.weight")
                        .add(new float[] {1.5f, -2, 0})
                        .add(-3)
                        .add(new byte[] {1, (byte) 255})
                        .add("ä")
                        .toString());
    }
}
