package tandem.core.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import tandem.core.Sha256;

/**
 * The SHA-256 that a file must have.
 *
 * @param inflated whether it is that of the content, the same whoever compressed the file; otherwise that of the
 *     compressed file
 * @param sha256 64 hexadecimal digits, lower case
 */
record Checksum(boolean inflated, String sha256) {
    private static final int BUFFER = 1 << 16;

    static Checksum ofContent(String sha256) {
        return new Checksum(true, sha256);
    }

    static Checksum ofGzip(String sha256) {
        return new Checksum(false, sha256);
    }

    /** What is wrong with a file, or nothing if it has this checksum. */
    Optional<String> problem(DataFile file) {
        try (InputStream raw = new BufferedInputStream(file.content().open(), BUFFER)) {
            boolean gzip = Idx.isGzip(raw);
            if (!gzip && !inflated) {
                return Optional.of("it is not compressed, but only the checksum of the compressed file is published");
            }
            String found = Sha256.of(gzip && inflated ? new GZIPInputStream(raw, BUFFER) : raw);
            return found.equals(sha256)
                    ? Optional.empty()
                    : Optional.of("its SHA-256 is %s, not %s".formatted(found, sha256));
        } catch (IOException e) {
            return Optional.of("it cannot be read (%s)".formatted(e.getMessage()));
        }
    }
}
