package tandem.core.data;

import java.nio.file.Path;

/** Where a dataset of the catalogue is. */
public sealed interface Location {
    /** Size of its files as they lie there. */
    long bytes();

    /** Part of Tandem: on the class path. */
    record Embedded(long bytes) implements Location {}

    /** Installed by the operating system's package manager, as Debian does. */
    record Installed(Path folder, long bytes) implements Location {}

    /** Fetched, or put there by hand. */
    record Cached(Path folder, long bytes) implements Location {}

    /**
     * Not on this machine.
     *
     * @param folder where fetching would put it
     */
    record Missing(Path folder) implements Location {
        @Override
        public long bytes() {
            return 0;
        }
    }
}
