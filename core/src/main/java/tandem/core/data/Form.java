package tandem.core.data;

/** A dataset as it lies on a disk. */
sealed interface Form permits DatasetFiles, CsvFiles, PictureFolders {

    /** The form, and its files, in a few words. */
    String words();

    /**
     * Reads all of it.
     *
     * @throws tandem.core.Failure if a file is bad
     */
    Content read(Description description);
}
