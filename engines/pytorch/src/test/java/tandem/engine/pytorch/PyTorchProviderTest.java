package tandem.engine.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

final class PyTorchProviderTest {
    private final PyTorchProvider provider = new PyTorchProvider();

    @Test
    void nativesAreNamedForThePlatformsThatHaveThem() {
        for (String platform : List.of("linux-x86_64", "macosx-arm64")) {
            String[] parts = platform.split("-");
            Support.Supported support = (Support.Supported) provider.support(new Platform(parts[0], parts[1]));
            assertEquals(
                    List.of("org.bytedeco:pytorch:V:P", "org.bytedeco:openblas:V:P", "org.bytedeco:javacpp:V:P"),
                    support.natives().stream()
                            .map(natives ->
                                    natives.replaceAll(":[0-9.-]+:", ":V:").replace(platform, "P"))
                            .toList());
        }
    }

    @Test
    void aGpuHasNativesOfItsOwnAndCudasLibraries() {
        Support.Supported support =
                (Support.Supported) provider.support(new Platform("linux", "x86_64"), EngineProvider.CUDA);
        assertEquals(
                List.of(
                        "pytorch:linux-x86_64-gpu",
                        "openblas:linux-x86_64",
                        "javacpp:linux-x86_64",
                        "cuda-redist:linux-x86_64",
                        "cuda-redist-cublas:linux-x86_64",
                        "cuda-redist-cudnn:linux-x86_64",
                        "cuda-redist-cusolver:linux-x86_64",
                        "cuda-redist-cusparse:linux-x86_64",
                        "cuda-redist-nccl:linux-x86_64"),
                support.natives().stream()
                        .map(natives -> natives.replaceAll("^org.bytedeco:|:[0-9.-]+(?=:)", ""))
                        .toList());
        assertEquals(
                new Support.Unsupported(
                        "PyTorch (JavaCPP) %s computes on a GPU on linux-x86_64 only, and this is macosx-arm64"
                                .formatted(provider.version())),
                provider.support(new Platform("macosx", "arm64"), EngineProvider.CUDA));
    }

    @Test
    void otherPlatformsGetOneSentence() {
        assertEquals(
                new Support.Unsupported(
                        "PyTorch (JavaCPP) %s has no native library for linux-arm64, only for linux-x86_64"
                                        .formatted(provider.version())
                                + " and macosx-arm64"),
                provider.support(new Platform("linux", "arm64")));
    }
}
