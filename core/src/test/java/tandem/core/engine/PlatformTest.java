package tandem.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlatformTest {
    @TempDir
    private Path folder;

    @Test
    void instructionsAreThoseOfTheFirstProcessor() throws IOException {
        assertEquals(Set.of("fpu", "sse2", "avx2"), instructions("""
                processor\t: 0
                model name\t: AMD EPYC
                flags\t\t: fpu sse2 avx2
                vmx flags\t: vnmi
                processor\t: 1
                flags\t\t: fpu
                """));
        assertEquals(Set.of("fp", "asimd"), instructions("""
                processor\t: 0
                Features\t: fp asimd
                """));
    }

    @Test
    void whereLinuxDoesNotTellThereAreNone() throws IOException {
        assertEquals(Set.of(), Platform.instructions(folder.resolve("absent")));
        assertEquals(Set.of(), instructions("processor\t: 0\n"));
    }

    private Set<String> instructions(String cpuinfo) throws IOException {
        return Platform.instructions(Files.writeString(folder.resolve("cpuinfo"), cpuinfo));
    }

    @Test
    void aPlatformIsNamedWithoutItsInstructions() {
        assertEquals(
                "linux-x86_64",
                Platform.of("Linux", "amd64").with(Set.of("avx2")).toString());
    }
}
