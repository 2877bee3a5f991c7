package tandem.engine.deeplearning4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

final class Deeplearning4jProviderTest {
    private static final Platform LINUX = new Platform("linux", "x86_64");
    private static final Set<String> SKYLAKE =
            Set.of("sse2", "avx2", "fma", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");
    private static final Set<String> KNIGHTS_LANDING = Set.of("sse2", "avx2", "fma", "avx512f", "avx512cd");

    private final Deeplearning4jProvider provider = new Deeplearning4jProvider();

    @Test
    void theProcessorDecidesWhichNativesAreFetched() {
        assertEquals("linux-x86_64-onednn-avx512", nd4j(SKYLAKE));
        assertEquals("linux-x86_64-onednn-avx2", nd4j(KNIGHTS_LANDING));
        assertEquals("linux-x86_64-onednn-avx2", nd4j(Set.of("avx2", "fma")));
    }

    /** Classifier of ND4J's natives, of which there may be only one. */
    private String nd4j(Set<String> instructions) {
        Support.Supported support = (Support.Supported) provider.support(LINUX.with(instructions));
        assertEquals(
                List.of("org.nd4j:nd4j-native", "org.bytedeco:openblas", "org.bytedeco:javacpp"),
                support.natives().stream()
                        .map(natives -> natives.replaceAll("^([^:]+:[^:]+):.*", "$1"))
                        .toList());
        assertEquals(
                List.of("linux-x86_64", "linux-x86_64"),
                support.natives().subList(1, 3).stream()
                        .map(natives -> natives.replaceAll(".*:", ""))
                        .toList());
        return support.natives().getFirst().replaceAll(".*:", "");
    }

    @Test
    void otherMachinesGetOneSentence() {
        assertEquals(
                new Support.Unsupported(
                        "Deeplearning4j 1.0.0-M2.1 has natives with oneDNN for x86-64 only, and Tandem runs them on"
                                + " linux-x86_64, not on macosx-arm64"),
                provider.support(new Platform("macosx", "arm64")));
        assertEquals(
                new Support.Unsupported("Deeplearning4j 1.0.0-M2.1 runs with oneDNN on processors with AVX2 or AVX-512"
                        + " only, and this one has neither"),
                provider.support(LINUX.with(Set.of("sse2", "avx"))));
    }
}
