package tandem.lab.engines;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.core.Failure;
import tandem.core.engine.EngineProvider;

/**
 * The checksums that an engine's module pins of what is fetched for it: files beside its provider with lines {@code sum
 * group:artifact:version[:classifier]}, written by {@code etc/pins.sh}. A sum of 64 digits is SHA-256, one of 40 SHA-1.
 *
 * @param sums by coordinates, in the order of the file
 */
public record Pins(Map<String, String> sums) {
    /** Pins of the library's Java API, in the order of its class path. */
    public static final String LIBRARIES = "libraries";

    /** Pins of the natives of all platforms and variants. */
    public static final String NATIVES = "natives";

    private static final int SHA_1_DIGITS = 40;

    /**
     * The pins of an engine.
     *
     * @param kind {@link #LIBRARIES} or {@link #NATIVES}
     * @return without sums if the module pins none
     */
    public static Pins of(EngineProvider provider, String kind) {
        String file = provider.name() + "." + kind;
        try (InputStream in = provider.getClass().getResourceAsStream(file)) {
            return in == null ? new Pins(Map.of()) : read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pins in a file that is open. */
    public static Pins read(InputStream in) {
        Map<String, String> sums = new LinkedHashMap<>();
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\\s+"))
                .forEach(fields -> sums.put(fields[1], fields[0]));
        return new Pins(sums);
    }

    /** What is pinned. */
    public List<String> coordinates() {
        return List.copyOf(sums.keySet());
    }

    /**
     * Compares a file with its pin.
     *
     * @return false if there is no pin for it
     * @throws Failure with a {@link DigestException} as its cause if the file is another one
     */
    public boolean verify(String coordinate, Path file) {
        String expected = sums.get(coordinate);
        if (expected == null) {
            return false;
        }
        String algorithm = expected.length() == SHA_1_DIGITS ? "SHA-1" : "SHA-256";
        String found = sum(algorithm, file);
        if (!found.equals(expected)) {
            throw new Failure(
                    "%s is not the file that Tandem was built for: its %s is %s and should be %s; delete it and run again, and if that does not help, do not trust the repository it comes from"
                            .formatted(file, algorithm, found, expected),
                    new DigestException(coordinate));
        }
        return true;
    }

    /**
     * The checksum of a file, in hexadecimal digits.
     *
     * @throws Failure if the file cannot be read
     */
    public static String sum(String algorithm, Path file) {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance(algorithm))) {
            byte[] buffer = new byte[1 << 20];
            while (in.read(buffer) >= 0) {
                // The digest sees every byte.
            }
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException(algorithm, e);
        }
    }
}
