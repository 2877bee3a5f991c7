package tandem.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import tandem.core.Failure;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;

final class EngineDescriptionTest {
    private static final Platform LINUX = new Platform("linux", "x86_64");
    private static final Platform ARM = new Platform("linux", "arm64");
    private static final Platform MAC = new Platform("macosx", "arm64");
    private static final Platform WINDOWS = new Platform("windows", "x86_64");

    private static EngineDescription read(String properties) {
        Properties build = new Properties();
        try {
            build.load(new StringReader(properties));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return EngineDescription.of(build);
    }

    private final EngineDescription net = read("""
            name=net
            library=Net for Java
            version=1.2
            rank=7
            variant.plain=as one writes it
            variant.as\\ shipped=without help
            platforms=linux-x86_64 linux-arm64=linux-aarch64 macosx-arm64=osx-aarch64
            natives=\\
              org.net:net:1.2:{platform} \\
              org.net:blas:3:{platform}-fast
            cuda.version=12
            cuda.platforms=linux-x86_64
            cuda.natives=org.net:net:1.2:{platform}-gpu
            """);

    @Test
    void everyWordOfTheFileIsHeard() {
        assertEquals("net", net.name());
        assertEquals("Net for Java", net.library());
        assertEquals("1.2", net.version());
        assertEquals(7, net.rank());
        assertTrue(net.competes());
        assertTrue(net.trains());
        assertEquals(
                "{as shipped=without help, plain=as one writes it}",
                net.variants().toString());
        assertEquals(12, net.cudaVersion());
        assertFalse(read("name=a\nlibrary=b\nversion=1\nrank=1\ntrains=false").trains());
    }

    @Test
    void nativesAreThoseOfThePlatform() {
        assertEquals(
                new Support.Supported(List.of("org.net:net:1.2:linux-x86_64", "org.net:blas:3:linux-x86_64-fast")),
                net.support(LINUX));
        assertEquals(
                new Support.Supported(List.of("org.net:net:1.2:linux-aarch64", "org.net:blas:3:linux-aarch64-fast")),
                net.support(ARM));
        assertEquals(new Support.Supported(List.of("org.net:net:1.2:linux-x86_64-gpu")), net.supportOnGpu(LINUX));
    }

    @Test
    void otherPlatformsGetOneSentence() {
        assertEquals(
                new Support.Unsupported("Net for Java 1.2 has no native library for windows-x86_64, only for"
                        + " linux-x86_64, linux-arm64 and macosx-arm64"),
                net.support(WINDOWS));
        assertEquals(
                new Support.Unsupported(
                        "Net for Java 1.2 computes on a GPU on linux-x86_64 only, and this is macosx-arm64"),
                net.supportOnGpu(MAC));
    }

    @Test
    void withoutPlatformsItRunsEverywhere() {
        EngineDescription java = new EngineDescription("mine", "My library", "1.0", 50);
        assertEquals(new Support.Supported(List.of()), java.support(WINDOWS));
        assertTrue(java.trains() && java.competes());
    }

    @Test
    void aLibraryThatCannotBeLoadedIsASentence() {
        assertEquals("made", net.load(() -> "made"));
        UnsatisfiedLinkError cause = new UnsatisfiedLinkError("libnet.so: not found");
        Failure failure = assertThrows(
                Failure.class,
                () -> net.load(() -> {
                    throw cause;
                }));
        assertEquals(
                "the native library of Net for Java 1.2 cannot be loaded (libnet.so: not found);"
                        + " 'tandem engines remove net' lets it be fetched again",
                failure.getMessage());
        assertSame(cause, failure.getCause());
    }

    /** 230 images of which a hundred go at a time, two logits each. */
    @Test
    void chunksCoverAllImages() {
        List<String> asked = new ArrayList<>();
        ChunkedPredictor predictor = new ChunkedPredictor() {
            @Override
            public Library library() {
                return null;
            }

            @Override
            public int classes() {
                return 2;
            }

            @Override
            public int chunk() {
                return 100;
            }

            @Override
            public void logits(Images images, int from, int count, float[] out, int to) {
                asked.add(from + "+" + count + " to " + to);
            }

            @Override
            public void close() {}
        };
        predictor.logits(null, 7, 230, null);
        assertEquals(List.of("7+100 to 0", "107+100 to 200", "207+30 to 400"), asked);
        asked.clear();
        predictor.logits(null, 0, 100, null);
        assertEquals(List.of("0+100 to 0"), asked);
        asked.clear();
        predictor.logits(null, 0, 0, null);
        assertEquals(List.of(), asked);
    }

    @Test
    void pixelsOfAChunkAreNormalised() {
        Images images = new Images(1, 2, new byte[] {0, 51, 102, (byte) 255}, new byte[2], new Normalisation(0.2, 0.4));
        // (pixel / 255 - 0.2) / 0.4 of 102 and 255
        assertEquals(0.5f, images.normalised(1, 1)[0]);
        assertEquals(2f, images.normalised(1, 1)[1]);
        assertEquals(4, images.normalised(0, 2).length);
        assertEquals(-0.5f, images.normalised(0, 2)[0]);
    }
}
