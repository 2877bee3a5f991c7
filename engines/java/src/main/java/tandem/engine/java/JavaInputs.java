package tandem.engine.java;

import tandem.core.data.Images;

/** Pixels as the network wants them: normalised floats, and for each row which pixels are not background. */
record JavaInputs(Layout layout, float[] memory) {

    /** The pixel that the background shortcut takes for background. */
    private static final int BACKGROUND = 0;

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
    void fill(Images images, float[] table, int index, int image, Workspace workspace) {
        byte[] pixels = images.pixels();
        int from = index * images.size();
        int to = layout.image(image);
        for (int row = 0; row < layout.rows; row++) {
            long ink = 0;
            for (int column = 0; column < layout.columns; column++) {
                int pixel = pixels[from++] & 0xff;
                memory[to++] = table[pixel];
                // 1 for all pixels but 0, without a branch.
                ink |= (long) (pixel + 0xff >>> Byte.SIZE) << column;
            }
            workspace.ink[row] = ink;
        }
    }
}
