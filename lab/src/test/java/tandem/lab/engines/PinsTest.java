package tandem.lab.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;

/** The sums of the text "abc" are the examples of FIPS 180-4. */
final class PinsTest {
    private static final String SHA_1 = "a9993e364706816aba3e25717850c26c9cd0d89d";
    private static final String SHA_256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    private Path folder;

    @Test
    void eitherSumIsCompared() throws IOException {
        Path file = Files.writeString(folder.resolve("abc.jar"), "abc");
        assertTrue(new Pins(Map.of("a:b:1", SHA_1)).verify("a:b:1", file));
        assertTrue(new Pins(Map.of("a:b:1", SHA_256)).verify("a:b:1", file));
        assertFalse(new Pins(Map.of("a:b:1", SHA_256)).verify("a:b:1:linux", file));

        String wrong = SHA_1.replace('a', 'b');
        Failure failure = assertThrows(Failure.class, () -> new Pins(Map.of("a:b:1", wrong)).verify("a:b:1", file));
        assertInstanceOf(DigestException.class, failure.getCause());
        assertEquals(
                file + " is not the file that Tandem was built for: its SHA-1 is " + SHA_1 + " and should be " + wrong
                        + "; delete it and run again, and if that does not help, do not trust the repository it comes from",
                failure.getMessage());
    }
}
