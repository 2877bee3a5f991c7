package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;

final class JavaInputsTest {

    /** Rows of 13 pixels: one word of eight and five more. The second of two images has three pixels of ink. */
    @Test
    void everyPixelOfInkHasItsBit() {
        Network network = new Network(6, 13, 2, 1, 1, 1, 0.25, 0.5);
        byte[] pixels = new byte[2 * 6 * 13];
        int second = 6 * 13;
        pixels[second] = 1;
        pixels[second + 2 * 13 + 7] = (byte) 0x80;
        pixels[second + 2 * 13 + 12] = 16;
        Images images = new Images(6, 13, pixels, new byte[2], new Normalisation(0.5, 0.25));
        Layout layout = new Layout(network, 3, false, 1, 4, 1);
        float[] memory = new float[layout.floats];
        InkBits ink = new InkBits(layout, true);
        new JavaInputs(layout, memory, ink).fill(images, JavaInputs.table(images), 1, 2);
        assertEquals(1, ink.in(2, 0, 1));
        assertEquals(0, ink.in(2, 1, 1));
        assertEquals(1 << 7 | 1 << 12, ink.in(2, 2, 1));
        assertEquals(0, ink.in(2, 5, 1));
        assertEquals(1 | 1 << 7 | 1 << 12, ink.in(2, 0, 3));
        int first = layout.image(2);
        assertEquals((1 / 255f - 0.5f) / 0.25f, memory[first], 1e-6f);
        assertEquals(-2, memory[first + 1], 1e-6f);
        assertEquals((128 / 255f - 0.5f) / 0.25f, memory[first + 2 * 13 + 7], 1e-6f);
    }
}
