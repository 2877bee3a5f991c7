package tandem.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

final class TensorFlowProviderTest {
    private final TensorFlowProvider provider = new TensorFlowProvider();

    @Test
    void nativesAreNamedForThePlatformsThatHaveThem() {
        for (String platform : List.of("linux-x86_64", "linux-arm64", "macosx-arm64")) {
            String[] parts = platform.split("-");
            Support.Supported support = (Support.Supported) provider.support(new Platform(parts[0], parts[1]));
            assertEquals(
                    List.of("org.tensorflow:tensorflow-core-native:" + provider.version() + ":" + platform),
                    support.natives());
        }
    }

    @Test
    void aGpuHasNativesOfItsOwn() {
        assertEquals(
                new Support.Supported(List.of(
                        "org.tensorflow:tensorflow-core-native:%s:linux-x86_64-gpu".formatted(provider.version()))),
                provider.support(new Platform("linux", "x86_64"), EngineProvider.CUDA));
        assertEquals(
                new Support.Unsupported(
                        "TensorFlow Java %s computes on a GPU on linux-x86_64 only, and this is linux-arm64"
                                .formatted(provider.version())),
                provider.support(new Platform("linux", "arm64"), EngineProvider.CUDA));
    }

    @Test
    void otherPlatformsGetOneSentence() {
        assertEquals(
                new Support.Unsupported(("TensorFlow Java %s has no native library for windows-arm64, only for"
                                + " linux-x86_64, linux-arm64 and macosx-arm64")
                        .formatted(provider.version())),
                provider.support(new Platform("windows", "arm64")));
    }
}
