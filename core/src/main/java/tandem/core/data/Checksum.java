package tandem.core.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import tandem.core.Sha256;

/**
 * The SHA-256 that a file must have.
 *
 * @param of what it is the checksum of
 * @param sha256 64 hexadecimal digits, lower case; null where nobody published one: then gzip's own CRC-32 has to do
 */
record Checksum(Of of, @Nullable String sha256) {
    private static final int BUFFER = 1 << 16;

    /** Of which bytes. */
    enum Of {
        /** What comes out of gzip, the same for every program that compressed the file. */
        CONTENT,
        /** A file that is compressed by gzip. */
        GZIP,
        /** Any file. */
        FILE
    }

    /** Of a file that came in an archive, which was compared as a whole. */
    static final Checksum OF_GZIP_ITSELF = new Checksum(Of.CONTENT, null);

    static Checksum ofContent(String sha256) {
        return new Checksum(Of.CONTENT, sha256);
    }

    static Checksum ofGzip(String sha256) {
        return new Checksum(Of.GZIP, sha256);
    }

    static Checksum ofFile(String sha256) {
        return new Checksum(Of.FILE, sha256);
    }

    /** What is wrong with a file, or nothing if it has this checksum. */
    Optional<String> problem(DataFile file) {
        try (InputStream raw = new BufferedInputStream(file.content().open(), BUFFER)) {
            boolean gzip = ArrayFile.isGzip(raw);
            if (!gzip && of == Of.GZIP) {
                return Optional.of("it is not compressed, but only the checksum of the compressed file is published");
            }
            String found = Sha256.of(gzip && of == Of.CONTENT ? new GZIPInputStream(raw, BUFFER) : raw);
            return sha256 == null || found.equals(sha256)
                    ? Optional.empty()
                    : Optional.of("its SHA-256 is %s, not %s".formatted(found, sha256));
        } catch (IOException e) {
            return Optional.of("it cannot be read (%s)".formatted(e.getMessage()));
        }
    }
}
