package tandem.core.data;

/** The four files of a dataset, under the names that MNIST gave them. */
enum Part {
    TRAIN_IMAGES("train-images-idx3-ubyte", "images", "training images", 2051),
    TRAIN_LABELS("train-labels-idx1-ubyte", "labels", "training labels", 2049),
    TEST_IMAGES("t10k-images-idx3-ubyte", "images", "test images", 2051),
    TEST_LABELS("t10k-labels-idx1-ubyte", "labels", "test labels", 2049);

    /** Name without {@code .gz}. */
    final String fileName;

    /** What the file holds, in the words of messages. */
    final String content;

    /** The same, and of which part of the dataset. */
    final String words;

    /**
     * The first four bytes of the file, big-endian: 0, 0, 8 for unsigned bytes, and the number of dimensions (LeCun,
     * Cortes, Burges, "The MNIST database of handwritten digits").
     */
    final int magic;

    Part(String fileName, String content, String words, int magic) {
        this.fileName = fileName;
        this.content = content;
        this.words = words;
        this.magic = magic;
    }

    /** Whether the file holds images, [count, rows, columns], rather than labels, [count]. */
    boolean images() {
        return magic == 2051;
    }
}
