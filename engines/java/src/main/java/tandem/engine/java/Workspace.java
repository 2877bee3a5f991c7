package tandem.engine.java;

/** What one thread needs for itself, besides its scratch in the {@link Layout}. */
final class Workspace {
    final int thread;

    /** Pool windows of a chunk. */
    final int[] chunk = new int[Layout.CHUNK];

    /** A bit for each pixel of a row that is not background: [rows]; see {@link Background}. */
    final long[] ink;

    final GradientLists lists;

    /** For each feature of a word, which images it is alive in: [words of 64 images][64]. */
    final long[] aliveImages;

    Workspace(Layout layout, int thread) {
        this.thread = thread;
        ink = new long[layout.rows];
        lists = new GradientLists(layout);
        aliveImages = new long[Math.ceilDiv(layout.capacity, Layout.WORD) * Layout.WORD];
    }
}
