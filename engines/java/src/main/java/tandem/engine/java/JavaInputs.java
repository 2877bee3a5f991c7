package tandem.engine.java;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import tandem.core.data.Images;

/** Pixels as the network wants them: normalised floats; and where there is {@link InkBits}. */
record JavaInputs(Layout layout, float[] memory, InkBits ink) {

    /** The pixel that the background shortcut takes for background. */
    private static final int BACKGROUND = 0;

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** What the pixels of a dataset are turned into; the same 256 floats for every engine. */
    static float[] table(Images images) {
        return images.normalisation().table();
    }

    /** What background is turned into. */
    static float background(float[] table) {
        return table[BACKGROUND];
    }

    /**
     * Takes over one image.
     *
     * @param index in the dataset
     * @param image in the batch
     */
    void fill(Images images, float[] table, int index, int image) {
        byte[] pixels = images.pixels();
        float[] m = memory;
        int from = index * images.size();
        int to = layout.image(image);
        int size = layout.rows * layout.columns;
        for (int n = 0; n < size; n++) {
            m[to + n] = table[pixels[from + n] & 0xff];
        }
        for (int row = 0; row < layout.rows; row++) {
            ink.set(image, row, ink(pixels, from + row * layout.columns, layout.columns));
        }
    }

    /**
     * A bit for each pixel of a row that is not background; what it says of a row with more pixels than bits,
     * {@link InkBits} ignores.
     */
    private static long ink(byte[] pixels, int from, int count) {
        long ink = 0;
        int column = 0;
        for (; column + Long.BYTES <= count; column += Long.BYTES) {
            ink |= notZero((long) EIGHT.get(pixels, from + column)) << column;
        }
        for (; column < count; column++) {
            ink |= (pixels[from + column] == BACKGROUND ? 0L : 1L) << column;
        }
        return ink;
    }

    /**
     * Bit {@code n} for byte {@code n}, if it is not 0: each byte's bits are joined in its lowest, then moved together.
     */
    private static long notZero(long bytes) {
        long bits = bytes | bytes >>> 4;
        bits |= bits >>> 2;
        bits |= bits >>> 1;
        return (bits & 0x0101010101010101L) * 0x0102040810204080L >>> 56;
    }
}
