package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
    @Test
    void isWhereTheVariableSays() {
        assertEquals(Path.of("/fast/cache/tandem"), of("/fast/cache").path());
        assertEquals(
                Path.of("/fast/cache/tandem/datasets/kmnist"), of("/fast/cache").resolve("datasets/kmnist"));
    }

    @Test
    void isInTheHomeFolderOtherwise() {
        assertEquals(
                Path.of("/home/me/.cache/tandem"),
                CacheFolder.of(Map.of(), "/home/me").path());
        assertEquals(Path.of("/home/me/.cache/tandem"), of("").path());
        assertEquals(Path.of("/home/me/.cache/tandem"), of("relative/folder").path());
    }

    @Test
    void needsOneOfTheTwo() {
        Failure failure = assertThrows(Failure.class, () -> CacheFolder.of(Map.of(), "?"));
        assertEquals(
                "this user has no home folder to keep a cache in; set XDG_CACHE_HOME to one", failure.getMessage());
    }

    private static CacheFolder of(String variable) {
        return CacheFolder.of(Map.of("XDG_CACHE_HOME", variable), "/home/me");
    }
}
