package tandem.engine.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

final class DjlProviderTest {
    private final DjlProvider provider = new DjlProvider();

    @Test
    void nativesAreNamedForThePlatformsThatHaveThem() {
        Map.of("linux-x86_64", "linux-x86_64", "linux-arm64", "linux-aarch64", "macosx-arm64", "osx-aarch64")
                .forEach((platform, classifier) -> {
                    String[] parts = platform.split("-");
                    Support.Supported support = (Support.Supported) provider.support(new Platform(parts[0], parts[1]));
                    assertEquals(
                            List.of("ai.djl.pytorch:pytorch-native-cpu:V:" + classifier),
                            support.natives().stream()
                                    .map(natives -> natives.replaceAll(":[0-9.]+:", ":V:"))
                                    .toList());
                });
    }

    @Test
    void forAGpuDjlFetchesPyTorchByItself() {
        assertEquals(
                new Support.Supported(List.of()),
                provider.support(new Platform("linux", "x86_64"), EngineProvider.CUDA));
        assertEquals(
                "cu128", provider.environment(2, EngineProvider.CUDA, false).get("PYTORCH_FLAVOR"));
        assertEquals(
                "false", provider.environment(2, EngineProvider.CUDA, false).get("DJL_OFFLINE"));
        assertEquals("true", provider.environment(2, EngineProvider.CUDA, true).get("DJL_OFFLINE"));
        assertEquals("true", provider.environment(2, "", false).get("DJL_OFFLINE"));
        assertEquals(
                new Support.Unsupported(
                        "DJL (PyTorch) %s computes on a GPU on linux-x86_64 only, and this is macosx-arm64"
                                .formatted(provider.version())),
                provider.support(new Platform("macosx", "arm64"), EngineProvider.CUDA));
    }

    @Test
    void otherPlatformsGetOneSentence() {
        assertEquals(
                new Support.Unsupported(("DJL (PyTorch) %s has no native library for windows-arm64, only for"
                                + " linux-x86_64, linux-arm64 and macosx-arm64")
                        .formatted(provider.version())),
                provider.support(new Platform("windows", "arm64")));
    }
}
