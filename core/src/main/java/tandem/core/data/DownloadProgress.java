package tandem.core.data;

/** Told how a download goes on. */
@FunctionalInterface
public interface DownloadProgress {
    /** Tells nobody. */
    DownloadProgress NONE = (file, done, total) -> {};

    /**
     * Called once when a file starts and after everything that arrives, from one thread.
     *
     * @param file name of the file
     * @param done bytes that are here, with those of an earlier, broken download that is resumed
     * @param total bytes of the whole file, or -1 if the server does not say
     */
    void at(String file, long done, long total);
}
