package tandem.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.Failure;

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

    /** What JVMs say in os.name and os.arch, and the classifiers of native jars. */
    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x86_64",
        "Linux, aarch64, linux-arm64",
        "Linux, riscv64, linux-riscv64",
        "Mac OS X, aarch64, macosx-arm64",
        "Mac OS X, x86_64, macosx-x86_64",
        "Windows 11, amd64, windows-x86_64",
        "FreeBSD, arm64, freebsd-arm64",
        "darwin, arm64, darwin-arm64"
    })
    void systemsAndProcessorsHaveOneNameEach(String os, String arch, String classifier) {
        Platform platform = Platform.of(os, arch);
        assertEquals(classifier, platform.classifier());
        assertEquals(classifier, platform.os() + "-" + platform.arch());
        assertEquals(Set.of(), platform.instructions());
        assertEquals(Set.of("avx2"), platform.with(Set.of("avx2")).instructions());
        assertEquals(new Platform(platform.os(), platform.arch()), platform);
    }

    @Test
    void thisMachineIsWhatTheJvmSays() throws IOException {
        Platform expected = Platform.of(System.getProperty("os.name"), System.getProperty("os.arch"));
        assertEquals(expected.classifier(), Platform.current().classifier());
        Path cpuinfo = Path.of("/proc/cpuinfo");
        if (Files.exists(cpuinfo)) {
            String text = Files.readString(cpuinfo);
            for (String instruction : Platform.current().instructions()) {
                assertTrue(text.contains(instruction), instruction);
            }
            assertEquals(
                    text.lines().anyMatch(line -> line.matches("(flags|Features)\\s*:.*")),
                    !Platform.current().instructions().isEmpty());
        }
    }

    /** What an engine that says no more is taken for. */
    @Test
    void enginesTrainAndCompeteUnlessTheySayOtherwise() {
        EngineProvider plain = new EngineProvider() {
            @Override
            public EngineDescription describe() {
                return new EngineDescription("plain", "none", "1.0", 1);
            }

            @Override
            public Map<String, String> environment(int threads) {
                return Map.of("THREADS", "" + threads);
            }

            @Override
            public Predictor predictor(PredictorSetup setup) {
                throw new AssertionError();
            }
        };
        assertEquals("plain", plain.name());
        assertEquals("none", plain.library());
        assertEquals("1.0", plain.version());
        assertEquals(1, plain.rank());
        assertTrue(plain.competes());
        assertTrue(plain.trains());
        assertEquals(Map.of(), plain.variants());
        assertEquals(0, plain.cudaVersion());
        assertEquals(List.of(), plain.jvmOptions(Path.of("cache")));
        assertEquals(new Support.Supported(List.of()), plain.support(new Platform("linux", "arm64"), "x"));
        assertEquals(Map.of("THREADS", "3"), plain.environment(3, "x", true));
        assertEquals(
                "plain only predicts",
                assertThrows(Failure.class, () -> plain.create(null)).getMessage());
        assertEquals(
                "engine plain cannot write a model in its library's own format",
                assertThrows(Failure.class, () -> plain.export(null, null, false, null))
                        .getMessage());
    }
}
