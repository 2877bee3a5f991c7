package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With --offline no command tries to fetch anything; without, every command that lacks something does. Caches are
 * empty, and what would be fetched from is an address of this machine where nobody listens.
 */
final class OfflineTest {
    private static final String SMALL = " --epochs 1 --train-limit 64 --test-limit 10";

    @TempDir
    Path folder;

    private Path cache;

    @BeforeEach
    void emptyHome() throws IOException {
        cache = folder.resolve("cache");
        Path maven = Files.createDirectories(folder.resolve("home/.m2"));
        Files.writeString(maven.resolve("settings.xml"), """
                <settings>
                  <localRepository>%s</localRepository>
                  <mirrors>
                    <mirror><id>nobody</id><mirrorOf>*</mirrorOf><url>https://127.0.0.1:9/</url></mirror>
                  </mirrors>
                </settings>
                """.formatted(folder.resolve("repository")));
    }

    private Tandem run(String command, boolean offline) throws Exception {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        if (offline) {
            words.add("--offline");
        }
        String proxies = "";
        for (String protocol : List.of("http", "https")) {
            proxies += " -D%s.proxyHost=127.0.0.1 -D%s.proxyPort=9".formatted(protocol, protocol);
        }
        return Tandem.start(
                        Tandem.LAUNCHER,
                        folder,
                        Map.of(
                                "XDG_CACHE_HOME",
                                cache.toString(),
                                "JAVA_TOOL_OPTIONS",
                                "-Duser.home=" + folder.resolve("home") + proxies),
                        words.toArray(String[]::new))
                .end();
    }

    private void assertSaid(String sentence, Tandem tandem) {
        assertTrue((tandem.out() + tandem.err()).contains(sentence), tandem.out() + tandem.err());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compare --engines java --dataset kmnist",
                "train java --dataset kmnist",
                "study --engines java --dataset kmnist",
                "parity --engines java --dataset kmnist",
                "data kmnist",
            })
    void aDatasetIsFetchedUnlessOffline(String command) throws Exception {
        Tandem offline = run(command, true);
        assertEquals(1, offline.exitCode());
        assertSaid(
                "kmnist is not on this machine; run 'tandem data' with a network to fetch it, or put its four files into "
                        + cache.resolve("tandem/datasets/kmnist"),
                offline);
        assertFalse(Files.exists(cache.resolve("tandem/datasets")), "nothing was tried");
        Tandem online = run(command, false);
        assertEquals(1, online.exitCode());
        assertSaid("kmnist: train-images-idx3-ubyte.gz cannot be fetched", online);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compare --engines pytorch --out run%s" + SMALL,
                "train pytorch --out run%s" + SMALL,
                "study --engines pytorch --seeds 1 --out run%s" + SMALL,
                "differences --engine pytorch --seeds 1 --out run%s" + SMALL,
                "parity --engines pytorch --steps 1 --recipe small.json --out run%s",
                "bench --engines pytorch --no-variants --rounds 1 --steps 1 --python /no --out run%s",
                "bench --rounds 0 --engines pytorch --to-accuracy 5 --seeds 1 --epochs 1 --out run%s",
                "predict model.safetensors seven.png --engines pytorch",
                "export model.safetensors --saved-model graph",
            })
    void nativesAreFetchedUnlessOffline(String command) throws Exception {
        Files.copy(Runs.comparison().path().resolve("java/model.safetensors"), folder.resolve("model.safetensors"));
        Files.copy(Runs.smallNetwork(), folder.resolve("small.json"));
        Drawing.seven(folder.resolve("seven.png"));
        String engine = command.startsWith("export") ? "tensorflow" : "pytorch";
        Tandem offline = run(command.formatted("1"), true);
        assertEquals(1, offline.exitCode());
        assertSaid(
                "the natives of %s are not in Maven's local repository; run once without --offline".formatted(engine),
                offline);
        assertFalse(offline.out().contains("fetching, once: "), offline.out());
        Tandem online = run(command.formatted("2"), false);
        assertEquals(1, online.exitCode());
        assertSaid("fetching, once: ", online);
        assertSaid("the natives of %s cannot be fetched: ".formatted(engine), online);
    }
}
