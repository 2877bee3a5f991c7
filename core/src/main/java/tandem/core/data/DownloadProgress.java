package tandem.core.data;

import java.util.OptionalLong;

/** Told how a download goes on; a {@link tandem.core.Failure} that it throws ends the download, to be resumed later. */
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

    /**
     * Called ten times a second while another process fetches the same dataset.
     *
     * @param holder id of that process, if it is known
     */
    default void waiting(OptionalLong holder) {}
}
