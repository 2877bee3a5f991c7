package tandem.engine.java;

/** What one thread needs for itself, besides its scratch in the {@link Layout}. */
final class Workspace {
    final int thread;

    /** Blocks of windows that wait until there are enough for a register tile: their images. */
    final int[] waitingImages = new int[Layout.TILE_ROWS];

    /** Their upper left windows. */
    final int[] waitingWindows = new int[Layout.TILE_ROWS];

    /** A bit for each of their four windows, in row order, that sees more than background. */
    final int[] waitingInked = new int[Layout.TILE_ROWS];

    /** Where the dropout masks of their images begin. */
    final int[] waitingMasks = new int[Layout.TILE_ROWS];

    /** How many blocks wait. */
    int waiting;

    /**
     * The pixel whose activations by conv1 and conv2 were computed as those of background; not a number if the weights
     * have changed since.
     */
    float background = Float.NaN;

    /**
     * The columns of each row of {@link Layout#activation1} that see more than background, from one to, not including,
     * another: [rows1]. All others hold the activation of background.
     */
    final int[] inkFrom;

    final int[] inkTo;

    final GradientLists lists;

    /** For each feature of a word, which images it is alive in: [words of 64 images][64]. */
    final long[] aliveImages;

    /** For each image, where the gradient of its next feature belongs: see {@link Layout#pooledGradient}. */
    final int[] places;

    Workspace(Layout layout, int thread) {
        this.thread = thread;
        inkFrom = new int[layout.rows1];
        inkTo = new int[layout.rows1];
        lists = new GradientLists(layout);
        places = new int[layout.capacity];
        aliveImages = new long[Math.ceilDiv(layout.capacity, Layout.WORD) * Layout.WORD];
    }
}
