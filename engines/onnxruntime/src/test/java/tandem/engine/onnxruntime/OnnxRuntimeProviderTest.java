package tandem.engine.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

final class OnnxRuntimeProviderTest {
    private final OnnxRuntimeProvider provider = new OnnxRuntimeProvider();

    @Test
    void nativesAreNamedForThePlatformsThatHaveThem() {
        for (String platform : List.of("linux-x86_64", "linux-arm64", "macosx-arm64")) {
            String[] parts = platform.split("-");
            Support.Supported support = (Support.Supported) provider.support(new Platform(parts[0], parts[1]));
            assertEquals(
                    List.of("org.bytedeco:onnxruntime:V:P", "org.bytedeco:javacpp:V:P"),
                    support.natives().stream()
                            .map(natives ->
                                    natives.replaceAll(":[0-9.-]+:", ":V:").replace(platform, "P"))
                            .toList());
        }
    }

    @Test
    void otherPlatformsGetOneSentence() {
        assertEquals(
                new Support.Unsupported(("ONNX Runtime %s has no native library for windows-x86_64, only for"
                                + " linux-x86_64, linux-arm64 and macosx-arm64")
                        .formatted(provider.version())),
                provider.support(new Platform("windows", "x86_64")));
    }
}
